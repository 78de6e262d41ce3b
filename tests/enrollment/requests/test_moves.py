"""A run gets other dates: who keeps the seat, who is asked again, which deadlines move."""

import pytest

from academy.core import clock
from courses.planning.models import Run
from enrollment.requests import actions, timers
from enrollment.seats.models import Enrollment
from tests import factories
from tests.enrollment.requests.moving import events_of_run, move, moved_by
from tests.enrollment.stage import (
    DAY,
    HOUR,
    ask,
    assert_sound,
    events_of,
    fill,
    last_event,
    refused,
    states,
)
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db


def test_t17_a_moved_run_asks_everybody_again_and_keeps_their_seats(crowd):
    run, (confirmed, offered, waiting, asked) = crowd
    seat = confirmed.seat_id
    sequence = run.sequence

    run = moved_by(run, 7 * DAY)

    assert states(confirmed, offered, waiting, asked) == [
        "reconfirm",
        "offered",
        "waitlisted",
        "requested",
    ]
    confirmed.refresh_from_db()
    assert confirmed.seat_id == seat
    assert confirmed.due_at - clock.now() < 7 * DAY
    assert events_of(confirmed) == ["confirmed", "reconfirm"]
    assert run.sequence == sequence + 1
    busy = {row.busy[0].lower for row in Enrollment.objects.filter(run=run).exclude(seat=None)}
    assert busy == {run.starts_at}
    assert events_of_run(run)[-1] == "run.moved"
    assert_sound()


def test_t18_saying_still_coming():
    run = factories.run(seats=1)
    mine = ask(run)
    moved_by(run, DAY)
    mine.refresh_from_db()

    with refused("too_late"):
        actions.confirm(enrollment=mine.public_id, actor=ACTOR, at=mine.due_at)
    for _ in range(2):
        actions.confirm(enrollment=mine.public_id, actor=ACTOR)

    assert states(mine) == ["confirmed"]
    assert events_of(mine) == ["confirmed", "reconfirm", "confirmed"]


@pytest.mark.parametrize("by", ["person", "timer"])
def test_t18_no_longer_coming_frees_the_seat_for_the_queue(by):
    run = factories.run(seats=1)
    mine, waiting = fill(run, 2)
    moved_by(run, DAY)
    mine.refresh_from_db()

    if by == "person":
        actions.decline(enrollment=mine.public_id, actor=ACTOR)
    else:
        timers.expire_due(mine.due_at)

    assert states(mine, waiting) == ["withdrawn", "offered"]
    assert events_of(mine)[-1] == "withdrawn"
    assert_sound()


def test_a_second_move_gives_everybody_a_new_deadline():
    run = factories.run(seats=1, starts_in=40 * DAY)
    mine = ask(run)
    run = moved_by(run, 10 * DAY)
    late = clock.now() + 6 * DAY

    run = moved_by(run, -40 * DAY, at=late)

    mine.refresh_from_db()
    assert mine.state == "reconfirm"
    assert late < mine.due_at < run.starts_at


def test_an_offer_never_outlasts_the_start_of_a_run_moved_nearer():
    run = factories.run(seats=1, starts_in=30 * DAY, offer_hours=24 * 20)
    held, mine = fill(run, 2)
    actions.withdraw(enrollment=held.public_id, actor=ACTOR)

    run = moved_by(run, -25 * DAY)

    mine.refresh_from_db()
    assert clock.now() < mine.due_at < run.starts_at


def test_a_clash_made_by_a_move_throws_nobody_out_but_is_not_confirmed():
    person = factories.person()
    far = factories.run(seats=1, starts_in=60 * DAY)
    mine, other = ask(far, person), ask(factories.run(), person)

    move(far, other.run.starts_at)

    mine.refresh_from_db()
    assert (mine.state, mine.clash_allowed) == ("reconfirm", True)
    assert last_event(mine).data["clash_allowed"] is True
    with refused("clash"):
        actions.confirm(enrollment=mine.public_id, actor=ACTOR)
    actions.withdraw(enrollment=other.public_id, actor=ACTOR)
    actions.confirm(enrollment=mine.public_id, actor=ACTOR)
    mine.refresh_from_db()
    assert (mine.state, mine.clash_allowed) == ("confirmed", False)


