"""On paper, in large letters, with parts that are swapped in: other ways to read a page."""

import re

import pytest
from playwright.sync_api import expect

from enrollment.requests.actions import enroll
from tests import factories
from tests.browser.conftest import WIDE
from tests.browser.measures import enlarge
from tests.browser.test_every_page import account_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),  # one Chromium and one web server
]

PAPER = 718  # px: what the margins leave of an A4 sheet
PRINTED = {
    "timur": ("/desk/runs/{over}/",),
    "clara": (
        "/desk/runs/{long}/signatures/",
        "/desk/plan/{year}/print/",
        "/desk/figures/coverage/",
    ),
}
NEVER_PRINTED = "header.header, .footer, .desk-nav, .breadcrumbs, button, .button"
REACH = "document.documentElement.scrollWidth"


def test_what_is_printed_fits_the_paper_and_has_nothing_to_click(stage, window):
    wrong = []
    long = factories.run(sessions=4)
    who_signs = factories.person(name="Нұрмағамбетова Айбала Кенжебекқызы")
    enroll(run=long.public_id, person=who_signs.pk, actor=factories.ACTOR)
    for who, paths in PRINTED.items():
        page = window.open(account_of(stage, who), language="kk", width=PAPER)
        page.emulate_media(media="print")
        for path in paths:
            page.goto(path.format(**stage.named(), long=long.public_id))
            reach = page.evaluate(REACH)
            shown = page.locator(f":is({NEVER_PRINTED}):visible").count()
            if reach > PAPER or shown:
                wrong.append((path, reach, shown))

    assert wrong == []


def test_letters_of_twice_the_size_need_no_sideways_scroll(stage, window):
    page = window.open(stage.cast.timur_account, language="ru", width=WIDE)
    enlarge(page, 32)
    for path in ("/", "/desk/runs/{over}/", "/desk/runs/{over}/marks/{session}/"):
        page.goto(path.format(**stage.named()))

        assert page.evaluate("getComputedStyle(document.body).fontSize") == "34px"
        assert page.evaluate(REACH) <= WIDE, path


def test_a_part_that_is_swapped_in_leaves_the_focus_where_it_was(stage, window):
    page = window.open(stage.cast.timur_account, language="kk")
    page.goto("/desk/runs/{over}/code/{session}/".format(**stage.named()))
    link = page.locator("main a").first
    link.focus()
    page.evaluate("document.querySelector('[hx-get]').firstElementChild.dataset.old = 'yes'")

    page.evaluate("htmx.ajax('GET', location.pathname, document.querySelector('[hx-get]'))")

    expect(page.locator("[data-old]")).to_have_count(0)
    expect(page.locator(".room-code")).to_be_visible()
    expect(link).to_be_focused()
    assert page.locator("[hx-get] :is(a, button, input, select, textarea)").count() == 0


def test_courses_are_found_while_one_types_and_how_many_is_said(stage, window):
    page = window.open(None, language="kk")
    page.goto("/courses/")
    search, said = page.locator("#q"), page.locator("[role=status][data-tells]")
    expect(said).to_have_text("")
    search.focus()

    search.press_sequentially("xyzzy")

    expect(page.locator("#found .card")).to_have_count(0)
    expect(said).to_have_text("0 курс")
    expect(page).to_have_url(re.compile(r"[?&]q=xyzzy"))
    expect(search).to_be_focused()
    search.fill("торелиг")
    expect(page.locator("#found .card").first).to_be_visible()
    expect(page.locator("#filters")).to_be_attached()
    expect(said).to_have_text(re.compile(r"^[1-9]\d* курс$"))
    expect(page).to_have_title(re.compile("торелиг"))
    page.goto("/courses/?view=calendar")
    search.press_sequentially("xyzzy")
    expect(said).to_have_text(re.compile(r"\d{4}.*\. 0 оқу тобы$"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("#filters input[value=open]", "#filters input[value=open]"),
        ("#found .card a", "#results"),
    ],
)
def test_who_has_gone_on_from_the_search_keeps_a_focus(stage, window, before, after):
    page, held = window.open(None), []
    page.goto("/courses/")
    page.route("**/courses/?*", lambda route: held.append(route))  # noqa: PLW0108
    with page.expect_request("**/courses/?*"):
        page.locator("#q").fill("торелиг")
    old = page.locator(before).first
    old.focus()
    old.evaluate("element => element.dataset.old = 'yes'")

    page.wait_for_function("true")  # lets the held request arrive here
    held[0].continue_()

    expect(page.locator("[data-old]")).to_have_count(0)
    expect(page.locator(after)).to_be_focused()
