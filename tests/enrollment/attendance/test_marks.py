import uuid
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from academy.core.errors import Invalid, Missing, Refused
from academy.ledger.queries import history_within
from courses.planning.models import Run, Session
from enrollment.attendance import actions, outcomes, queries
from enrollment.attendance.actions import MarkDraft
from enrollment.attendance.enums import MarkStatus
from enrollment.attendance.models import Mark, Outcome, TestResult
from enrollment.requests import actions as requests, run_actions
from tests.concurrency.racing import race
from tests.factories import ACTOR

PRESENT, LATE, ABSENT = MarkStatus.PRESENT, MarkStatus.LATE, MarkStatus.ABSENT


def send(held, drafts, *, session=0, at=None):
    return actions.record_marks(
        session=held.sessions[session].public_id, marks=drafts, actor=ACTOR, at=at or held.after
    )


def recorded(run, kind="mark.recorded"):
    return list(history_within(run.public_id).filter(type=kind))


@pytest.mark.django_db
def test_marks_are_written_with_one_event_each(held):
    run = held(people=2)
    first, second = run.people

    marks = send(run, [MarkDraft(first.public_id, PRESENT), MarkDraft(second.public_id, LATE, 60)])

    assert [(mark.status, mark.minutes) for mark in marks] == [("present", 90), ("late", 60)]
    event = recorded(run.run)[1]
    assert (event.subject_kind, event.subject_id) == ("enrollment", second.public_id)
    assert event.person_id == second.person.public_id
    assert event.data == {
        "session": str(run.sessions[0].public_id),
        "status": "late",
        "minutes": 60,
    }
    assert len(recorded(run.run)) == 2


@pytest.mark.django_db
def test_the_newest_mark_counts_and_the_older_stays(held):
    run = held(people=1)

    send(run, [MarkDraft(run.people[0].public_id, ABSENT)])
    send(run, [MarkDraft(run.people[0].public_id, LATE, 45)])

    assert list(Mark.objects.order_by("id").values_list("status", flat=True)) == ["absent", "late"]
    assert queries.standing_of(run.people[0]).attended == 45


@pytest.mark.django_db
def test_a_mark_sent_again_is_one_mark_even_after_finalisation(held):
    run = held(people=1, sessions=1)
    draft = MarkDraft(run.people[0].public_id, PRESENT)
    (first,) = send(run, [draft, draft])[:1]
    run.finalise()

    (again,) = send(run, [draft])

    assert again.pk == first.pk
    assert Mark.objects.count() == 1
    assert len(recorded(run.run)) == 1


@pytest.mark.django_db
def test_a_nonce_with_another_content_is_refused(held):
    run = held(people=1)
    draft = MarkDraft(run.people[0].public_id, PRESENT)
    send(run, [draft])

    with pytest.raises(Refused) as refused:
        send(run, [MarkDraft(draft.enrollment, ABSENT, nonce=draft.nonce)])

    assert refused.value.code == "nonce_reused"
    assert Mark.objects.get().status == "present"


@pytest.mark.django_db(transaction=True)
def test_one_mark_sent_from_many_connections_is_one_mark(held):
    run = held(people=3)
    drafts = [MarkDraft(each.public_id, PRESENT) for each in run.people]

    answers = race([partial(send, run, drafts)] * 8, threads=8)

    assert {tuple(mark.pk for mark in answer) for answer in answers} == {
        tuple(Mark.objects.order_by("pk").values_list("pk", flat=True))
    }
    assert Mark.objects.count() == 3
    assert len(recorded(run.run)) == 3


@pytest.mark.django_db(transaction=True)
def test_marks_and_finalisation_do_not_cross(held):
    """Either the mark is older than the record or it is refused: none goes uncounted."""
    run = held(people=1, sessions=1)
    run.mark(ABSENT)
    run_actions.start_run(run=run.run.public_id, actor=ACTOR, at=run.after)
    run_actions.finish_run(run=run.run.public_id, actor=ACTOR, at=run.after)
    draft = MarkDraft(run.people[0].public_id, PRESENT)
    finalise = partial(run_actions.finalise_run, run=run.run.public_id, actor=ACTOR, at=run.after)

    marked, finalised = race([partial(send, run, [draft]), finalise], threads=2)

    assert not isinstance(finalised, Exception)
    if isinstance(marked, Refused):
        assert marked.code == "run_finalised"
        assert Outcome.objects.get().outcome == "no_show"
    else:
        assert Outcome.objects.get().outcome == "completed"


