from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import transaction

from academy.ledger.queries import history_of, history_within
from courses.planning.models import Run
from enrollment.attendance.enums import MarkStatus, OutcomeKind
from enrollment.attendance.outcomes import freeze_outcomes
from enrollment.credits import actions, queries, rules
from enrollment.credits.models import CreditEntry
from enrollment.credits.queries import CreditSum
from tests import factories
from tests.factories import ACTOR

PRESENT, ABSENT, EXCUSED = MarkStatus.PRESENT, MarkStatus.ABSENT, MarkStatus.EXCUSED


@pytest.mark.parametrize(
    ("minutes", "per_hour", "hours"),
    [
        (45, 45, "1.0"),
        (90, 45, "2.0"),
        (100, 45, "2.2"),
        (50, 50, "1.0"),
        (7, 60, "0.1"),
        (9, 60, "0.2"),
    ],
)
def test_hours_of_minutes(minutes, per_hour, hours):
    assert rules.hours_of(minutes, per_hour) == Decimal(hours)


def test_an_academic_hour_has_45_minutes_unless_the_course_says_otherwise():
    assert [rules.academic_hour(None), rules.academic_hour(50)] == [45, 50]


@pytest.mark.parametrize(
    ("outcome", "minutes"),
    [("completed", 300), ("partial", 0), ("excused", 0), ("no_show", 0)],
)
def test_only_completed_runs_earn(outcome, minutes):
    assert rules.earned_minutes(OutcomeKind(outcome), 300) == minutes


@pytest.mark.django_db
def test_finalisation_credits_the_minutes_attended(held):
    run = held(people=3, sessions=5, minutes_per_hour=None)
    run.mark_one(0, PRESENT, PRESENT, PRESENT, PRESENT, ABSENT)
    run.mark_one(1, PRESENT, ABSENT, ABSENT, ABSENT, ABSENT)
    run.mark_one(2, EXCUSED, EXCUSED, EXCUSED, EXCUSED, EXCUSED)

    report = run.finalise()

    assert report.credits == 1
    entry = CreditEntry.objects.get()
    last_day = run.sessions[-1].period.lower.date()
    assert (entry.person, entry.course) == (run.people[0].person, run.run.course)
    assert (entry.minutes, entry.minutes_per_hour, entry.hours) == (360, 45, 8.0)
    assert (entry.earned_on, entry.year) == (last_day, last_day.year)
    (event,) = history_of(entry.public_id)
    assert (event.type, event.person_id) == ("credit.earned", run.people[0].person.public_id)
    assert event.data == {
        "outcome": str(entry.outcome.public_id),
        "kind": "course",
        "year": last_day.year,
        "minutes": 360,
        "minutes_per_hour": 45,
    }
    assert history_within(run.run.public_id).filter(type="credit.earned").count() == 1


@pytest.mark.django_db
def test_credit_belongs_to_the_year_in_which_the_run_ended_where_it_was_held(held):
    """Ended on New Year's Eve by London's clock, on the first of January in Almaty."""
    run = held(people=1, sessions=1)
    run.mark(PRESENT)
    Run.objects.filter(pk=run.run.pk).update(ends_at=datetime(2026, 12, 31, 20, tzinfo=UTC))
    outcomes = freeze_outcomes(run=run.run, at=run.after, actor=ACTOR)

    (entry,) = actions.credit_outcomes(outcomes=outcomes, at=run.after, actor=ACTOR)

    assert (entry.earned_on, entry.year) == (date(2027, 1, 1), 2027)


@pytest.mark.django_db(transaction=True)
def test_credit_is_written_in_the_transaction_of_finalisation_only(held):
    run = held(people=1, sessions=1)
    run.mark(PRESENT)
    with transaction.atomic():
        outcomes = freeze_outcomes(run=run.run, at=run.after, actor=ACTOR)

    with pytest.raises(RuntimeError):
        actions.credit_outcomes(outcomes=outcomes, at=run.after, actor=ACTOR)

    assert not CreditEntry.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("people", [1, 4])
def test_credits_cost_the_same_for_one_and_for_many(held, people, django_assert_num_queries):
    run = held(people=people)
    run.mark(PRESENT, PRESENT)
    outcomes = freeze_outcomes(run=run.run, at=run.after, actor=ACTOR)

    with django_assert_num_queries(3):  # outcomes, entries, events
        actions.credit_outcomes(outcomes=outcomes, at=run.after, actor=ACTOR)


def entry(person, year, minutes, per_hour=45, kind="course", **columns):
    return CreditEntry.objects.create(
        person=person,
        year=year,
        earned_on=date(year, 3, 1),
        minutes=minutes,
        minutes_per_hour=per_hour,
        kind=kind,
        **columns,
    )


@pytest.mark.django_db
def test_sums_by_year_and_kind_add_hours_exactly():
    asel, dana = factories.person(), factories.person()
    entry(asel, 2025, 90)
    entry(asel, 2026, 50)  # 1.11… hours
    entry(asel, 2026, 52, per_hour=50)  # 1.04 hours
    entry(asel, 2026, 100, kind="teaching")
    entry(asel, 2026, 500, superseded_at=datetime(2026, 4, 1, tzinfo=UTC))
    entry(dana, 2026, 900)

    course, teaching = CreditEntry.Kind.COURSE, CreditEntry.Kind.TEACHING
    of_2026 = [
        CreditSum(2026, course, entries=2, minutes=102, hours=Decimal("2.2")),
        CreditSum(2026, teaching, entries=1, minutes=100, hours=Decimal("2.2")),
    ]
    assert queries.credits_of(asel.pk, 2026) == of_2026
    assert queries.credits_of(asel.pk) == [
        *of_2026,
        CreditSum(2025, course, entries=1, minutes=90, hours=Decimal("2.0")),
    ]
    assert queries.credits_of(factories.person().pk) == []


@pytest.mark.django_db
def test_entries_are_listed_newest_first(django_assert_num_queries):
    asel = factories.person()
    course = factories.course()
    old, new = entry(asel, 2024, 45, course=course), entry(asel, 2026, 45, course=course)

    with django_assert_num_queries(1):
        listed = [(each, each.course.current.title) for each in queries.entries_of(asel.pk)]

    assert listed == [(new, course.current.title), (old, course.current.title)]
    assert list(queries.entries_of(asel.pk, 2024)) == [old]
