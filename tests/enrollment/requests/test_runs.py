import pytest

from enrollment.requests import actions, run_actions, run_changes, timers
from tests import factories
from tests.enrollment.requests.moving import events_of_run, move, moved_by
from tests.enrollment.stage import (
    DAY,
    HOUR,
    ask,
    assert_sound,
    events_of,
    fill,
    refused,
    seats_of,
    states,
)
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db


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
