"""The main job of each role, from signing in to the answer, as a person does it.

A few of the combinations are run with every `make test`; `make proof` runs all of them.
"""

from datetime import timedelta
from itertools import product

import pytest
from playwright.sync_api import expect

from academy.core import clock
from courses.planning.enums import RunState
from courses.planning.models import Run
from courses.planning.year_queries import year_of
from enrollment.attendance.models import Mark
from enrollment.certificates.models import Certificate
from enrollment.decisions.enums import StepState
from enrollment.seats.enums import State
from enrollment.seats.models import Enrollment
from tests.browser.conftest import NARROW, WIDE
from tests.browser.hands import HANDS, go_by_menu, sign_in
from tests.factories import PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),  # one Chromium and one web server
]

FRIDAY = 4
EVERY = set(product(("kk", "ru", "en"), (NARROW, WIDE), ("keyboard", "mouse")))


def ways(*often):
    """All combinations of language, width and hand; only these few outside the long proofs."""
    return pytest.mark.parametrize(
        ("language", "width", "hand"),
        [
            pytest.param(*way, marks=[] if way in often else [pytest.mark.proof])
            for way in sorted(EVERY)
        ],
    )


@pytest.fixture
def seat(stage, window):
    """Sign in as somebody; the page and the hand that uses it."""

    def taken(login, language, width, hand, *, scripts=True):
        page = window.open(language=language, width=width, scripts=scripts)
        user = HANDS[hand](page)
        sign_in(page, user, login, PASSWORD)
        assert page.locator("html").get_attribute("lang") == language
        return page, user

    return taken


def find_and_enroll(page, user, run):
    go_by_menu(page, user, "/courses/")
    user.write("#q", "торелиг")
    user.press('form[role="search"] button.button[type="submit"]')
    user.press(f'main a[href*="/courses/{run.course.code}/"]')
    user.press(f'form[action*="{run.public_id}"] button')
    page.wait_for_url("**/enrollments/*/")
    expect(page.locator("main h1")).to_be_visible()


@ways(("kk", NARROW, "keyboard"), ("ru", WIDE, "mouse"))
def test_a_trainee_finds_a_course_and_enrolls(stage, seat, language, width, hand):
    page, user = seat("asel", language, width, hand)

    find_and_enroll(page, user, stage.open_run)

    mine = Enrollment.objects.get(run=stage.open_run, person=stage.cast.asel)
    assert mine.state == State.CONFIRMED
    assert str(mine.public_id) in page.url
    go_by_menu(page, user, "/")
    expect(page.locator(f'main a[href="/enrollments/{mine.public_id}/"]').first).to_be_visible()


@pytest.mark.parametrize(
    "language", [pytest.param(one, marks=pytest.mark.proof) for one in ("kk", "ru", "en")]
)
def test_a_trainee_enrolls_and_withdraws_without_scripts(stage, seat, language):
    page, user = seat("asel", language, NARROW, "mouse", scripts=False)

    find_and_enroll(page, user, stage.open_run)
    user.press('main a[href$="/withdraw/"]')
    user.press('main form[method="post"] button[type="submit"]')
    page.wait_for_url("**/enrollments/*/")

    mine = Enrollment.objects.get(run=stage.open_run, person=stage.cast.asel)
    assert mine.state == State.WITHDRAWN


@ways(("kk", WIDE, "keyboard"))
def test_a_head_of_court_gives_consent(stage, seat, language, width, hand):
    page, user = seat("boris", language, width, hand)

    go_by_menu(page, user, "/desk/")
    user.press(f'main a[href*="{stage.decision.public_id}"]')
    user.press('input[name="answer"][value="yes"]')
    user.press("main form button[type=submit]")

    expect(page.locator(".notice-success")).to_be_visible()
    stage.decision.refresh_from_db()
    stage.asked.refresh_from_db()
    assert (stage.decision.state, stage.asked.state) == (StepState.YES, State.CONFIRMED)


@ways(("ru", NARROW, "mouse"))
def test_a_trainer_marks_and_finalises(stage, seat, language, width, hand):
    page, user = seat("timur", language, width, hand)
    assert page.url.endswith("/desk/")

    user.press(f'main a[href*="{stage.over.public_id}"]')
    for session in stage.over.sessions.order_by("number"):
        user.press(f'main a[href*="/marks/{session.public_id}/"]')
        user.press('button[name="rest"]')
        expect(page.locator(".notice-success")).to_be_visible()
    user.press('main a[href$="/finalise/"]')
    user.press('main form[method="post"] button.button:not(.button-secondary)')

    expect(page.locator(".notice-success")).to_be_visible()
    stage.over.refresh_from_db()
    assert stage.over.state == RunState.FINALISED
    assert Mark.objects.count() == 6
    assert Certificate.objects.count() == 3


@ways(("en", WIDE, "keyboard"))
def test_a_registrar_plans_and_publishes_a_run(stage, seat, language, width, hand):
    page, user = seat("clara", language, width, hand)
    start = clock.now() + timedelta(days=40)
    start += timedelta(days=max(0, 7 - start.weekday()) if start.weekday() > FRIDAY else 0)

    page.goto("/desk/runs/")
    user.press('main a[href="/desk/runs/new/"]')
    page.locator("[name=course]").select_option("SOT-1")
    user.write("[name=code]", "SOT-1-NEW")
    user.write("[name=first_0]", f"{start:%Y-%m-%d}")
    user.write("[name=first_1]", "09:30")
    user.write("[name=capacity]", "12")
    page.locator("[name=trainer]").select_option(str(stage.cast.timur.public_id))
    user.press("main form button[type=submit]")
    user.press('form[action$="/publish/"] button')

    expect(page.locator(".notice-success")).to_be_visible()
    run = Run.objects.get(code="SOT-1-NEW")
    assert (run.state, run.capacity, run.seats.count()) == (RunState.PUBLISHED, 12, 12)


@ways(("ru", WIDE, "mouse"))
def test_a_registrar_copies_a_plan_into_the_next_year(stage, seat, language, width, hand):
    page, user = seat("clara", language, width, hand)
    year = year_of(stage.over.starts_at)

    page.goto(f"/desk/plan/{year}/board/?course={stage.over.course.code}")
    user.press(f'main a[href^="/desk/plan/{year}/copy/"]')
    user.press("main form button[type=submit]")
    expect(page.locator("main table")).to_contain_text(stage.over.code)
    assert not Run.objects.filter(copy_of__isnull=False).exists()
    user.press('main form[action$="/apply/"] button')
    expect(page.locator('main form[action$="/undo/"] button')).to_be_visible()

    copy = Run.objects.get(copy_of__source=stage.over)
    page.goto(f"/desk/plan/{year + 1}/board/")
    expect(page.locator("section:has(#pile-planned)")).to_contain_text(copy.code)
    assert (copy.state, copy.sessions.count(), copy.enrollments.count()) == (RunState.DRAFT, 2, 0)
