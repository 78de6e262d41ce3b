"""Two bodies carry a proposal to a published course in three languages, as people do it."""

import pytest
from playwright.sync_api import expect

from courses.catalogue.models import Course
from courses.development.models import Proposal
from tests.browser.conftest import NARROW, WIDE
from tests.browser.developing import decided, press, send, written
from tests.courses.development.stage import LANGUAGES, WORDS, Bodies
from tests.factories import Cast

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),  # one Chromium and one web server
]


@pytest.fixture
def bodies(transactional_db):
    return Bodies()


def objected(page):
    page.goto("/desk/proposals/")
    page.locator("main table a").first.click()
    page.locator('a[href="?section=hours#comment"]').click()
    page.locator("[name=kind][value=object]").check()
    page.locator('form[action$="/comment/"] button').click()
    expect(page.locator(".error-summary")).to_be_focused()  # an objection without a word
    page.locator("[name=text]").fill("Too long for a court.")
    press(page, "comment")


def test_two_bodies_carry_a_proposal_to_a_course_in_three_languages(bodies, window):
    cast = Cast()
    author = window.open(bodies.author, language="ru")
    council = window.open(bodies.reviewer, language="kk", width=NARROW)
    academy = window.open(cast.clara_account, language="en", width=WIDE)
    written(author, shape="in_person")
    row = Proposal.objects.get()
    objected(council)
    assert ["422" in told for told in window.complaints] == [True]  # the browser tells of it, too
    window.complaints.clear()
    academy.goto(f"/desk/proposals/{row.public_id}/start/")
    send(academy)
    author.reload()
    author.locator('main a[href*="/comments/"]').click()
    author.locator("[name=text]").fill("Два дня по восемь часов.")
    author.locator("[name=settles]").check()
    send(author)

    first, second = row.steps.order_by("place")
    decided(council, row, first)
    decided(window.open(bodies.judge, language="kk"), row, second)
    academy.goto(f"/desk/proposals/{row.public_id}/catalogue/")
    academy.locator("[name=code]").fill("DP-1")
    academy.locator("[name=provider]").select_option("academy")
    send(academy)

    assert Course.objects.get(code="DP-1").status == "published"
    for language in LANGUAGES:
        page = window.open(language=language)
        page.goto("/courses/DP-1/")
        expect(page.locator("main h1")).to_have_text(WORDS["title"][language])
