"""Runs become one or divide, and every dry run says what the deed then does."""

from datetime import timedelta

import pytest

from courses.planning.enums import EnrollmentMode, RunState
from courses.planning.models import Run
from enrollment.attendance.actions import MarkDraft, record_marks
from enrollment.attendance.enums import MarkStatus
from enrollment.credits.models import CreditEntry
from enrollment.decisions.enums import StepState
from enrollment.reminders.enums import Letter
from enrollment.requests import actions, run_actions, surgery
from enrollment.requests.rehearsal import witnessed
from enrollment.seats.enums import State
from enrollment.seats.models import Enrollment
from tests import factories
from tests.enrollment.stage import HOUR, ask, assert_sound, fill, now_is, refused, sight, states
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db


def two_runs(here: int, there: int, **columns) -> tuple[Run, Run]:
    course = factories.course()
    return (
        factories.run(of=course, seats=here, **columns),
        factories.run(of=course, seats=there, starts_in=timedelta(days=40), **columns),
    )


def merge(here: Run, there: Run, **more):
    return witnessed(
        surgery.merge_runs,
        runs=[here.public_id, there.public_id],
        run=here.public_id,
        into=there.public_id,
        actor=ACTOR,
        **{"dry_run": False, **more},
    )


def split(here: Run, there: Run, **more):
    return surgery.split_run(run=here.public_id, into=there.public_id, actor=ACTOR, **more)


def newest(row: Enrollment) -> Enrollment:
    return Enrollment.objects.get(previous=row)


def test_merging_seats_holders_in_order_and_queues_the_rest_in_the_old_order():
    here, there = two_runs(3, 4)
    already = fill(there, 2)
    held = fill(here, 3)
    waiting = fill(here, 2)

    before = sight()
    foreseen = merge(here, there, dry_run=True)
    assert sight() == before
    done = merge(here, there)

    assert done == foreseen
    assert [one.after for one in done.effects] == ["reconfirm"] * 2 + ["waitlisted"] * 3
    assert [one.letters for one in done.effects] == [[Letter.RECONFIRM]] * 2 + [
        [Letter.TRANSFERRED]
    ] * 3
    assert states(*already) == [State.CONFIRMED] * 2
    assert states(*held) == [State.TRANSFERRED] * 3
    assert states(*waiting) == [State.CANCELLED] * 2
    numbers = [newest(row).queue_number for row in (held[2], *waiting)]
    assert numbers == sorted(numbers)
    here.refresh_from_db()
    assert here.state == RunState.CANCELLED
    assert_sound()


def test_who_waits_is_offered_a_seat_of_the_other_run_and_gets_one_letter():
    here, there = two_runs(1, 3)
    holder, waiting = fill(here, 2)
    done = merge(here, there)
    assert newest(waiting).state == State.OFFERED
    assert newest(holder).state == State.RECONFIRM
    assert done.effects[1].letters == [Letter.OFFERED]
    assert_sound()


def test_who_waits_in_the_other_run_gets_the_seat_that_was_promised_here():
    here, there = two_runs(1, 1)
    holder_there = ask(there)
    person = factories.person()
    mine, place = ask(here, person), ask(there, person)
    assert now_is(place) == State.WAITLISTED
    actions.withdraw(enrollment=holder_there.public_id, actor=ACTOR)
    assert now_is(place) == State.OFFERED

    merge(here, there)

    assert states(mine, place) == [State.TRANSFERRED, State.CANCELLED]
    assert newest(mine).state == State.RECONFIRM
    assert_sound()


def test_an_open_request_is_asked_anew_where_the_other_run_needs_consent():
    head = factories.court(parent=factories.court())
    here, there = two_runs(2, 2, mode=EnrollmentMode.APPROVAL)
    asked = ask(here, factories.person(head))
    merge(here, there)
    new = newest(asked)
    assert new.state == State.REQUESTED
    assert [step.state for step in asked.decisions.all()] == [StepState.MOOT]
    assert [step.state for step in new.decisions.all()] == [StepState.OPEN]
    assert_sound()


