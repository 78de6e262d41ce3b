"""What waits to be decided, each with what decides on one line. Never a score. One statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Count, Min, QuerySet

from enrollment.credits.enums import Unit
from enrollment.decisions.models import Decision
from enrollment.seats.models import PriorityRule

FACTS = """
SELECT step.id, position.names::json, court.names::json,
       (SELECT count(*) FROM enrollment_enrollment past
         WHERE past.person_id = asked.person_id AND past.state = 'rejected'),
       (SELECT count(*) FROM enrollment_enrollment past
         WHERE past.person_id = asked.person_id AND past.is_late),
       last.title::json, last.ended,
       (SELECT version.title::json FROM enrollment_enrollment held
          JOIN courses_run run ON run.id = held.run_id
          JOIN courses_courseversion version ON version.id = run.version_id
         WHERE held.person_id = asked.person_id AND held.run_id <> asked.run_id
           AND held.busy && asked.busy AND held.state IN ('offered', 'confirmed', 'reconfirm')
         LIMIT 1),
       CASE WHEN asked.needs_seat THEN
            (SELECT count(*) FROM courses_seat
              WHERE pool_id = ANY(asked.pool_ids) AND free) END,
       (SELECT coalesce(json_agg(json_build_object(
                   'names', requirement.names, 'unit', requirement.unit, 'due_at', owed.due_at,
                   'left', greatest(owed.needed - owed.earned, 0)) ORDER BY owed.due_at), '[]')
          FROM enrollment_obligation owed
          JOIN enrollment_requirement requirement ON requirement.id = owed.requirement_id
         WHERE owed.person_id = asked.person_id AND owed.state = 'owed'),
       asked.priority_reasons::json
  FROM enrollment_decision step
  JOIN enrollment_enrollment asked ON asked.id = step.enrollment_id
  LEFT JOIN academy_appointment post ON post.id = asked.appointment_id
  LEFT JOIN academy_position position ON position.id = post.position_id
  LEFT JOIN academy_court court ON court.id = asked.court_id
  LEFT JOIN LATERAL (
        SELECT version.title, (run.ends_at AT TIME ZONE run.time_zone)::date AS ended
          FROM enrollment_enrollment past
          JOIN enrollment_outcome outcome ON outcome.enrollment_id = past.id
           AND outcome.is_current AND outcome.outcome = 'completed'
          JOIN courses_run run ON run.id = past.run_id
          JOIN courses_courseversion version ON version.id = run.version_id
         WHERE past.person_id = asked.person_id AND past.state = 'closed'
         ORDER BY run.ends_at DESC NULLS LAST LIMIT 1) last ON true
 WHERE step.id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Owed:
    """What is missing of one requirement, in its unit, and by when."""

    names: dict[str, str]
    left: Decimal
    unit: str
    due_at: datetime

    @property
    def due_on(self) -> date:
        """The last day on which it can be met in time, on the institution's clock."""
        return self.due_at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()

    @property
    def unit_name(self) -> str:
        """The unit in words."""
        return str(Unit(self.unit).label)


@dataclass(frozen=True, slots=True)
class Line:
    """One open decision and what the one who decides should know."""

    decision: Decision
    post: dict[str, str] | None
    court: dict[str, str] | None
    refused: int  # earlier requests that were not approved
    left_late: int  # seats given up after the deadline
    last_title: dict[str, str] | None
    last_ended: date | None
    clash: dict[str, str] | None  # the title of what is held at the same hours
    free_seats: int | None  # that this person may use; None: the run has no limit
    owed: list[Owed]  # what the person has still to learn, the earliest due first
    need: list[dict[str, str]]  # names of the published rules that give priority

    @property
    def is_own_court(self) -> bool:
        """Whether the one who decides heads the very court at which the person serves."""
        return self.decision.court_id == self.decision.enrollment.court_id


def lines(decisions: Sequence[Decision]) -> list[Line]:
    """The decisions in their order, each with its facts."""
    with connection.cursor() as cursor:
        cursor.execute(FACTS, [[decision.pk for decision in decisions]])
        facts = {row[0]: row[1:] for row in cursor.fetchall()}
    names = dict(PriorityRule.objects.values_list("code", "names"))
    return [_line(decision, facts[decision.pk], names) for decision in decisions]


def _line(decision: Decision, row: tuple[Any, ...], names: dict[str, dict[str, str]]) -> Line:
    *facts, owed, reasons = row
    need = [names[code] for code in reasons if code in names]
    return Line(decision, *[*facts, owed_of(owed), need])


def owed_of(rows: Sequence[dict[str, Any]]) -> list[Owed]:
    """What a statement found to be owed, as it is read."""
    return [
        Owed(
            row["names"],
            Decimal(str(row["left"])),
            row["unit"],
            datetime.fromisoformat(row["due_at"]),
        )
        for row in rows
    ]


def by_run(decisions: QuerySet[Decision]) -> list[dict[str, Any]]:
    """The runs that the decisions are about: code, how many wait, and the first day of answer."""
    rows = decisions.values("enrollment__run__public_id", "enrollment__run__code")
    counted = rows.annotate(count=Count("pk"), first=Min("due_at")).order_by("first")
    return [
        {
            "run": row["enrollment__run__public_id"],
            "code": row["enrollment__run__code"],
            "count": row["count"],
        }
        for row in counted
    ]
