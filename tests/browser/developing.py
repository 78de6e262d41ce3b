"""The hands of those who develop a course together, on the pages of the desk."""

from playwright.sync_api import Page, expect

from courses.development.models import Proposal, ReviewStep
from tests.courses.development.stage import WORDS


def send(page: Page) -> None:
    """The form's own button; the answer comes as a notice."""
    page.locator('main form[method="post"] button.button[type="submit"]').first.click()
    expect(page.locator(".notice-success").first).to_be_visible()


def press(page: Page, path: str) -> None:
    """A button of the page that does one thing."""
    page.locator(f'form[action$="/{path}/"] button').click()
    expect(page.locator(".notice-success").first).to_be_visible()


def written(page: Page, *, shape: str) -> None:
    """Propose a course in three languages, publish the version, submit it."""
    page.goto("/desk/proposals/")
    page.locator('main a[href="/desk/proposals/new/"]').click()
    for section, words in WORDS.items():
        for language, text in words.items():
            page.locator(f"[name={section}_{language}]").fill(text)
    page.locator("[name=format]").select_option(shape)
    page.locator("[name=hours]").fill("16")
    send(page)
    press(page, "publish")
    press(page, "submit")


def decided(page: Page, row: Proposal, step: ReviewStep) -> None:
    """From the desk to the step, and accept."""
    page.goto("/desk/")
    page.locator(f'main a[href*="{row.public_id}"]').first.click()
    page.locator(f'main a[href*="{step.public_id}"]').first.click()
    page.locator("[name=verdict][value=accept]").check()
    send(page)
