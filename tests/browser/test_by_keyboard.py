"""The main job of each role by keyboard alone, on a phone, in Kazakh, without JavaScript."""

from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import expect
from psycopg.types.range import TimestamptzRange

from academy.core import clock
from courses.planning.enums import RunState
from courses.planning.models import Run
from enrollment.attendance import check_in
from enrollment.attendance.models import Mark
from enrollment.decisions.enums import StepState
from enrollment.feedback.models import AnswerText
from enrollment.requests.actions import enroll, withdraw
from enrollment.requests.models import Nominee
from enrollment.seats.enums import State
from enrollment.seats.models import Enrollment
from tests import factories
from tests.browser.conftest import NARROW
from tests.browser.hands import Keyboard, go_by_menu, sign_in
from tests.browser.test_main_jobs import find_and_enroll
from tests.factories import ACTOR, PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),  # one Chromium and one web server
]


@pytest.fixture
def phone(stage, window):
    """Somebody's phone, with a keyboard and without scripts."""

    def taken(login):
        page = window.open(language="kk", width=NARROW, scripts=False)
        hand = Keyboard(page)
        sign_in(page, hand, login, PASSWORD)
        assert page.locator("html").get_attribute("lang") == "kk"
        return page, hand

    return taken


def go_by_desk(page, hand, path):
    """Through the pages of the desk, which are a sheet on a phone."""
    hand.press(".desk-nav .sheet-button")
    hand.press(f'.desk-nav a[href="{path}"]')
    page.wait_for_url(f"**{path}")


def done(page):
    expect(page.locator(".notice-success").first).to_be_visible()


def test_a_trainer_marks_and_finalises(stage, phone):
    page, hand = phone("timur")
    late = Enrollment.objects.get(run=stage.over, person=stage.cast.dana)
    first, second = stage.over.sessions.order_by("number")

    go_by_desk(page, hand, "/desk/runs/")
    hand.press(f'main a[href="/desk/runs/{stage.over.public_id}/"]')
    hand.press(f'main a[href$="/marks/{first.public_id}/"]')
    hand.choose(f'[name="{late.public_id}-status"]', "late")
    hand.write(f'[name="{late.public_id}-minutes"]', "80")
    hand.press('button[name="rest"]')
    done(page)
    hand.press(f'main a[href$="/marks/{second.public_id}/"]')
    hand.press('button[name="rest"]')
    done(page)
    hand.press('main a[href$="/finalise/"]')
    hand.press('main form[method="post"] button.button:not(.button-secondary)')
    done(page)

    stage.over.refresh_from_db()
    assert stage.over.state == RunState.FINALISED
    minutes = Mark.objects.order_by("session", "enrollment").values_list("minutes", flat=True)
    assert sorted(minutes) == [80, 90, 90, 90, 90, 90]


def on_now(stage):
    """A session that began ten minutes ago, in which Әсел has a seat."""
    with time_machine.travel(clock.now() - timedelta(days=9), tick=True):
        run = factories.run(trainer=stage.cast.timur, starts_in=timedelta(days=9))
        enroll(run=run.public_id, person=stage.cast.asel.pk, actor=ACTOR)
    begun, over = clock.now() - timedelta(minutes=5), clock.now() + timedelta(minutes=95)
    run.sessions.update(period=TimestamptzRange(begun, over))
    Run.objects.filter(pk=run.pk).update(starts_at=begun, ends_at=over)
    return run.sessions.get()


def test_a_trainee_goes_all_the_way(stage, phone):
    session = on_now(stage)
    withdraw(enrollment=stage.held.public_id, actor=ACTOR)  # and so a seat is offered to Әсел
    page, hand = phone("asel")

    hand.press(f'form[action="/enrollments/{stage.waiting.public_id}/accept/"] button')
    done(page)
    stage.waiting.refresh_from_db()
    assert stage.waiting.state == State.CONFIRMED

    find_and_enroll(page, hand, stage.open_run)
    hand.press('main a[href$="/withdraw/"]')
    hand.press('main form[method="post"] button[type="submit"]')
    page.wait_for_url("**/enrollments/*/")
    mine = Enrollment.objects.get(run=stage.open_run, person=stage.cast.asel)
    assert mine.state == State.WITHDRAWN

    go_by_menu(page, hand, "/")
    hand.press(f'main a[href="/check-in/{session.public_id}/"]')
    hand.write("[name=code]", check_in.shown_code(session, clock.now()))
    hand.press("main form button[type=submit]")
    done(page)
    assert Mark.objects.get().enrollment.person == stage.cast.asel

    hand.press(f'main a[href="/questionnaires/{stage.invitation.public_id}/"]')
    page.wait_for_url("**/questionnaires/*/")
    fill(page, hand)
    hand.press("main form button[type=submit]")
    page.wait_for_url("**/thanks/")
    assert AnswerText.objects.filter(text="Тағы осындай").exists()


def fill(page, hand):
    """The first choice of each question, and a few words where words are asked for."""
    names = page.locator("main form :is(input[type=radio], textarea)").evaluate_all(
        "all => [...new Set(all.map(one => one.name))]"
    )
    for name in names:
        if page.locator(f'textarea[name="{name}"]').count():
            hand.write(f'textarea[name="{name}"]', "Тағы осындай")
        else:
            hand.press(f'input[name="{name}"]')


def test_a_head_of_court_refuses_with_a_reason(stage, phone):
    page, hand = phone("boris")

    go_by_menu(page, hand, "/desk/")
    hand.press(f'main a[href*="{stage.decision.public_id}"]')
    hand.press('input[name="answer"][value="yes"]')
    page.keyboard.press("ArrowDown")  # from yes to no, as radio buttons go
    hand.press("main form button[type=submit]")
    hand.choose("[name=reason]", "staffing")
    hand.press("main form button[type=submit]")
    done(page)

    stage.decision.refresh_from_db()
    stage.asked.refresh_from_db()
    assert (stage.decision.state, stage.asked.state) == (StepState.NO, State.REJECTED)


def test_a_coordinator_nominates(stage, phone):
    page, hand = phone("kenzhe")

    go_by_menu(page, hand, "/desk/")
    go_by_desk(page, hand, "/desk/nominations/")
    hand.press(f'main a[href="/desk/runs/{stage.open_run.public_id}/nominate/"]')
    hand.press(f'input[name=people][value="{stage.cast.boris.public_id}"]')
    hand.press('main form[method="post"] button[type="submit"]')
    page.wait_for_url("**/desk/nominations/*/")
    assert not Enrollment.objects.filter(run=stage.open_run).exists()
    hand.press('form[action$="/apply/"] button')

    expect(page.locator("form[action$='/apply/']")).to_have_count(0)
    named = Enrollment.objects.get(run=stage.open_run)
    assert named.person == stage.cast.boris
    assert Nominee.objects.filter(enrollment=named).exists()
