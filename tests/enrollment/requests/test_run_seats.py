from decimal import Decimal

import pytest

from academy.ledger.models import Event
from courses.planning.actions import SessionPlan
from courses.planning.models import Run
from enrollment.attendance.enums import MarkStatus
from enrollment.attendance.models import Outcome
from enrollment.certificates.models import Certificate
from enrollment.requests import actions, run_actions, run_changes, timers
from enrollment.seats.models import Enrollment
from tests import factories
from tests.enrollment.stage import (
    DAY,
    MINUTE,
    assert_sound,
    events_of,
    fill,
    now_is,
    refused,
    seats_of,
    states,
)
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db


def plan(start, *, venue=None, minutes=90):
    return SessionPlan(start, minutes, length=100 * MINUTE, venue=venue)


def move(run, *starts, **said):
    sessions = [plan(start) for start in starts]
    return run_changes.move_run(run=run.public_id, sessions=sessions, actor=ACTOR, **said)


def moved_by(run, shift, **said):
    return move(run, run.starts_at + shift, **said)


def events_of_run(run):
    rows = Event.objects.filter(subject_id=run.public_id).order_by("id")
    return list(rows.values_list("type", flat=True))


@pytest.mark.parametrize("seats", [2, 5])
def test_more_seats_go_to_the_queue_first(seats):
    run = factories.run(seats=1)
    everybody = fill(run, 4)

    run_changes.change_capacity(run=run.public_id, capacity=seats, actor=ACTOR)

    offered = states(*everybody).count("offered")
    assert offered == min(seats - 1, 3)
    assert seats_of(run)["free"] == seats - 1 - offered
    assert events_of_run(run)[-1] == "run.capacity_changed"
    assert_sound()


def test_fewer_seats_throw_nobody_out_and_the_seat_that_is_left_is_gone():
    run = factories.run(seats=3)
    one, two, three, waiting = fill(run, 4)

    run_changes.change_capacity(run=run.public_id, capacity=1, actor=ACTOR)

    assert states(one, two, three, waiting) == ["confirmed"] * 3 + ["waitlisted"]
    assert seats_of(run) == {"free": 0, "held": 1, "above": 2, "gone": 0}
    for leaving, above in ((one, 1), (two, 0)):  # whoever leaves: not only who sits above
        actions.withdraw(enrollment=leaving.public_id, actor=ACTOR)
        assert states(waiting) == ["waitlisted"]
        assert seats_of(run) == {"free": 0, "held": 1, "above": above, "gone": 2 - above}
        assert_sound()
    actions.withdraw(enrollment=three.public_id, actor=ACTOR)
    assert states(waiting) == ["offered"]


def test_a_capacity_that_goes_down_and_up_again_seats_nobody_twice():
    run = factories.run(seats=2)
    fill(run, 5)

    for capacity in (0, 2, 1, 2):
        run_changes.change_capacity(run=run.public_id, capacity=capacity, actor=ACTOR)

    assert seats_of(run)["held"] + seats_of(run)["above"] == 2
    assert Enrollment.objects.filter(run=run, state="waitlisted").count() == 3
    assert_sound()


def test_free_seats_go_before_held_ones():
    run = factories.run(seats=5)
    fill(run, 2)

    run_changes.change_capacity(run=run.public_id, capacity=2, actor=ACTOR)

    assert seats_of(run) == {"free": 0, "held": 2, "above": 0, "gone": 3}


@pytest.mark.parametrize(
    ("seats", "capacity", "code"), [(None, 5, "run_without_limit"), (5, -1, "capacity")]
)
def test_which_capacities_are_refused(seats, capacity, code):
    run = factories.run(seats=seats)

    with refused(code):
        run_changes.change_capacity(run=run.public_id, capacity=capacity, actor=ACTOR)


@pytest.mark.parametrize("state", ["finished", "finalised", "cancelled"])
def test_a_run_that_is_over_keeps_its_seats(state):
    run = factories.run()
    Run.objects.filter(pk=run.pk).update(state=state)

    with refused("run_state"):
        run_changes.change_capacity(run=run.public_id, capacity=9, actor=ACTOR)


def test_t22_from_the_enrolment_to_the_certificate(held):
    happy = held(people=2, sessions=2, min_attendance_share=Decimal("0.80"))
    happy.mark_one(0, MarkStatus.PRESENT, MarkStatus.PRESENT)
    happy.mark_one(1, MarkStatus.ABSENT, MarkStatus.ABSENT)

    report = happy.finalise()

    assert report.outcomes == {"completed": 1, "no_show": 1}
    assert (report.credits, report.certificates) == (1, 1)
    assert states(*happy.people) == ["closed", "closed"]
    assert [events_of(row) for row in happy.people] == [["confirmed", "closed"]] * 2
    assert Certificate.objects.get().outcome.enrollment_id == happy.people[0].pk
    assert_sound(happy.after)
    with refused("run_state"):
        run_actions.finalise_run(run=happy.run.public_id, actor=ACTOR, at=happy.after)


def test_nothing_is_frozen_while_marks_are_missing(held):
    pending = held(people=2, sessions=1)
    pending.mark_one(0, MarkStatus.PRESENT)
    run_actions.start_run(run=pending.run.public_id, actor=ACTOR, at=pending.after)
    run_actions.finish_run(run=pending.run.public_id, actor=ACTOR, at=pending.after)

    with refused("marks_missing"):
        run_actions.finalise_run(run=pending.run.public_id, actor=ACTOR, at=pending.after)

    assert not Outcome.objects.exists()
    assert now_is(pending.people[0]) == "confirmed"


def test_the_clock_starts_and_finishes_a_run_once():
    run = factories.run()

    assert timers.advance_runs(run.starts_at - MINUTE) == 0
    assert timers.advance_runs(run.starts_at) == 1
    assert timers.advance_runs(run.starts_at) == 0
    assert timers.advance_runs(run.ends_at) == 1
    assert timers.advance_runs(run.ends_at) == 0
    run.refresh_from_db()
    assert run.state == "finished"


def test_a_run_missed_for_a_week_is_started_and_finished_in_one_go():
    run = factories.run()

    assert timers.advance_runs(run.ends_at + 7 * DAY) == 2
    assert events_of_run(run)[-2:] == ["run.started", "run.finished"]