@pytest.mark.django_db
def test_marks_wait_for_half_an_hour_before_the_session(held):
    run = held(people=1)
    draft = MarkDraft(run.people[0].public_id, PRESENT)
    start = run.sessions[0].period.lower

    with pytest.raises(Refused) as refused:
        send(run, [draft], at=start - timedelta(minutes=31))
    assert refused.value.code == "too_early"
    assert not Mark.objects.exists()

    send(run, [draft], at=start - timedelta(minutes=30))
    assert Mark.objects.count() == 1


@pytest.mark.django_db
def test_only_people_with_a_confirmed_seat_in_this_run_are_marked(held):
    run, other = held(people=2), held(people=1)
    gone = run.people[1]
    requests.withdraw(enrollment=gone.public_id, actor=ACTOR)

    for stranger in (gone.public_id, other.people[0].public_id, uuid.uuid4()):
        with pytest.raises(Refused) as refused:
            send(run, [MarkDraft(run.people[0].public_id, PRESENT), MarkDraft(stranger, PRESENT)])
        assert refused.value.code == "not_on_the_sheet"
        assert list(refused.value.fields) == ["marks.1.enrollment"]

    assert not Mark.objects.exists()
    assert recorded(run.run) == []


@pytest.mark.django_db
def test_one_bad_mark_refuses_them_all_and_is_named(held):
    run = held(people=2)
    drafts = [
        MarkDraft(run.people[0].public_id, PRESENT),
        MarkDraft(run.people[1].public_id, LATE, 500),
    ]

    with pytest.raises(Invalid) as refused:
        send(run, drafts)

    assert refused.value.code == "minutes_out_of_range"
    assert list(refused.value.fields) == ["marks.1.minutes"]
    assert not Mark.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("finalised", "run_finalised"),
        ("cancelled", "run_not_held"),
        ("postponed", "run_not_held"),
        ("draft", "run_not_held"),
    ],
)
def test_runs_that_are_not_held_take_no_marks(held, state, code):
    run = held(people=1)
    Run.objects.filter(pk=run.run.pk).update(state=state)

    with pytest.raises(Refused) as refused:
        send(run, [MarkDraft(run.people[0].public_id, PRESENT)])

    assert refused.value.code == code
    assert not Mark.objects.exists()


@pytest.mark.django_db
def test_a_cancelled_session_takes_no_marks(held):
    run = held(people=1)
    Session.objects.filter(pk=run.sessions[0].pk).update(is_cancelled=True)

    with pytest.raises(Refused) as refused:
        send(run, [MarkDraft(run.people[0].public_id, PRESENT)])

    assert refused.value.code == "session_cancelled"


@pytest.mark.django_db
def test_an_unknown_session_is_missing():
    with pytest.raises(Missing):
        actions.record_marks(session=uuid.uuid4(), marks=[], actor=ACTOR)


@pytest.mark.django_db
@pytest.mark.parametrize("how_many", [1, 4])
def test_marks_cost_the_same_for_one_and_for_many(held, how_many, django_assert_num_queries):
    run = held(people=how_many)
    drafts = [MarkDraft(each.public_id, PRESENT) for each in run.people]

    with django_assert_num_queries(7):  # savepoint, session, roster, nonces, marks, events, release
        send(run, drafts)


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_keeps_marks_and_results_as_they_were(held, change):
    run = held(people=1, sessions=1, test_required=True)
    run.mark(PRESENT)
    outcomes.record_test_result(
        enrollment=run.people[0].public_id, passed=True, actor=ACTOR, at=run.after
    )

    for rows, values in ((Mark.objects, {"minutes": 1}), (TestResult.objects, {"passed": False})):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            rows.update(**values) if change == "update" else rows.all().delete()

    assert Mark.objects.get().minutes == 90
    assert TestResult.objects.get().passed


@pytest.mark.django_db
def test_a_test_result_is_recorded_once_until_it_changes(held):
    run = held(people=1, sessions=1, test_required=True)
    say = partial(
        outcomes.record_test_result,
        enrollment=run.people[0].public_id,
        actor=ACTOR,
        at=run.after,
    )

    say(passed=False)
    say(passed=False)
    say(passed=True)

    assert list(TestResult.objects.order_by("id").values_list("passed", flat=True)) == [False, True]
    assert [event.data for event in recorded(run.run, "test.recorded")] == [
        {"passed": False},
        {"passed": True},
    ]


@pytest.mark.django_db
def test_test_results_are_refused_without_a_test_and_before_the_start(held):
    untested, tested = held(people=1), held(people=1, test_required=True)
    early = tested.sessions[0].period.lower - timedelta(hours=1)

    for run, at, code in ((untested, untested.after, "no_test"), (tested, early, "too_early")):
        with pytest.raises(Refused) as refused:
            outcomes.record_test_result(
                enrollment=run.people[0].public_id, passed=True, actor=ACTOR, at=at
            )
        assert refused.value.code == code

    assert not TestResult.objects.exists()
