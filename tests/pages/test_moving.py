"""A promised seat moves through the pages: to another run, to a colleague."""

import pytest

from academy.core import clock
from courses.planning.models import Run
from enrollment.requests import actions
from enrollment.seats.enums import State
from enrollment.seats.models import Enrollment
from tests import factories
from tests.enrollment.stage import DAY, ask, now_is, sight
from tests.factories import ACTOR
from tests.pages.test_run_changes import text_of

pytestmark = pytest.mark.django_db


def two_runs(**columns):
    course = factories.course()
    return factories.run(of=course, **columns), factories.run(of=course, starts_in=40 * DAY)


def one_page(row, what=""):
    return f"/enrollments/{row.public_id}/{what}"


def test_the_own_page_leads_to_both_ways_out(cast, browser):
    here, _there = two_runs()
    mine = ask(here, cast.asel)
    page = text_of(browser(cast.asel_account).get(one_page(mine)))
    assert "Move to another run · Let a colleague take the seat" in page


def test_a_trainee_moves_to_another_run(cast, browser):
    here, there = two_runs()
    mine = ask(here, cast.asel)
    client = browser(cast.asel_account)

    done = client.post(one_page(mine, "transfer/"), {"run": there.public_id})

    new = Enrollment.objects.get(run=there)
    assert (done.status_code, done.url) == (303, one_page(new))
    assert (new.state, new.previous_id, now_is(mine)) == (
        State.CONFIRMED,
        mine.pk,
        State.TRANSFERRED,
    )
    assert f'href="{one_page(new)}"' in client.get(one_page(mine)).content.decode()


def test_a_full_run_is_refused_in_the_form_with_the_answers_kept(cast, browser):
    course = factories.course()
    here, there = factories.run(of=course), factories.run(of=course, seats=1, starts_in=40 * DAY)
    mine = ask(here, cast.asel)
    ask(there)
    before = sight()

    shown = browser(cast.asel_account).post(one_page(mine, "transfer/"), {"run": there.public_id})

    assert "No seat is free in the other run, or others wait for it already." in text_of(shown)
    assert f'<option value="{there.public_id}" selected>' in shown.content.decode()
    assert sight() == before


def test_a_late_move_asks_why_and_is_flagged(cast, browser):
    here, there = two_runs()
    Run.objects.filter(pk=here.pk).update(withdraw_until=clock.now() - DAY)
    mine = ask(here, cast.asel)
    client = browser(cast.asel_account)
    before = sight()

    shown = client.post(one_page(mine, "transfer/"), {"run": there.public_id})
    assert "The withdrawal deadline has passed: please say why." in text_of(shown)
    assert sight() == before

    client.post(one_page(mine, "transfer/"), {"run": there.public_id, "reason": "duty"})
    mine.refresh_from_db()
    assert (mine.state, mine.is_late) == (State.TRANSFERRED, True)


def test_a_colleague_takes_over_the_very_seat(cast, browser):
    run = factories.run(seats=1)
    mine, waiting = ask(run, cast.asel), ask(run, cast.dana)
    seat = mine.seat_id
    client = browser(cast.asel_account)
    form = client.get(one_page(mine, "substitute/")).content.decode()
    assert str(cast.kenzhe.public_id) in form
    assert str(cast.dana.public_id) not in form

    client.post(one_page(mine, "substitute/"), {"person": cast.kenzhe.public_id})

    new = Enrollment.objects.get(person=cast.kenzhe)
    assert (new.seat_id, now_is(mine), now_is(waiting)) == (
        seat,
        State.WITHDRAWN,
        State.WAITLISTED,
    )
    assert "A colleague has taken over your seat." in text_of(client.get(one_page(mine)))


def test_after_the_cut_off_nobody_takes_over(cast, browser):
    run = factories.run(seats=1)
    mine = ask(run, cast.asel)
    Run.objects.filter(pk=run.pk).update(promote_until=clock.now() - DAY)
    client = browser(cast.asel_account)
    before = sight()
    assert "Let a colleague" not in text_of(client.get(one_page(mine)))
    shown = client.post(one_page(mine, "substitute/"), {"person": cast.kenzhe.public_id})
    assert "It is too late for somebody else to take the seat." in text_of(shown)
    assert sight() == before


@pytest.mark.parametrize("who", ["clara", "kenzhe"])
def test_registrar_and_coordinator_move_people(cast, browser, who):
    here, there = two_runs()
    mine = ask(here, cast.asel)
    client = browser(getattr(cast, f"{who}_account"))

    done = client.post(one_page(mine, "transfer/"), {"run": there.public_id})

    assert (done.status_code, now_is(mine)) == (303, State.TRANSFERRED)
    assert client.get(done.url).status_code == 200


def test_a_coordinator_moves_nobody_of_another_court(cast, browser):
    here, there = two_runs()
    theirs = ask(here, cast.dana)
    before = sight()
    client = browser(cast.kenzhe_account)
    for what in ("transfer/", "substitute/"):
        answer = client.post(one_page(theirs, what), {"run": there.public_id})
        assert answer.status_code == 404
    assert sight() == before


def test_asking_again_does_not_dodge_the_deadline(cast, browser):
    run = factories.run(seats=2)
    client = browser(cast.asel_account)
    first = ask(run, cast.asel)
    Run.objects.filter(pk=run.pk).update(withdraw_until=clock.now() - DAY)

    shown = client.post(one_page(first, "withdraw/"))
    assert now_is(first) == State.CONFIRMED
    assert "The time to withdraw is over. Please say why." in text_of(shown)
    client.post(one_page(first, "withdraw/"), {"reason": "duty"})
    again = actions.enroll(run=run.public_id, person=cast.asel.pk, actor=ACTOR)
    client.post(one_page(again, "withdraw/"), {"reason": "duty"})

    assert [row.is_late for row in Enrollment.objects.order_by("pk")] == [True, True]
    assert again.previous_id == first.pk
