"""Writing down what was earned."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from academy.core.actor import Actor
from academy.ledger.actions import Fact, record
from academy.people.models import Person
from courses.planning.models import Run
from enrollment.attendance.enums import OutcomeKind
from enrollment.attendance.models import Outcome
from enrollment.credits import rules
from enrollment.credits.models import CreditEntry


def credit_outcomes(
    *, outcomes: Sequence[Outcome], at: datetime, actor: Actor
) -> list[CreditEntry]:
    """Write the credit that frozen outcomes earn: one entry for each completed run.

    Runs inside the transaction of finalisation and refuses to run outside one. Credit belongs to
    the year in which the run ended where it was held, however late it is finalised.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Credit is written in the transaction of finalisation.")
    earning = [outcome for outcome in _loaded(outcomes) if _minutes(outcome)]
    entries = CreditEntry.objects.bulk_create([_entry(outcome) for outcome in earning])
    facts = [_fact(entry, outcome) for entry, outcome in zip(entries, earning, strict=True)]
    record(facts, actor=actor, at=at)
    return entries


@dataclass(frozen=True, slots=True)
class OutsideCredit:
    """Training that another body held and the academy recognises, with its evidence."""

    person: int
    earned_on: date
    minutes: int
    minutes_per_hour: int
    title: str
    evidence: str = ""


def credit_outside(
    *, credits_: Sequence[OutsideCredit], at: datetime, actor: Actor
) -> list[CreditEntry]:
    """Write down credit from outside, one event each; the caller's transaction holds it.

    One person's training of one title and day counts once: the database refuses the second. The
    event says how much and when, never which course it was: that text is the person's.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Credit is written in the transaction of its import.")
    entries = CreditEntry.objects.bulk_create(
        CreditEntry(
            person_id=one.person,
            kind=CreditEntry.Kind.OUTSIDE,
            year=one.earned_on.year,
            earned_on=one.earned_on,
            minutes=one.minutes,
            minutes_per_hour=one.minutes_per_hour,
            title=one.title,
            evidence=one.evidence,
        )
        for one in credits_
    )
    people = Person.objects.in_bulk({entry.person_id for entry in entries})
    facts = [_earned(entry, people[entry.person_id].public_id) for entry in entries]
    record(facts, actor=actor, at=at)
    return entries


def _loaded(outcomes: Iterable[Outcome]) -> Iterable[Outcome]:
    rows = Outcome.objects.filter(pk__in=[outcome.pk for outcome in outcomes]).order_by("pk")
    return rows.select_related("enrollment__person", "enrollment__run__version")


def _minutes(outcome: Outcome) -> int:
    return rules.earned_minutes(OutcomeKind(outcome.outcome), outcome.minutes_attended)


def _entry(outcome: Outcome) -> CreditEntry:
    run = outcome.enrollment.run
    day = _last_day(run, outcome.frozen_at)
    return CreditEntry(
        person=outcome.enrollment.person,
        course_id=run.course_id,
        outcome=outcome,
        kind=CreditEntry.Kind.COURSE,
        year=day.year,
        earned_on=day,
        minutes=_minutes(outcome),
        minutes_per_hour=rules.academic_hour(run.version.minutes_per_hour),
    )


def _last_day(run: Run, frozen_at: datetime) -> date:
    return (run.ends_at or frozen_at).astimezone(ZoneInfo(run.time_zone)).date()


def _fact(entry: CreditEntry, outcome: Outcome) -> Fact:
    person, run = outcome.enrollment.person.public_id, outcome.enrollment.run.public_id
    return _earned(entry, person, run=run, outcome=str(outcome.public_id))


def _earned(entry: CreditEntry, person: UUID, *, run: UUID | None = None, **more: str) -> Fact:
    return Fact(
        "credit.earned",
        "credit",
        entry.public_id,
        context_id=run,
        person_id=person,
        data={
            **more,
            "kind": str(entry.kind),
            "year": entry.year,
            "minutes": entry.minutes,
            "minutes_per_hour": entry.minutes_per_hour,
        },
    )
