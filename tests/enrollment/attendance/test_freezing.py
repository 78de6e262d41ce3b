import pytest

from academy.core.errors import Refused
from academy.ledger.queries import history_of
from courses.planning.models import Session
from enrollment.attendance import actions, outcomes
from enrollment.attendance.actions import MarkDraft
from enrollment.attendance.enums import MarkStatus
from enrollment.attendance.models import Outcome
from enrollment.requests import run_actions
from enrollment.seats.enums import State
from enrollment.seats.models import Enrollment
from tests.factories import ACTOR

PRESENT, ABSENT = MarkStatus.PRESENT, MarkStatus.ABSENT


@pytest.mark.django_db
def test_finalisation_freezes_what_the_marks_say(held):
    run = held(people=3, sessions=2)
    run.mark_one(0, PRESENT, PRESENT)
    run.mark_one(1, PRESENT, ABSENT)
    run.mark_one(2, ABSENT, ABSENT)

    report = run.finalise()

    assert report.outcomes == {"completed": 1, "partial": 1, "no_show": 1}
    frozen = Outcome.objects.order_by("enrollment__person__sort_key")
    assert list(
        frozen.values_list("outcome", "minutes_attended", "minutes_planned", "revision")
    ) == [("completed", 180, 180, 1), ("partial", 90, 180, 1), ("no_show", 0, 180, 1)]
    (event,) = history_of(frozen[0].public_id)
    assert (event.type, event.person_id) == ("outcome.frozen", run.people[0].person.public_id)
    assert event.data == {
        "enrollment": str(run.people[0].public_id),
        "outcome": "completed",
        "minutes_attended": 180,
        "minutes_planned": 180,
        "revision": 1,
    }
    assert {each.state for each in Enrollment.objects.filter(run=run.run)} == {State.CLOSED}


@pytest.mark.django_db
def test_missing_marks_name_the_sessions_and_how_many_people(held):
    run = held(people=3, sessions=3)
    run.mark_one(0, PRESENT, PRESENT, PRESENT)
    run.mark_one(1, PRESENT, PRESENT, PRESENT)
    actions.record_marks(
        session=run.sessions[1].public_id,
        marks=[MarkDraft(run.people[2].public_id, PRESENT)],
        actor=ACTOR,
        at=run.after,
    )

    with pytest.raises(Refused) as refused:
        run.finalise()

    assert refused.value.code == "marks_missing"
    assert list(refused.value.fields) == ["sessions.1", "sessions.3"]
    assert not Outcome.objects.exists()
    run.run.refresh_from_db()
    assert run.run.state == "finished"


@pytest.mark.django_db
def test_cancelled_sessions_are_owed_by_nobody(held):
    run = held(people=1, sessions=3)
    Session.objects.filter(pk=run.sessions[1].pk).update(is_cancelled=True)
    for place in (0, 2):
        actions.record_marks(
            session=run.sessions[place].public_id,
            marks=[MarkDraft(run.people[0].public_id, PRESENT)],
            actor=ACTOR,
            at=run.after,
        )

    run.finalise()

    outcome = Outcome.objects.get()
    assert (outcome.outcome, outcome.minutes_planned) == ("completed", 180)


@pytest.mark.django_db
def test_a_required_test_result_is_waited_for(held):
    run = held(people=2, sessions=1, test_required=True)
    run.mark_one(0, PRESENT)
    run.mark_one(1, ABSENT)

    with pytest.raises(Refused) as refused:
        run.finalise()
    assert refused.value.code == "test_results_missing"

    outcomes.record_test_result(
        enrollment=run.people[0].public_id, passed=True, actor=ACTOR, at=run.after
    )
    report = run_actions.finalise_run(run=run.run.public_id, actor=ACTOR, at=run.after)
    assert report.outcomes == {"completed": 1, "no_show": 1}


@pytest.mark.django_db
def test_a_run_that_goes_on_is_not_frozen(held):
    run = held(people=1, sessions=1)
    run.mark(PRESENT)

    with pytest.raises(Refused) as refused:
        outcomes.freeze_outcomes(run=run.run, at=run.sessions[0].period.lower, actor=ACTOR)

    assert refused.value.code == "run_not_over"


@pytest.mark.django_db(transaction=True)
def test_outcomes_are_frozen_in_the_transaction_of_finalisation_only(held):
    run = held(people=1, sessions=1)

    with pytest.raises(RuntimeError):
        outcomes.freeze_outcomes(run=run.run, at=run.after, actor=ACTOR)


@pytest.mark.django_db
@pytest.mark.parametrize("how_many", [1, 4])
def test_freezing_costs_the_same_for_one_and_for_many(held, how_many, django_assert_num_queries):
    run = held(people=how_many)
    run.mark(PRESENT, PRESENT)

    with django_assert_num_queries(7):  # run, people, sessions, marks, tests, outcomes, events
        outcomes.freeze_outcomes(run=run.run, at=run.after, actor=ACTOR)
