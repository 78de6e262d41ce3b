"""Each kind of page: nothing that axe finds, no broken script, no sideways scroll, few bytes."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from courses.development.models import Comment
from courses.planning.year_queries import year_of
from tests.browser.conftest import NARROW, WIDE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),  # one Chromium and one web server
]

AXE = Axe().axe_script
RULES = {"resultTypes": ["violations"]}
COLOURS = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}}
SMALLEST = 320
FIRST_VIEW = 60_000  # bytes over the wire, all that a first visit needs

PAGES = {
    None: (
        "/courses/?q=торелиг",
        "/courses/?q=xyzzy",
        "/courses/?view=calendar",
        "/courses/SOT-1/",
        "/sign-in/",
        "/verify/",
        f"/verify/{'A' * 26}",
        "/help/",
        "/priority/",
        "/privacy/",
        "/accessibility/",
        "/account/password/reset/",
        "/style-guide/",
    ),
    "asel": (
        "/",
        "/courses/?for=me",
        "/courses/SOT-1/",
        "/enrollments/{waiting}/",
        "/enrollments/{waiting}/withdraw/",
        "/questionnaires/{invitation}/",
        "/owed/",
        "/check-in/",
        "/messages/",
        "/profile/",
        "/profile/who-saw/",
        "/profile/calendars/",
        "/account/2fa/",
    ),
    "dana": (
        "/enrollments/{held}/needs/",
        "/enrollments/{held}/transfer/",
        "/enrollments/{held}/substitute/",
    ),
    "boris": (
        "/desk/",
        "/desk/decisions/",
        "/desk/decisions/{decision}/",
        "/desk/deputies/",
        "/desk/nominations/",
        "/desk/nominations/{nomination}/",
        "/desk/runs/{full}/nominate/",
        "/desk/owed/court/",
    ),
    "timur": (
        "/desk/",
        "/desk/runs/{over}/",
        "/desk/runs/{over}/marks/{session}/",
        "/desk/runs/{over}/sheets/{session}/",
        "/desk/runs/{over}/signatures/",
        "/desk/runs/{over}/notice/",
        "/desk/runs/{over}/materials/",
        "/desk/runs/{over}/finalise/",
        "/desk/runs/{full}/queue/",
        "/desk/runs/{heard}/feedback/",
    ),
    "clara": (
        "/desk/",
        "/desk/runs/",
        "/desk/plan/{year}/",
        "/desk/plan/{year}/?month={month}",
        "/desk/plan/{year}/board/",
        "/desk/plan/{year}/places/",
        "/desk/plan/{year}/places/trainer/{trainer}/",
        "/desk/plan/{year}/print/",
        "/desk/plan/{year}/copy/",
        "/desk/plan/copies/{copy}/",
        "/desk/runs/{full}/copy/",
        "/desk/runs/new/",
        "/desk/runs/{full}/",
        "/desk/runs/{full}/cancel/",
        "/desk/runs/{full}/move/",
        "/desk/runs/{full}/postpone/",
        "/desk/runs/{full}/capacity/",
        "/desk/runs/{full}/merge/",
        "/desk/runs/{full}/split/",
        "/desk/runs/{full}/as-known/",
        "/desk/runs/{full}/queue/",
        "/desk/runs/{full}/rules/",
        "/desk/runs/{full}/pools/",
        "/desk/runs/{full}/selection/",
        "/desk/out-of-order/{waiting}/",
        "/desk/priority/",
        "/desk/questionnaires/",
        "/desk/questionnaires/after-course/",
        "/desk/questionnaires/after-course/revise/",
        "/desk/interest/",
        "/desk/partners/",
        "/desk/needs/",
        "/desk/needs/{assessed}/",
        "/desk/messages/",
        "/desk/addresses/",
        "/desk/reminders/",
        "/desk/reminders/next/",
        "/desk/reminders/new/",
        "/desk/exports/",
        "/desk/figures/",
        "/desk/figures/coverage/",
        "/desk/figures/hours/",
        "/desk/figures/no-shows/",
        "/desk/trips/",
        "/desk/runs/{full}/trips/",
        "/desk/imports/",
        "/desk/imports/{upload}/",
        "/desk/bulk/",
        "/desk/bulk/{bulk}/",
        "/desk/health/",
        "/desk/invariants/",
    ),
    "author": (
        "/desk/",
        "/desk/proposals/",
        "/desk/proposals/new/",
        "/desk/proposals/{proposal}/",
        "/desk/proposals/{proposal}/compare/",
        "/desk/proposals/comments/{comment}/",
        "/desk/needs/{assessed}/",
    ),
    "reviewer": ("/desk/proposals/steps/{step}/",),
    "otto": ("/desk/", "/desk/runs/{full}/", "/desk/reminders/"),
}
OFTEN = {
    None: ("/courses/?q=торелиг", "/courses/SOT-1/", "/sign-in/"),
    "asel": ("/", "/enrollments/{waiting}/", "/profile/"),
    "boris": ("/desk/decisions/{decision}/",),
    "author": ("/desk/proposals/{proposal}/",),
    "timur": ("/desk/runs/{over}/", "/desk/runs/{over}/marks/{session}/"),
    "clara": ("/desk/", "/desk/runs/new/", "/desk/plan/{year}/board/", "/desk/plan/{year}/"),
}


def addresses(stage, pages):
    ids = {
        "waiting": stage.waiting.public_id,
        "held": stage.held.public_id,
        "decision": stage.decision.public_id,
        "over": stage.over.public_id,
        "full": stage.full_run.public_id,
        "nomination": stage.nomination.public_id,
        "heard": stage.heard.public_id,
        "invitation": stage.invitation.public_id,
        "upload": stage.upload.job.public_id,
        "bulk": stage.bulk.public_id,
        "year": year_of(stage.over.starts_at),
        "month": stage.over.starts_at.month,
        "trainer": stage.cast.timur.public_id,
        "copy": stage.copy.public_id,
        "proposal": stage.proposal.public_id,
        "step": stage.proposal.steps.get(round=2, place=1).public_id,
        "comment": Comment.objects.get().public_id,
        "assessed": stage.topic.assessment.year,
        "session": stage.over.sessions.order_by("number")[0].public_id,
    }
    return [path.format(**ids) for path in pages]


def account_of(stage, who):
    if who in {"author", "reviewer"}:
        return getattr(stage.bodies, who)
    return getattr(stage.cast, f"{who}_account") if who else None


def barriers(page, rules):
    """What axe finds: rule, and the first elements that break it."""
    found = page.evaluate(f"axe.run({json.dumps(rules)})")["violations"]
    return [
        f"{page.url} {one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}"
        for one in found
    ]


def look_at(page, path, width):
    """Everything wrong with one page."""
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": width, "height": 800})
    answer = page.goto(path)
    page.evaluate(AXE)
    wrong = [] if answer.status == 200 else [f"{path}: {answer.status}"]
    wrong += barriers(page, RULES)
    page.emulate_media(color_scheme="dark")
    wrong += barriers(page, COLOURS)
    page.set_viewport_size({"width": SMALLEST, "height": 800})
    reach = page.evaluate("document.documentElement.scrollWidth")
    if reach > SMALLEST:
        wrong.append(f"{path}: {reach} px wide at {SMALLEST} px")
    return wrong


def sweep(window, stage, pages, language, width):
    return [
        problem
        for who, paths in pages.items()
        for page in [window.open(account_of(stage, who), language=language)]
        for path in addresses(stage, paths)
        for problem in look_at(page, path, width)
    ]


def test_pages_that_are_used_most_have_no_barriers(stage, window):
    assert sweep(window, stage, OFTEN, "kk", WIDE) == []


@pytest.mark.proof
@pytest.mark.timeout(300)
@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_no_page_has_barriers(stage, window, language, width):
    assert sweep(window, stage, PAGES, language, width) == []


@pytest.mark.parametrize(("who", "path"), [(None, "/courses/"), ("asel", "/"), ("timur", "/desk/")])
def test_a_first_view_is_light(stage, window, who, path):
    page = window.open(account_of(stage, who), language="kk", width=NARROW)
    weights = {}

    def weigh(request):
        sizes = request.sizes()
        weights[request.url] = sizes["responseBodySize"] + sizes["responseHeadersSize"]

    page.on("requestfinished", weigh)
    page.goto(path, wait_until="networkidle")

    print(path, sum(weights.values()), "bytes")
    assert len(weights) >= 4
    assert sum(weights.values()) < FIRST_VIEW, weights


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
