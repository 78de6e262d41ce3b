"""A run that keeps a seat for whoever waits for a decision."""

import pytest

from courses.planning.models import Run
from enrollment.requests import actions, timers
from tests import factories
from tests.enrollment.requests.deciding import decide
from tests.enrollment.stage import (
    ask,
    assert_sound,
    now_is,
    seats_of,
    states,
)
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db


@pytest.fixture
def holding(cast):
    """A run of one seat that keeps it for who asked first while the head decides."""
    run = factories.run(seats=1, mode="approval", hold_while_pending=True)
    mine = ask(run, cast.asel)
    return run, mine, mine.decisions.get()


def test_a_request_keeps_its_seat_where_the_run_says_so(cast, holding):
    run, mine, step = holding
    later = ask(run, cast.kenzhe)

    assert states(mine, later) == ["requested", "requested"]
    assert mine.seat_id is not None
    assert later.seat_id is None
    assert seats_of(run) == {"free": 0, "held": 1, "above": 0, "gone": 0}
    decide(later.decisions.get(), True, cast.boris_account)
    decide(step, True, cast.boris_account)

    seat = mine.seat_id
    mine.refresh_from_db()
    assert (mine.state, mine.seat_id, now_is(later)) == ("confirmed", seat, "waitlisted")
    assert_sound()


@pytest.mark.parametrize("end", ["refuse", "withdraw", "silence", "cancel"])
def test_a_seat_kept_for_a_request_goes_to_the_queue_when_the_request_ends(cast, holding, end):
    run, mine, step = holding
    Run.objects.filter(pk=run.pk).update(enrollment_mode="open")
    waiting = ask(run, cast.dana)
    assert states(waiting) == ["waitlisted"]

    if end == "refuse":
        decide(step, False, cast.boris_account)
    elif end == "withdraw":
        actions.withdraw(enrollment=mine.public_id, actor=ACTOR)
    elif end == "silence":
        timers.lapse_decisions(step.due_at)
    else:
        actions.cancel_enrollment(enrollment=mine.public_id, reason="left_service", actor=ACTOR)

    assert states(waiting) == ["offered"]
    assert seats_of(run)["held"] == 1
    assert_sound()


def test_a_kept_seat_is_not_kept_through_a_clash(cast, holding):
    _run, mine, step = holding
    ask(factories.run(), cast.asel)

    decide(step, True, cast.boris_account)

    mine.refresh_from_db()
    assert (mine.state, mine.seat_id) == ("waitlisted", None)
    assert_sound()
