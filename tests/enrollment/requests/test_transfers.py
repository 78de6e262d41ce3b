"""A seat moves to another run, or a colleague takes it over."""

from datetime import timedelta
from functools import partial

import pytest

from academy.core import clock
from academy.core.errors import Refused
from courses.planning.enums import EnrollmentMode, PoolScope
from courses.planning.models import Run
from courses.planning.pools import Share
from enrollment.requests import actions, pool_actions, run_changes, transfers
from enrollment.seats.enums import Source, State
from enrollment.seats.models import Enrollment
from tests import factories
from tests.concurrency.racing import race
from tests.enrollment.stage import DAY, ask, assert_sound, fill, last_event, now_is, refused
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)


def two_runs(seats: int = 1, **columns) -> tuple[Run, Run]:
    """Two runs of one course, at the same hours: the seat left must not stand in the way."""
    course = factories.course()
    return (
        factories.run(of=course, seats=seats, **columns),
        factories.run(of=course, seats=seats, **columns),
    )


def move(row: Enrollment, to: Run, **more) -> Enrollment:
    return transfers.transfer(enrollment=row.public_id, to_run=to.public_id, actor=ACTOR, **more)


def test_a_seat_moves_the_rows_are_linked_and_the_queue_gets_the_old_one():
    here, there = two_runs(seats=1, auto_accept=True)
    one, waiting = fill(here, 2)

    new = move(one, there)

    assert now_is(one) == State.TRANSFERRED
    assert (new.state, new.previous_id, new.run_id) == (State.CONFIRMED, one.pk, there.pk)
    assert not one.is_late
    assert now_is(waiting) == State.CONFIRMED
    assert last_event(one).data["moved_to"] == str(there.public_id)
    assert last_event(new).data["moved_from"] == str(one.public_id)
    assert last_event(new).data["seat"] == new.seat_id
    assert_sound()


def test_without_a_free_seat_nothing_changes():
    here, there = two_runs()
    one = ask(here)
    fill(there, 1)
    with refused("no_free_seat"):
        move(one, there)


def test_nobody_who_waits_is_passed_by_a_transfer():
    here, there = two_runs()
    one, holder, waiting = ask(here), ask(there), ask(there)
    Run.objects.filter(pk=there.pk).update(promote_until=clock.now() - DAY)
    actions.withdraw(enrollment=holder.public_id, actor=ACTOR)
    assert there.seats.filter(free=True).count() == 1
    assert now_is(waiting) == State.WAITLISTED
    with refused("no_free_seat"):
        move(one, there)


def test_to_the_same_run_or_another_course_is_refused():
    here, _there = two_runs()
    one = ask(here)
    with refused("same_run"):
        move(one, here)
    elsewhere = factories.run(starts_in=timedelta(days=50))
    with refused("other_course"):
        move(one, elsewhere)


def test_who_waits_or_asks_has_no_seat_to_move():
    here, there = two_runs()
    fill(here, 1)
    waiting = ask(here)
    with refused("transition"):
        move(waiting, there)


def test_after_the_deadline_it_is_late_needs_a_reason_and_the_flag_stays_visible():
    here, there = two_runs()
    Run.objects.filter(pk=here.pk).update(withdraw_until=clock.now() - DAY)
    one = ask(here)
    with refused("reason_needed"):
        move(one, there)

    new = move(one, there, reason="hearing")

    one.refresh_from_db()
    assert one.is_late
    assert last_event(one).data["late"] is True
    assert new.previous_id == one.pk


def test_the_registrar_is_not_late():
    here, there = two_runs()
    Run.objects.filter(pk=here.pk).update(withdraw_until=clock.now() - DAY)
    one = ask(here)
    move(one, there, source=Source.REGISTRAR)
    one.refresh_from_db()
    assert not one.is_late


def test_where_a_decision_is_needed_only_the_registrar_moves_with_a_reason():
    course, home = factories.course(), factories.court()
    here = factories.run(of=course)
    there = factories.run(of=course, mode=EnrollmentMode.APPROVAL)
    one = ask(here, factories.person(home))
    with refused("decisions_needed"):
        move(one, there)
    with refused("reason_needed"):
        move(one, there, source=Source.REGISTRAR)
    assert move(one, there, source=Source.REGISTRAR, reason="merged").state == State.CONFIRMED


