"""Each kind of page: nothing that axe finds, no broken script, no sideways scroll, few bytes."""

import json
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from playwright.sync_api import expect

from academy.accounts.models import Account
from academy.people.models import Person
from tests import factories
from tests.browser.conftest import NARROW, WIDE
from tests.browser.everything import Everything
from tests.browser.hands import Mouse, sign_in
from tests.browser.measures import weighing
from tests.browser.pages import OFTEN, PAGES, REFUSED, SIGNING_IN

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),  # one Chromium and one web server
]

AXE = Axe().axe_script
SMALLEST = 320
WIDTHS = (SMALLEST, NARROW, WIDE)
LANGUAGES = ("kk", "ru", "en")
FIRST_VIEW = 60_000  # bytes over the wire, all that a first visit needs
TOUCH = {"rules": {"target-size": {"enabled": True}}}  # WCAG 2.2 asks for it, axe not by itself
HEAD = """
({
  language: document.documentElement.lang,
  description: document.querySelector("meta[name=description]")?.content ?? "",
})
"""
LOOKS = {
    "light": {"resultTypes": ["violations"], **TOUCH},
    "dark": {
        "resultTypes": ["violations"],
        "runOnly": {"type": "rule", "values": ["color-contrast"]},
    },
}
"""What axe asks in each scheme: everything, and what a scheme can change."""


@pytest.fixture
def everything(transactional_db):
    """A judiciary with one of everything that any page shows."""
    cache.clear()
    return Everything()


def addresses(stage, pages):
    named = stage.named()
    return [path.format(**named) for path in pages]


def account_of(stage, who):
    for place in (stage.bodies, stage.cast, stage):
        for name in (f"{who}_account", str(who)):
            if isinstance(found := getattr(place, name, None), Account):
                return found
    assert who is None
    return None


def enter(window, stage, who, language):
    """A browser of theirs; some have just signed in through the form, with or without a code."""
    if who not in SIGNING_IN:
        return window.open(account_of(stage, who), language=language)
    page, account = window.open(language=language), account_of(stage, SIGNING_IN[who])
    sign_in(page, Mouse(page), account.login, factories.PASSWORD)
    if who == "halfway":
        return page
    if who == "with_a_second_step":
        _say(page, "code", stage.codes.get_unused_codes()[0])
    page.goto("/account/reauthenticate/")
    _say(page, "password", factories.PASSWORD)
    return page


def _say(page, field, value):
    """Fill in the only field of a page and send it."""
    asked = page.locator(f"[name={field}]")
    asked.fill(value)
    asked.press("Enter")
    expect(asked).to_have_count(0)


def barriers(page, scheme):
    """What axe finds: rule, and the first elements that break it."""
    page.emulate_media(color_scheme=scheme)
    found = page.evaluate(f"axe.run({json.dumps(LOOKS[scheme])})")["violations"]
    where = f"{urlsplit(page.url).path} {page.viewport_size['width']} px {scheme}"
    return [
        f"{where} {one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}" for one in found
    ]


def head_of(page, language, is_public):
    """What a tab, a reader and a search engine are told: whether it is there."""
    head = page.evaluate(HEAD)
    wrong = [] if head["language"] == language else [f"{page.url}: in {head['language']}"]
    if is_public and not head["description"].strip():
        wrong.append(f"{page.url}: no description")
    return wrong


def look_at(page, path, widths, status):
    """Everything wrong with one page, at each width and in both schemes."""
    page.emulate_media(color_scheme="light")
    with weighing(page) as weight:
        answer = page.goto(path)
    page.evaluate(AXE)
    wrong = [] if answer.status == status else [f"{path}: {answer.status}"]
    if urlsplit(page.url).path != urlsplit(path).path and "/reset/key/" not in path:
        wrong.append(f"{path}: led to {page.url}")
    if weight.bytes > FIRST_VIEW:
        wrong.append(f"{path}: {weight.bytes} bytes")
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        reach = page.evaluate("document.documentElement.scrollWidth")
        if reach > width:
            wrong.append(f"{path}: {reach} px wide at {width} px")
        wrong += [found for scheme in LOOKS for found in barriers(page, scheme)]
    return wrong


def sweep(window, stage, pages, language, widths, status=200):
    """Everything wrong with these pages; each has a title of its own."""
    wrong = []
    for who, paths in pages.items():
        page, titles = enter(window, stage, who, language), {}
        for path in addresses(stage, paths):
            wrong += look_at(page, path, widths, status)
            wrong += head_of(page, language, is_public=who is None and status == 200)
            place = urlsplit(page.url).path
            first = titles.setdefault(page.title(), place)
            if first != place and status == 200:
                wrong.append(f"{place}: the same title as {first}")
    return wrong


def test_pages_that_are_used_most_have_no_barriers(stage, window):
    assert sweep(window, stage, OFTEN, "kk", [SMALLEST]) == []


@pytest.mark.proof
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_has_barriers(everything, window, language, record_property):
    Person.objects.update(language=language)  # what is opened by a mail speaks its reader's own
    wrong = sweep(window, everything, PAGES, language, WIDTHS)
    wrong += sweep(window, everything, REFUSED, language, WIDTHS, status=404)
    window.complaints[:] = [one for one in window.complaints if "status of 404" not in one]

    pages = sum(len(paths) for paths in [*PAGES.values(), *REFUSED.values()])
    record_property("pages in a language", pages)
    record_property("looks at a width in a scheme", pages * len(WIDTHS) * len(LOOKS))
    record_property("violations", len(wrong))
    assert wrong == []


def test_the_documentation_of_the_api_works_under_the_policy(stage, window):
    page = window.open()

    page.goto("/api/docs/")

    # The browser draws the whole schema, which takes a loaded machine a while.
    expect(page.locator(".opblock-summary-path").first).to_be_visible(timeout=30_000)


def test_an_error_takes_the_focus_and_leads_to_its_field(stage, window):
    page = window.open(stage.cast.boris_account, language="ru", width=NARROW)
    page.goto(f"/desk/decisions/{stage.decision.public_id}/")
    page.locator('input[name="answer"][value="no"]').check()

    page.locator("main form button[type=submit]").click()

    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    summary.locator("a").first.click()
    expect(page.locator("[name=reason]")).to_be_focused()