def test_what_has_begun_or_is_another_course_is_not_merged():
    here, there = two_runs(1, 1)
    elsewhere = factories.run(starts_in=timedelta(days=50))
    with refused("other_course"):
        merge(here, elsewhere)
    with refused("same_run"):
        merge(here, here)
    Run.objects.filter(pk=there.pk).update(state=RunState.RUNNING)
    with refused("run_state"):
        merge(here, there)


def test_splitting_takes_the_queue_along_in_order_as_far_as_there_are_seats():
    here, there = two_runs(2, 2)
    fill(here, 2)
    waiting = fill(here, 3)
    split(here, there)
    assert states(*waiting) == [State.CANCELLED, State.CANCELLED, State.WAITLISTED]
    assert [newest(row).state for row in waiting[:2]] == [State.OFFERED] * 2
    assert_sound()


def test_splitting_by_name_frees_seats_for_those_who_wait():
    here, there = two_runs(2, 2)
    one, two, waiting = fill(here, 3)
    split(here, there, enrollments=[two.public_id])
    assert states(one, two, waiting) == [State.CONFIRMED, State.TRANSFERRED, State.OFFERED]
    assert_sound()


def test_splitting_refuses_somebody_who_has_left_meanwhile_and_moves_nobody():
    here, there = two_runs(2, 2)
    one, two = fill(here, 2)
    actions.withdraw(enrollment=two.public_id, actor=ACTOR)
    with refused("not_in_run"):
        split(here, there, enrollments=[one.public_id, two.public_id])


def test_priority_class_wishes_and_their_order_come_along():
    here, there = two_runs(1, 1)
    fill(there, 1)
    _holder, first, second = fill(here, 3)
    frozen = {"priority_class": 1, "priority_reasons": ["remote"], "short_notice": True}
    Enrollment.objects.filter(pk=second.pk).update(**frozen)

    merge(here, there)

    new = newest(second)
    assert {name: getattr(new, name) for name in frozen} == frozen
    waiting = Enrollment.objects.filter(run=there, state=State.WAITLISTED)
    people = waiting.order_by("priority_class", "queue_number").values_list("person", flat=True)
    assert list(people) == [second.person_id, _holder.person_id, first.person_id]
    assert_sound()


def test_nobody_who_waits_in_the_other_run_is_overtaken_by_a_merger():
    here, there = two_runs(1, 1, auto_accept=True)
    fill(there, 1)
    patient, mine = ask(there), ask(here)

    merge(here, there)

    assert newest(mine).state == State.WAITLISTED
    assert newest(mine).queue_number > patient.queue_number
    assert_sound()


def test_the_moved_seat_is_one_chain_and_earns_once():
    here, there = two_runs(1, 1)
    mine = ask(here)
    merge(here, there)
    new = newest(mine)
    actions.confirm(enrollment=new.public_id, actor=ACTOR)

    over = there.ends_at + HOUR
    run_actions.start_run(run=there.public_id, actor=ACTOR, at=there.starts_at)
    run_actions.finish_run(run=there.public_id, actor=ACTOR, at=there.ends_at)
    mark = MarkDraft(new.public_id, MarkStatus.PRESENT)
    session = there.sessions.get().public_id
    record_marks(session=session, marks=[mark], actor=ACTOR, at=over)
    run_actions.finalise_run(run=there.public_id, actor=ACTOR, at=over)

    assert states(mine, new) == [State.TRANSFERRED, State.CLOSED]
    earned = CreditEntry.objects.filter(person=mine.person)
    assert [entry.outcome.enrollment_id for entry in earned] == [new.pk]


def test_if_anything_fails_half_way_nobody_has_moved(monkeypatch):
    here, there = two_runs(2, 2)
    fill(here, 2)
    monkeypatch.setattr(surgery.planning, "set_state", lambda **_: 1 / 0)
    before = sight()
    with pytest.raises(ZeroDivisionError):
        merge(here, there)
    assert sight() == before
