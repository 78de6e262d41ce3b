"""A dry run says what the deed then does, and leaves nothing behind."""

from dataclasses import replace

import pytest

from academy.core import clock
from academy.ledger import actions as ledger, wake
from academy.messages.models import Message
from courses.planning.actions import SessionPlan
from enrollment.reminders.enums import Letter
from enrollment.requests import actions, handlers, rehearsal, run_changes
from enrollment.requests.rehearsal import Foreseen, witnessed
from enrollment.seats.enums import State
from tests import factories
from tests.enrollment.stage import DAY, ask, fill, refused, sight, states
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db


def foresee(command, run, **more) -> Foreseen:
    asked = {"dry_run": True, "actor": ACTOR, **more}
    return witnessed(command, runs=[run.public_id], run=run.public_id, **asked)


def seen(command, run, **more) -> Foreseen:
    """The dry run; it has changed nothing."""
    before = sight()
    foreseen = foresee(command, run, **more)
    assert sight() == before
    return foreseen


def test_more_seats_say_who_would_be_promoted_and_who_stays():
    run = factories.run(seats=1)
    _holder, first, second = fill(run, 3)

    foreseen = seen(run_changes.change_capacity, run, capacity=2)

    assert [effect.person for effect in foreseen.become(State.OFFERED)] == [first.person.public_id]
    assert foreseen.effects[0].letters == [Letter.OFFERED]
    assert foreseen.still_waiting == [second.person.full_name]
    assert seen(run_changes.change_capacity, run, capacity=0).effects == []


def test_cancelling_and_postponing_say_who_hears_what():
    run = factories.run(seats=1)
    fill(run, 2)
    trainer = run.assignments.get().person

    cancelled = seen(run_changes.cancel_run, run, reason="too_few")
    postponed = seen(run_changes.postpone_run, run, reason="too_few")

    assert [one.letters for one in cancelled.effects] == [[Letter.CANCELLED]] * 2
    assert [one.letters for one in postponed.effects] == [[Letter.RUN_POSTPONED]] * 2
    assert [one.after for one in postponed.effects] == ["confirmed", "waitlisted"]
    assert cancelled.trainers == postponed.trainers == [trainer.full_name]


def test_moving_asks_holders_again_and_shows_who_is_busy_then():
    person = factories.person()
    run = factories.run(seats=2, starts_in=60 * DAY)
    other = ask(factories.run(), person)
    ask(run, person)
    fill(run, 2)

    onto = [SessionPlan(other.run.starts_at, 90)]
    foreseen = seen(run_changes.move_run, run, sessions=onto)

    assert [(one.before, one.after, one.letters, one.clashes) for one in foreseen.effects] == [
        ("confirmed", "reconfirm", [Letter.RECONFIRM], True),
        ("confirmed", "reconfirm", [Letter.RECONFIRM], False),
        ("waitlisted", "waitlisted", [Letter.RUN_MOVED], False),
    ]


def test_who_was_asked_before_another_move_is_asked_anew():
    run = factories.run(seats=1, starts_in=60 * DAY)
    fill(run, 1)
    once, again = ([SessionPlan(clock.now() + days * DAY, 90)] for days in (70, 80))
    run_changes.move_run(run=run.public_id, sessions=once, actor=ACTOR)

    foreseen = seen(run_changes.move_run, run, sessions=again)

    assert [one.letters for one in foreseen.effects] == [[Letter.RECONFIRM]]


def test_what_the_command_refuses_its_dry_run_refuses_too():
    run = factories.run()
    run_changes.cancel_run(run=run.public_id, reason="other", actor=ACTOR)
    with refused("run_state"):
        foresee(run_changes.postpone_run, run, reason="other")


def test_a_dry_run_wakes_nobody_and_a_real_one_does(
    monkeypatch, django_capture_on_commit_callbacks
):
    run = factories.run(seats=1)
    fill(run, 1)
    asked = []
    monkeypatch.setattr(wake, "nudge", lambda: asked.append(1))

    with django_capture_on_commit_callbacks(execute=True):
        foresee(run_changes.cancel_run, run, reason="other")
    assert asked == []
    with django_capture_on_commit_callbacks(execute=True):
        foresee(run_changes.cancel_run, run, reason="other", dry_run=False)
    assert asked


def test_the_letters_foreseen_are_the_letters_written():
    run = factories.run(seats=1)
    fill(run, 3)
    foreseen = foresee(
        run_changes.move_run, run, sessions=[SessionPlan(clock.now() + 50 * DAY, 90)]
    )
    ledger.sequence_all()
    before = set(Message.objects.values_list("pk", flat=True))

    done = foresee(
        run_changes.move_run,
        run,
        sessions=[SessionPlan(clock.now() + 50 * DAY, 90)],
        dry_run=False,
    )

    assert done.mark == foreseen.mark
    handlers.react(list(rehearsal.history_within(run.public_id)))
    written = Message.objects.exclude(pk__in=before).filter(
        kind__in=["run.moved", Letter.RECONFIRM]
    )
    expected = [(one.person, letter.value) for one in done.effects for letter in one.letters]
    told = set(written.values_list("person__public_id", "kind"))
    assert set(expected) <= told
    trainer = run.assignments.get().person
    assert Message.objects.filter(person=trainer, kind=Letter.TEACHING).exists()


def test_nothing_is_done_that_was_not_agreed_to():
    run = factories.run(seats=1)
    _holder, first, second = fill(run, 3)
    foreseen = foresee(run_changes.change_capacity, run, capacity=2)
    actions.withdraw(enrollment=first.public_id, actor=ACTOR)

    with refused("changed_meanwhile"):
        foresee(run_changes.change_capacity, run, capacity=2, dry_run=False, agreed=foreseen.mark)

    again = foresee(run_changes.change_capacity, run, capacity=2)
    foresee(run_changes.change_capacity, run, capacity=2, dry_run=False, agreed=again.mark)
    assert states(second) == [State.OFFERED]


def test_the_report_is_read_from_the_ledger():
    run = factories.run(seats=1)
    fill(run, 2)
    actor = replace(ACTOR, request_id="req-12345678")
    done = foresee(run_changes.cancel_run, run, reason="other", dry_run=False, actor=actor)

    assert rehearsal.report(run.public_id, "req-12345678") == done
    assert rehearsal.report(run.public_id, "another-one") is None