def test_the_registrar_allows_the_clash_of_a_moved_run():
    person = factories.person()
    far = factories.run(seats=1, starts_in=60 * DAY)
    mine, other = ask(far, person), ask(factories.run(), person)
    move(far, other.run.starts_at)

    actions.confirm(enrollment=mine.public_id, actor=ACTOR, allow_clash=True)

    assert states(mine) == ["confirmed"]
    assert last_event(mine).data["clash_allowed"] is True
    assert_sound()


def test_an_offer_is_not_accepted_into_a_clash_that_a_move_made():
    person = factories.person()
    far = factories.run(seats=1, starts_in=60 * DAY)
    held, mine, other = ask(far), ask(far, person), ask(factories.run(), person)
    actions.withdraw(enrollment=held.public_id, actor=ACTOR)
    move(far, other.run.starts_at)
    assert states(mine) == ["offered"]

    with refused("clash"):
        actions.accept(enrollment=mine.public_id, actor=ACTOR)


def test_who_waits_for_a_run_that_moved_onto_another_is_not_promoted_into_the_clash():
    person = factories.person()
    far = factories.run(seats=1, starts_in=60 * DAY, auto_accept=True)
    held, waiting, other = ask(far), ask(far, person), ask(factories.run(), person)
    move(far, other.run.starts_at)

    actions.withdraw(enrollment=held.public_id, actor=ACTOR)

    assert states(waiting, other) == ["waitlisted", "confirmed"]


def test_a_move_keeps_the_distance_of_every_deadline_to_the_start():
    run = factories.run(seats=1)
    names = ["enrollment_closes_at", "withdraw_until", "promote_until", "decide_by"]
    Run.objects.filter(pk=run.pk).update(
        **{name: run.starts_at - place * DAY for place, name in enumerate(names, start=1)}
    )

    run = moved_by(run, 7 * DAY)

    assert [run.starts_at - getattr(run, name) for name in names] == [
        place * DAY for place in (1, 2, 3, 4)
    ]


def test_a_move_and_back_again_leaves_the_run_as_it_was():
    run = factories.run(seats=1, withdraw_until=clock.now() + 9 * DAY)
    before = (run.starts_at, run.ends_at, run.enrollment_closes_at)

    run = moved_by(moved_by(run, 30 * DAY), -30 * DAY)

    run.refresh_from_db()
    assert (run.starts_at, run.ends_at, run.enrollment_closes_at) == before
    assert run.sequence == 2


def test_a_session_left_out_of_a_move_and_taken_in_again_is_held():
    run = factories.run(sessions=2)
    first, second = run.sessions.all()
    start = run.starts_at

    move(run, start + DAY)
    assert list(run.sessions.values_list("is_cancelled", flat=True)) == [False, True]
    move(run, start + DAY, start + 3 * DAY)

    rows = list(run.sessions.all())
    assert [row.public_id for row in rows] == [first.public_id, second.public_id]
    assert [row.is_cancelled for row in rows] == [False, False]
    assert rows[1].period.lower == start + 3 * DAY


@pytest.mark.parametrize(
    ("shifts", "code"),
    [
        ([], "run_has_no_sessions"),
        ([-60 * DAY], "run_in_the_past"),
        ([DAY, DAY + HOUR], "sessions_overlap"),
        ([3 * DAY, DAY], "sessions_overlap"),
    ],
)
def test_where_a_run_is_not_moved(shifts, code):
    run = factories.run()

    with refused(code):
        move(run, *(run.starts_at + shift for shift in shifts))


@pytest.mark.parametrize("state", ["running", "finished", "finalised", "cancelled"])
def test_a_run_that_has_begun_is_not_moved(state):
    run = factories.run()
    Run.objects.filter(pk=run.pk).update(state=state)

    with refused("run_state"):
        moved_by(run, DAY)
