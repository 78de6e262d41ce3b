"""A court's own picture: who was refused how often, which seats are kept for it.

People are those now in post there; a statement for each list, however long it is.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

REFUSED = """
SELECT person.family_name, person.given_name, person.patronymic,
       count(*) FILTER (WHERE past.state = 'rejected'),
       count(*) FILTER (WHERE past.state = 'expired'),
       max(run.starts_at),
       bool_or(past.state = 'closed' AND outcome.outcome = 'completed')
  FROM academy_person person
  JOIN enrollment_enrollment past ON past.person_id = person.id
   AND past.state IN ('rejected', 'expired', 'closed')
  JOIN courses_run run ON run.id = past.run_id
  LEFT JOIN enrollment_outcome outcome
    ON outcome.enrollment_id = past.id AND outcome.is_current
 WHERE person.id IN (SELECT person_id FROM academy_appointment
                      WHERE court_id = ANY(%(courts)s) AND period @> %(today)s::date)
   AND run.created_at >= %(since)s
 GROUP BY person.id
HAVING count(*) FILTER (WHERE past.state = 'rejected') > 0
 ORDER BY 4 DESC, person.sort_key, person.id
 LIMIT %(most)s
"""
PLACES = """
SELECT run.public_id, run.code, version.title::json, run.starts_at, run.time_zone,
       court.names::json, pool.release_at, run.enrollment_closes_at,
       count(*) FILTER (WHERE seat.free), count(*) FILTER (WHERE NOT seat.free)
  FROM courses_seatpool pool
  JOIN courses_run run ON run.id = pool.run_id
  JOIN courses_courseversion version ON version.id = run.version_id
  JOIN academy_court court ON court.id = pool.court_id
  JOIN courses_seat seat ON seat.pool_id = pool.id AND NOT seat.is_retired
 WHERE pool.scope = 'court' AND pool.court_id = ANY(%(courts)s) AND pool.released_at IS NULL
   AND run.state IN ('published', 'going_ahead') AND run.starts_at > %(now)s
 GROUP BY pool.id, run.id, version.id, court.id
 ORDER BY coalesce(pool.release_at, run.enrollment_closes_at), run.id
 LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class RefusedPerson:
    """Somebody whose requests were not approved, and whether anything was completed since."""

    family_name: str
    given_name: str
    patronymic: str
    refused: int
    expired: int  # offers and requests that ended unanswered
    last_start: datetime
    has_completed: bool

    @property
    def full_name(self) -> str:
        """Family name first."""
        return " ".join(filter(None, (self.family_name, self.given_name, self.patronymic)))


@dataclass(frozen=True, slots=True)
class Places:
    """Seats of one run that are kept for one court."""

    run: UUID
    code: str
    title: dict[str, str]
    starts_at: datetime
    time_zone: str
    court: dict[str, str]
    release_at: datetime | None  # then what is left falls to everybody
    closes_at: datetime
    left: int
    used: int


def refused_at(
    courts: Collection[int], *, today: date, since: datetime, most: int = 50
) -> list[RefusedPerson]:
    """People of these courts by how often their requests were not approved since then."""
    values: dict[str, Any] = {"courts": list(courts), "today": today, "since": since, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(REFUSED, values)
        return [RefusedPerson(*row) for row in cursor.fetchall()]


def places_of(courts: Collection[int], *, now: datetime, most: int = 50) -> list[Places]:
    """The seats kept for these courts in runs ahead: what is released soonest first."""
    values: dict[str, Any] = {"courts": list(courts), "now": now, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(PLACES, values)
        return [Places(*row) for row in cursor.fetchall()]
