import pytest

from academy.access.queries import NOBODY, viewer_of
from academy.core import clock
from academy.core.errors import Missing
from courses.planning.models import TrainerAssignment
from enrollment.attendance import access, queries
from enrollment.attendance.enums import MarkStatus

PRESENT, ABSENT = MarkStatus.PRESENT, MarkStatus.ABSENT


@pytest.mark.django_db
def test_the_sheet_previews_what_everyone_would_get(held):
    run = held(people=3, sessions=2)
    run.mark_one(0, PRESENT, PRESENT)
    run.mark_one(1, PRESENT, ABSENT)

    sheet = queries.sheet_of(run.run)

    assert [row.enrollment.person.family_name for row in sheet.rows] == [
        "Әбдіқұлова",
        "Ғабитов",
        "Қыдырова",
    ]
    assert [row.standing.outcome for row in sheet.rows] == ["completed", "partial", None]
    assert [[mark and mark.status for mark in row.marks] for row in sheet.rows] == [
        ["present", "present"],
        ["present", "absent"],
        [None, None],
    ]
    assert {session.number: people for session, people in sheet.unmarked.items()} == {1: 1, 2: 1}
    assert queries.obstacle_of(sheet, at=run.after).code == "marks_missing"


@pytest.mark.django_db
@pytest.mark.parametrize("people", [1, 4])
def test_the_sheet_costs_the_same_for_one_and_for_many(held, people, django_assert_num_queries):
    run = held(people=people)
    run.mark(PRESENT, ABSENT)

    with django_assert_num_queries(4):  # people, sessions, marks, tests
        queries.sheet_of(run.run)


@pytest.mark.django_db
def test_outcomes_are_there_after_finalisation(held):
    run = held(people=1, sessions=1)
    assert queries.outcome_of(run.people[0]) is None
    run.mark(PRESENT)

    run.finalise()

    outcome = queries.outcome_of(run.people[0])
    assert outcome is not None
    assert outcome.outcome == "completed"
    assert [row.standing.outcome for row in queries.sheet_of(run.run).rows] == ["completed"]


def seen(door, account, public_id):
    now = clock.now()
    viewer = viewer_of(account.pk, now=now, today=now.date()) if account else NOBODY
    try:
        return bool(door(viewer, public_id))
    except Missing:
        return False


@pytest.mark.django_db
def test_who_writes_on_a_sheet(held, cast):
    run = held(people=1)
    TrainerAssignment.objects.create(run=run.run, person=cast.timur)
    doors = {
        "mark": (access.session_to_mark, run.sessions[0].public_id),
        "test": (access.enrollment_to_mark, run.people[0].public_id),
    }
    people = {
        "trainer": cast.timur_account,
        "registrar": cast.clara_account,
        "auditor": cast.otto_account,
        "head": cast.boris_account,
        "coordinator": cast.kenzhe_account,
        "trainee": cast.asel_account,
        "nobody": None,
    }

    answers = {
        who: [name for name, (door, subject) in doors.items() if seen(door, account, subject)]
        for who, account in people.items()
    }

    assert answers == {
        "trainer": ["mark", "test"],
        "registrar": ["mark", "test"],
        "auditor": [],
        "head": [],
        "coordinator": [],
        "trainee": [],
        "nobody": [],
    }


@pytest.mark.django_db
def test_a_trainer_of_another_run_sees_nothing(held, cast):
    own, other = held(people=1), held(people=1)
    TrainerAssignment.objects.create(run=own.run, person=cast.timur)

    assert not seen(access.session_to_mark, cast.timur_account, other.sessions[0].public_id)
