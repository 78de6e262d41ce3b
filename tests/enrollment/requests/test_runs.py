import pytest

from academy.core import clock
from academy.ledger.models import Event
from courses.planning.actions import SessionPlan
from courses.planning.models import Run
from enrollment.requests import actions, run_actions, run_changes, timers
from enrollment.seats.models import Enrollment
from tests import factories
from tests.enrollment.stage import (
    DAY,
    HOUR,
    MINUTE,
    ask,
    assert_sound,
    events_of,
    fill,
    last_event,
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


@pytest.fixture
def crowd(cast):
    """One of each active state: asked, confirmed, offered, waiting, in a run of two seats."""
    run = factories.run(seats=2)
    confirmed, leaving, offered, waiting = fill(run, 4)
    Run.objects.filter(pk=run.pk).update(enrollment_mode="approval")
    asked = ask(run, cast.asel)
    actions.withdraw(enrollment=leaving.public_id, actor=ACTOR)
    everybody = [confirmed, offered, waiting, asked]
    assert states(*everybody) == ["confirmed", "offered", "waitlisted", "requested"]
    return run, everybody


def test_a_run_needs_a_session_and_a_trainer_to_be_published():
    run = factories.run(is_published=False)

    run.sessions.update(is_cancelled=True)
    with refused("run_has_no_sessions"):
        run_actions.publish_run(run=run.public_id, actor=ACTOR)
    run.sessions.update(is_cancelled=False)
    run.assignments.all().delete()
    with refused("run_has_no_trainer"):
        run_actions.publish_run(run=run.public_id, actor=ACTOR)


def test_the_whole_life_of_a_run_is_one_event_each():
    run = factories.run(seats=None)
    at = run.ends_at + HOUR

    run_actions.go_ahead(run=run.public_id, actor=ACTOR)
    timers.advance_runs(run.starts_at)
    timers.advance_runs(run.ends_at)
    report = run_actions.finalise_run(run=run.public_id, actor=ACTOR, at=at)

    assert events_of_run(run) == [
        "run.planned",
        "run.published",
        "run.going_ahead",
        "run.started",
        "run.finished",
        "run.finalised",
    ]
    assert (report.outcomes, report.credits, report.certificates) == ({}, 0, 0)


def test_cancelling_ends_all_claims_and_promotes_nobody(crowd):
    run, everybody = crowd

    with refused("reason_needed"):
        run_changes.cancel_run(run=run.public_id, reason="", actor=ACTOR)
    run_changes.cancel_run(run=run.public_id, reason="trainer_ill", actor=ACTOR)

    assert set(states(*everybody)) == {"cancelled"}
    assert [events_of(row)[-1] for row in everybody] == ["cancelled"] * 4
    assert seats_of(run)["held"] == 0
    assert not everybody[3].decisions.filter(state="open").exists()
    with refused("run_takes_nobody"):
        ask(run, everybody[0].person)
    with refused("run_state"):
        run_changes.cancel_run(run=run.public_id, reason="trainer_ill", actor=ACTOR)
    assert_sound()


def test_the_start_closes_the_list_and_every_open_claim(crowd):
    run, everybody = crowd

    run_actions.start_run(run=run.public_id, actor=ACTOR)

    assert states(*everybody) == ["confirmed", "expired", "expired", "expired"]
    assert [events_of(row)[-1] for row in everybody[1:]] == ["expired"] * 3
    assert seats_of(run) == {"free": 1, "held": 1, "above": 0, "gone": 0}
    assert_sound()


def test_whoever_did_not_answer_a_move_has_no_seat_at_the_start():
    run = factories.run(seats=1)
    mine = ask(run)
    moved_by(run, DAY)

    run_actions.start_run(run=run.public_id, actor=ACTOR)

    mine.refresh_from_db()
    assert (mine.state, mine.end_reason) == ("withdrawn", "no_answer")


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


def test_a_postponed_run_keeps_its_people_but_not_their_time(crowd):
    run, everybody = crowd
    elsewhere = factories.run()

    with refused("reason_needed"):
        run_changes.postpone_run(run=run.public_id, reason="", actor=ACTOR)
    run = run_changes.postpone_run(run=run.public_id, reason="venue", actor=ACTOR)

    assert states(*everybody) == ["confirmed", "offered", "waitlisted", "requested"]
    assert (run.starts_at, run.busy, run.sequence) == (None, None, 1)
    assert states(ask(elsewhere, everybody[0].person)) == ["confirmed"]
    assert_sound()


def test_a_postponed_run_is_published_by_its_new_dates_only():
    run = factories.run(seats=1)
    start = run.starts_at
    held, waiting = fill(run, 2)
    run_changes.postpone_run(run=run.public_id, reason="venue", actor=ACTOR)
    third = factories.person()

    with refused("run_has_no_dates"):
        run_actions.publish_run(run=run.public_id, actor=ACTOR)
    with refused("run_takes_nobody"):
        ask(run, third)
    actions.withdraw(enrollment=held.public_id, actor=ACTOR, at=start + DAY)  # never begun
    assert states(waiting) == ["waitlisted"]
    run = move(run, start + 30 * DAY)

    assert run.state == "published"
    assert events_of_run(run)[-3:] == ["run.postponed", "run.published", "run.moved"]
    assert states(waiting) == ["offered"], "the seat that came free meanwhile goes to the queue"
    assert run.enrollment_closes_at == start + 29 * DAY


def test_the_clocks_of_a_postponed_run_stand_still():
    run = factories.run(seats=1)
    start = run.starts_at
    mine = ask(run)
    moved_by(run, DAY)
    mine.refresh_from_db()
    run_changes.postpone_run(run=run.public_id, reason="venue", actor=ACTOR)

    assert timers.expire_due(mine.due_at + DAY) == 0
    assert_sound(mine.due_at + DAY)
    move(run, start + 60 * DAY, at=mine.due_at + DAY)

    before = mine.due_at
    mine.refresh_from_db()
    assert (mine.state, mine.due_at > before + DAY) == ("reconfirm", True)