def test_another_seat_at_the_hours_of_the_target_is_a_clash():
    course = factories.course()
    here = factories.run(of=course, starts_in=timedelta(days=40))
    there = factories.run(of=course)
    person = factories.person()
    one = ask(here, person)
    ask(factories.run(), person)
    with refused("clash"):
        move(one, there)


def test_a_closed_target_takes_nobody():
    here, there = two_runs()
    one = ask(here)
    Run.objects.filter(pk=there.pk).update(enrollment_closes_at=clock.now() - timedelta(hours=1))
    with refused("enrollment_closed"):
        move(one, there)


@pytest.mark.parametrize("round_", range(3))
def test_a_to_b_against_b_to_a_neither_stands_still_nor_loses_a_seat(round_: int):
    here, there = two_runs(seats=6)
    left, right = fill(here, 4), fill(there, 4)
    answers = race(
        [partial(move, one, there) for one in left] + [partial(move, one, here) for one in right]
    )
    unexpected = [
        answer
        for answer in answers
        if isinstance(answer, Exception) and not isinstance(answer, Refused)
    ]
    assert unexpected == []
    held = Enrollment.objects.filter(state=State.CONFIRMED, run__in=[here, there])
    assert held.count() == 8
    assert_sound()


# --- Substitution ------------------------------------------------------------------------------


def replace(row: Enrollment, person, **more) -> Enrollment:
    return transfers.substitute(
        enrollment=row.public_id, person=person.public_id, actor=ACTOR, **more
    )


def test_a_colleague_takes_the_very_seat_and_no_waiter_is_served():
    home = factories.court()
    run = factories.run(seats=1, auto_accept=True)
    one = ask(run, factories.person(home))
    waiting = ask(run)
    seat = one.seat_id

    new = replace(one, factories.person(home))

    assert now_is(one) == State.WITHDRAWN
    assert one.end_reason == "substituted"
    assert (new.state, new.seat_id, new.previous_id) == (State.CONFIRMED, seat, one.pk)
    assert now_is(waiting) == State.WAITLISTED
    assert last_event(one).data["handed_seat"] == seat
    assert_sound()


def test_until_the_cut_off_even_when_enrolment_has_closed():
    home = factories.court()
    run = factories.run(seats=1)
    one = ask(run, factories.person(home))
    now = clock.now()
    Run.objects.filter(pk=run.pk).update(
        enrollment_closes_at=now - timedelta(minutes=1), promote_until=now + DAY
    )
    with refused("too_late"):
        replace(one, factories.person(home), at=now + DAY)
    assert replace(one, factories.person(home)).state == State.CONFIRMED


def test_a_holder_names_a_colleague_the_registrar_anyone_the_seat_is_kept_for():
    home, away = factories.court(), factories.court()
    run = factories.run(seats=2)
    one = ask(run, factories.person(home))
    with refused("other_court"):
        replace(one, factories.person(away))
    assert replace(one, factories.person(away), source=Source.REGISTRAR).state == State.CONFIRMED

    kept = factories.run(seats=1, starts_in=timedelta(days=60))
    share = Share(PoolScope.COURT, 1, court_id=home.pk)
    pool_actions.share_seats(run=kept.public_id, shares=[share], actor=ACTOR)
    own = ask(kept, factories.person(home))
    with refused("pool"):
        replace(own, factories.person(away), source=Source.REGISTRAR)


def test_a_substitute_already_in_or_busy_elsewhere_is_refused():
    home = factories.court()
    run, other = factories.run(seats=2), factories.run()
    one = ask(run, factories.person(home))
    colleague, busy = factories.person(home), factories.person(home)
    ask(run, colleague)
    ask(other, busy)
    with refused("already_enrolled"):
        replace(one, colleague)
    with refused("clash"):
        replace(one, busy)


def test_a_seat_above_a_lower_capacity_can_be_handed_over_too():
    home = factories.court()
    run = factories.run(seats=2)
    one, two = (ask(run, factories.person(home)) for _ in range(2))
    run_changes.change_capacity(run=run.public_id, capacity=1, actor=ACTOR)
    for row in (one, two):
        row.refresh_from_db()
        assert replace(row, factories.person(home)).seat_id == row.seat_id
    assert_sound()
