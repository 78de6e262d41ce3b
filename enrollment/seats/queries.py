"""Reads of enrolments for lists and for their holders. One statement each, plain rows."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from academy.clients import projections
from academy.clients.projections import Projection
from academy.ledger.queries import history_of, history_within
from enrollment.seats import replay
from enrollment.seats.enums import HOLDING, State
from enrollment.seats.models import Enrollment
from enrollment.seats.replay import Picture

COLUMNS = {
    "id": F("public_id"),
    "run": F("run__public_id"),
    "run_code": F("run__code"),
    "course": F("run__course__code"),
    "person": F("person__public_id"),
    "family_name": F("person__family_name"),
    "given_name": F("person__given_name"),
    "court_code": F("court__code"),
}
PLAIN = (
    "state",
    "queue_number",
    "due_at",
    "source",
    "is_late",
    "end_reason",
    "created_at",
    "state_since",
    "revision",
)

HELD_BESIDE = """SELECT FROM enrollment_enrollment held
                 WHERE held.person_id = {row}.person_id AND held.busy && {row}.busy
                   AND held.id <> {row}.id AND held.state IN ('offered', 'confirmed', 'reconfirm')
                   AND held.id <> ALL({row}.clash_with) AND {row}.id <> ALL(held.clash_with)"""
"""A seat that the same person holds at the same hours, and nobody allowed the two side by side."""


def held_beside(row: str) -> str:
    """That question about a row of a statement, by its alias there."""
    return HELD_BESIDE.format(row=row)


TOOK_PART = frozenset({State.CLOSED})
"""Participation only: a seat that was seen and is gone would tell of a change of mind."""

STATES_SHOWN = {projections.LMS: HOLDING | TOOK_PART}


def shown_to(projection: Projection, rows: QuerySet[Enrollment]) -> QuerySet[Enrollment]:
    """Those of the enrolments that exist for a system with this list of fields.

    Who sees a part only is shown who took part; who lets people into lessons, who has a seat, too.
    """
    if projection.is_full:
        return rows
    if not projection.shows("enrollment"):
        return rows.none()
    return rows.filter(state__in=STATES_SHOWN.get(projection.name, TOOK_PART))


def enrollment_rows(
    rows: QuerySet[Enrollment], *, after: UUID | None = None, limit: int | None = None
) -> list[dict[str, Any]]:
    """Up to `limit` of these enrolments, the newest first, after one; one statement."""
    if after:
        rows = rows.filter(pk__lt=Enrollment.objects.filter(public_id=after).values("pk")[:1])
    shown = rows.order_by("-pk").values(
        *PLAIN, **{f"x_{name}": value for name, value in COLUMNS.items()}
    )
    return [_named(row) for row in (shown if limit is None else shown[:limit])]


def enrollment_row(rows: QuerySet[Enrollment], enrollment: UUID) -> dict[str, Any] | None:
    """One of these enrolments."""
    return next(iter(enrollment_rows(rows.filter(public_id=enrollment), limit=1)), None)


def _named(row: dict[str, Any]) -> dict[str, Any]:
    return {name.removeprefix("x_"): value for name, value in row.items()}


def answer_of(enrollment: Enrollment, *, run: UUID, person: UUID) -> dict[str, Any]:
    """What a command on an enrolment answers, without asking the database again."""
    return {
        "id": enrollment.public_id,
        "run": run,
        "person": person,
        **{name: getattr(enrollment, name) for name in PLAIN},
    }


def steps_of(enrollment: UUID) -> list[dict[str, Any]]:
    """What happened to one enrolment, oldest first, without words that could be erased."""
    columns = ("type", "time", "reason", "data", "actor_kind")
    return list(history_of(enrollment).values(*columns))


def last_fall(run: UUID, *, below: int) -> UUID | None:
    """The event by which a run last fell below so many people; none if it never had so many."""
    told = history_within(run).filter(type__startswith="enrollment.")
    return replay.last_fall(told.values("public_id", "type", "subject_id"), below=below)


def as_known(run: UUID, *, at: datetime) -> Picture:
    """A run's claims and seats at a past moment, from the ledger alone; one statement."""
    told = history_within(run).filter(time__lte=at)
    return replay.replay(told.values("type", "subject_id", "person_id", "time", "data").iterator())
