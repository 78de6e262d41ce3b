"""What of a person's learning may leave the house: participation facts, and nothing of how.

Course, hours, dates, the class of the outcome, the certificate, requirement met or not. No score
and no attempt is read here, no request, refusal or queue: what is not selected cannot leak.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from academy.core.texts import Texts
from enrollment.certificates.rules import state_at
from enrollment.credits.models import Obligation
from enrollment.credits.owed_queries import LATE, obligations_of
from enrollment.credits.queries import CreditSum, credits_of

LINES = """
SELECT course.code AS course, version.title::json AS title, run.code AS run,
       (run.starts_at AT TIME ZONE run.time_zone)::date AS first_day,
       (run.ends_at AT TIME ZONE run.time_zone)::date AS last_day,
       outcome.outcome,
       round(coalesce(credit.minutes, 0)::numeric / coalesce(credit.minutes_per_hour, 45), 1)
           AS hours,
       paper.public_id AS certificate, paper.state AS certificate_state, paper.issued_at,
       paper.expires_at
  FROM enrollment_outcome outcome
  JOIN enrollment_enrollment claim ON claim.id = outcome.enrollment_id AND claim.state = 'closed'
  JOIN courses_run run ON run.id = claim.run_id
  JOIN courses_courseversion version ON version.id = run.version_id
  JOIN courses_course course ON course.id = run.course_id
  LEFT JOIN enrollment_creditentry credit ON credit.outcome_id = outcome.id
   AND credit.superseded_at IS NULL
  LEFT JOIN LATERAL (
       SELECT public_id, state, issued_at, expires_at FROM enrollment_certificate
        WHERE outcome_id = outcome.id ORDER BY id DESC LIMIT 1) paper ON true
 WHERE claim.person_id = %(person)s AND outcome.is_current
   AND (%(year)s::int IS NULL
        OR extract(year FROM run.ends_at AT TIME ZONE run.time_zone) = %(year)s::int)
 ORDER BY run.ends_at DESC NULLS LAST, outcome.id DESC
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One run that somebody took part in, as it may be told."""

    course: str
    title: Texts
    run: str
    first_day: date | None
    last_day: date | None
    outcome: str
    hours: Decimal
    certificate: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A year of learning: what was taken part in, what it came to, and what was owed."""

    lines: Sequence[Line]
    credits: Sequence[CreditSum]
    obligations: Sequence[Obligation]


def transcript_of(person: int, now: datetime, year: int | None = None) -> list[Line]:
    """The runs that somebody took part in, the newest first; of one year when it is given."""
    with connection.cursor() as cursor:
        cursor.execute(LINES, {"person": person, "year": year})
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [_line(row, now) for row in rows]


def sheet_of(person: int, year: int, now: datetime) -> Sheet:
    """The yearly sheet, by the calendar year in which runs ended and periods touched."""
    owed = obligations_of(person).filter(
        first_day__lte=date(year, 12, 31), last_day__gte=date(year, 1, 1)
    )
    return Sheet(transcript_of(person, now, year), credits_of(person, year), list(owed))


def obligation_facts(row: Obligation, now: datetime) -> dict[str, Any]:
    """One obligation as it may be told."""
    return {
        "requirement": row.requirement.code,
        "names": row.requirement.names,
        "unit": row.requirement.unit,
        "first_day": row.first_day,
        "last_day": row.last_day,
        "due_on": row.due_on,
        "needed": row.needed,
        "earned": row.earned,
        "owed": row.owed,
        "state": LATE if row.is_late(now) else row.state,
        "met_on": row.met_on,
    }


def _line(row: dict[str, Any], now: datetime) -> Line:
    paper = row["certificate"] and {
        "id": row["certificate"],
        "state": state_at(row["certificate_state"], row["expires_at"], now),
        "issued_at": row["issued_at"],
        "expires_at": row["expires_at"],
    }
    plain = ("course", "title", "run", "first_day", "last_day", "outcome", "hours")
    return Line(**{name: row[name] for name in plain}, certificate=paper)
