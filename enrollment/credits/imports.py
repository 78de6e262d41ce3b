"""Credit from outside, from a file: plan what would happen row by row, then write it by slices.

Columns: person (the number in the HR system), day (the last day of the training), hours (academic),
title, and optionally evidence (the paper and who gave it) and minutes_per_hour. What is written
down already, same person, day and title, stays as it is; a row that says other hours of it is
refused, because credit is never edited.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from academy.core import clock
from academy.core.actor import Actor
from academy.core.keyed import Keyed
from academy.jobs.matching import Field
from academy.jobs.rules import (
    ImportPlan,
    Row,
    RowOutcome,
    RowPlan,
    RowReader,
    Table,
    check_clean,
    check_columns,
    once,
    shown,
)
from academy.people.models import Person
from enrollment.credits.actions import OutsideCredit, credit_outside
from enrollment.credits.models import CreditEntry
from enrollment.credits.rules import academic_hour

LABELS = {
    "person": _("Number in the HR system|Personnel number|HR number"),
    "day": _("Last day of the training|Date|Day"),
    "hours": _("Hours|Academic hours"),
    "title": _("Title of the training|Title|Name"),
    "evidence": _("Evidence|Certificate|Document"),
    "minutes_per_hour": _("Minutes of an academic hour"),
}
REQUIRED = ("person", "day", "hours", "title")
MOST_HOURS = 400  # of one training: more is a slip of the pen
Present = Mapping[tuple[int, date, str], CreditEntry]


def fields() -> list[Field]:
    """The columns as people know them."""
    return [Field(code, label, code in REQUIRED) for code, label in LABELS.items()]


def plan_credits(table: Table) -> ImportPlan[OutsideCredit]:
    """What importing this table would do. Changes nothing."""
    check_columns(table, required=REQUIRED, known=tuple(LABELS))
    numbers = {row.cells.get("person", "") for row in table.rows} - {""}
    rows = Person.objects.filter(external_id__in=numbers).values_list("external_id", "pk")
    people = {number or "": pk for number, pk in rows}
    credits_ = CreditEntry.objects.filter(
        person__in=people.values(), kind=CreditEntry.Kind.OUTSIDE, superseded_at__isnull=True
    )
    present = {(row.person_id, row.earned_on, row.title): row for row in credits_}
    planned = [_plan_row(row, people, present, clock.now().date()) for row in table.rows]
    return ImportPlan("credits", once(planned), table)


def apply(
    plan: ImportPlan[OutsideCredit],
    *,
    actor: Actor,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> ImportPlan[OutsideCredit]:
    """Write the planned credit; answers what was really done.

    The plan is made again under the transaction. Refused as a whole when any row is bad.
    """
    with transaction.atomic(durable=True):
        fresh = plan_credits(plan.table)
        check_clean(fresh)
        credit_outside(credits_=list(fresh.entries()), actor=actor, at=at or clock.now())
        if keyed:
            keyed.keep(fresh)
    return fresh


def _plan_row(
    row: Row, people: Mapping[str, int], present: Present, today: date
) -> RowPlan[OutsideCredit]:
    reader = RowReader(row)
    entry = _entry(reader, people, today)
    number = reader.text("person")
    if entry is None or reader.problems:
        return RowPlan(row.line, "", RowOutcome.ERROR, {}, tuple(reader.problems))
    key = f"{number} / {entry.earned_on} / {entry.title}"
    before = present.get((entry.person, entry.earned_on, entry.title))
    if before is None:
        changes = {"hours": ("", shown(row.cells.get("hours")))}
        return RowPlan(row.line, key, RowOutcome.NEW, changes, entry=entry)
    if before.minutes * entry.minutes_per_hour == entry.minutes * before.minutes_per_hour:
        return RowPlan(row.line, key, RowOutcome.UNCHANGED, entry=entry)
    told = _("Written down already with other hours: %(hours)s.") % {"hours": before.hours}
    reader.refuse("hours", told)
    return RowPlan(row.line, key, RowOutcome.ERROR, {}, tuple(reader.problems))


def _entry(reader: RowReader, people: Mapping[str, int], today: date) -> OutsideCredit | None:
    number = reader.text("person", required=True, longest=64)
    if number and number not in people:
        reader.refuse("person", _("Nobody has this number."))
    day = reader.day("day", required=True)
    if day and day > today:
        reader.refuse("day", _("This day is still to come."))
    if not reader.text("hours", required=True):
        return None
    hours = reader.decimal("hours")
    if hours and hours > MOST_HOURS:
        reader.refuse("hours", _("More than %(most)s hours.") % {"most": MOST_HOURS})
    per_hour = academic_hour(reader.integer("minutes_per_hour", least=1))
    title = reader.text("title", required=True, longest=300)
    evidence = reader.text("evidence", longest=300)
    if reader.problems or day is None or hours is None:
        return None
    blank = OutsideCredit(people[number], day, 0, per_hour, title, evidence)
    return replace(blank, minutes=max(1, round(hours * Decimal(per_hour))))
