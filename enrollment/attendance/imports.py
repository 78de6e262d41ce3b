"""Marks from a file: plan what would happen row by row, then write them by slices.

Columns: run, session (its number), person (the number in the HR system), status, and minutes of
those who came late or left early. The same rules as on the trainer's sheet: only people with a
confirmed seat, only sessions that have begun, nothing after finalisation. What counts already is
not written again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from academy.core import clock, texts
from academy.core.actor import Actor
from academy.core.errors import Refused
from academy.core.keyed import Keyed
from academy.jobs.matching import Field, plain
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
)
from courses.planning.models import Run, Session
from enrollment.attendance import locks, queries, rules
from enrollment.attendance.actions import check_session, write_marks
from enrollment.attendance.enums import MarkStatus
from enrollment.attendance.models import Mark
from enrollment.seats.enums import State
from enrollment.seats.locks import refusing_conflicts
from enrollment.seats.models import Enrollment

LABELS = {
    "run": _("Code of the run|Run|Group"),
    "session": _("Number of the session|Session|Day"),
    "person": _("Number in the HR system|Personnel number|HR number"),
    "status": _("Attendance|Mark|Status"),
    "minutes": _("Minutes present|Minutes"),
}
REQUIRED = ("run", "session", "person", "status")


@dataclass(frozen=True, slots=True)
class MarkEntry:
    """A mark that is to be written."""

    session: int
    enrollment: int
    status: MarkStatus
    minutes: int


@dataclass(slots=True)
class Known:
    """What the rows of a file name, as it stands."""

    sessions: dict[tuple[str, int], Session] = field(default_factory=dict)
    seats: dict[tuple[str, str], Enrollment] = field(default_factory=dict)
    counting: dict[tuple[int, int], Mark] = field(default_factory=dict)  # by enrolment and session
    statuses: Mapping[str, MarkStatus] = field(default_factory=dict)


def fields() -> list[Field]:
    """The columns as people know them."""
    return [
        Field(code, label, code in REQUIRED, _runs if code == "run" else None)
        for code, label in LABELS.items()
    ]


def _runs() -> frozenset[str]:
    return frozenset(Run.objects.values_list("code", flat=True))


def plan_marks(table: Table) -> ImportPlan[MarkEntry]:
    """What importing this table would do. Changes nothing."""
    check_columns(table, required=REQUIRED, known=tuple(LABELS))
    known, now = _known(table), clock.now()
    return ImportPlan("marks", once([_plan_row(row, known, now) for row in table.rows]), table)


@refusing_conflicts()
def apply(
    plan: ImportPlan[MarkEntry],
    *,
    actor: Actor,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> ImportPlan[MarkEntry]:
    """Write the planned marks; answers what was really done.

    The runs are held until the commit, in the order of their keys, so that no finalisation crosses;
    the plan is made again under them. Refused as a whole when any row is bad.
    """
    now = at or clock.now()
    with transaction.atomic(durable=True):
        codes = {row.cells.get("run", "") for row in plan.table.rows}
        for run in Run.objects.filter(code__in=codes).order_by("pk"):
            locks.lock_run(run)
        fresh = plan_marks(plan.table)
        check_clean(fresh)
        _write(list(fresh.entries()), actor, now)
        if keyed:
            keyed.keep(fresh)
    return fresh


def _write(entries: list[MarkEntry], actor: Actor, now: datetime) -> None:
    sessions = Session.objects.select_related("run").in_bulk({one.session for one in entries})
    seats = Enrollment.objects.select_related("person").in_bulk({one.enrollment for one in entries})
    for pk in sorted(sessions):
        marks = [
            Mark(
                enrollment=seats[one.enrollment],
                session=sessions[pk],
                status=one.status,
                minutes=one.minutes,
            )
            for one in entries
            if one.session == pk
        ]
        write_marks(sessions[pk], marks, actor, now)


def _known(table: Table) -> Known:
    codes = {row.cells.get("run", "") for row in table.rows}
    numbers = {row.cells.get("person", "") for row in table.rows} - {""}
    sessions = Session.objects.filter(run__code__in=codes).select_related("run")
    seats = Enrollment.objects.filter(
        run__code__in=codes, person__external_id__in=numbers, state=State.CONFIRMED
    ).select_related("run", "person")
    return Known(
        {(one.run.code, one.number): one for one in sessions},
        {(one.run.code, one.person.external_id or ""): one for one in seats},
        queries.newest_marks(list(sessions), [one.pk for one in seats]),
        _statuses(),
    )


def _statuses() -> dict[str, MarkStatus]:
    """Every word for a mark, in each of the service's languages, and its code."""
    words = {plain(status.value): status for status in MarkStatus}
    for language in texts.languages():
        with translation.override(language):
            words |= {plain(str(status.label)): status for status in MarkStatus}
    return words


def _plan_row(row: Row, known: Known, now: datetime) -> RowPlan[MarkEntry]:
    reader = RowReader(row)
    run = reader.text("run", required=True, longest=60)
    number = reader.integer("session", least=1)
    person = reader.text("person", required=True, longest=64)
    status = _status(reader, known)
    session, seat = known.sessions.get((run, number or 0)), known.seats.get((run, person))
    key = f"{run} / {number or ''} / {person}"
    if session is None:
        reader.refuse("session", _("There is no such session in a run with this code."))
    elif seat is None:
        reader.refuse("person", _("Nobody with this number has a confirmed seat in the run."))
    minutes = _minutes(reader, session, status, now) if session and status else None
    if reader.problems or session is None or seat is None or status is None or minutes is None:
        return RowPlan(row.line, key, RowOutcome.ERROR, {}, tuple(reader.problems))
    before = known.counting.get((seat.pk, session.pk))
    entry = MarkEntry(session.pk, seat.pk, status, minutes)
    if before and (before.status, before.minutes) == (status, minutes):
        return RowPlan(row.line, key, RowOutcome.UNCHANGED, entry=entry)
    changes = {
        "status": (str(MarkStatus(before.status).label) if before else "", str(status.label))
    }
    outcome = RowOutcome.CHANGED if before else RowOutcome.NEW
    return RowPlan(row.line, key, outcome, changes, entry=entry)


def _status(reader: RowReader, known: Known) -> MarkStatus | None:
    written = reader.text("status", required=True)
    found = known.statuses.get(plain(written))
    if written and found is None:
        words = ", ".join(str(status.label) for status in MarkStatus)
        reader.refuse("status", _("Write one of: %(words)s.") % {"words": words})
    return found


def _minutes(reader: RowReader, session: Session, status: MarkStatus, now: datetime) -> int | None:
    given = reader.integer("minutes")
    try:
        check_session(session, now)
        return rules.minutes_of(status, planned=session.minutes, given=given)
    except Refused as refusal:
        column = "minutes" if refusal.code.startswith("minutes") else "session"
        reader.refuse(column, refusal.sentence)
        return None
