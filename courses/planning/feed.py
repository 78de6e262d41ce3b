"""The published catalogue with the runs ahead, in one statement, for readers outside."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from academy.core.texts import Texts


@dataclass(frozen=True, slots=True)
class Offered:
    """A published course and its runs that are not over; texts in every language they have."""

    code: str
    title: Texts
    summary: Texts
    provider: Texts
    languages: list[str]
    hours: float | None
    minutes_per_hour: int | None
    changed_at: datetime
    runs: list[Mapping[str, Any]]


OFFERED = """
SELECT course.code, version.title::json AS title, version.summary::json AS summary,
       provider.names::json AS provider, version.languages, version.hours::float8 AS hours,
       version.minutes_per_hour, course.changed_at,
       (SELECT coalesce(json_agg(json_build_object(
                 'code', run.code, 'state', run.state, 'language', run.language,
                 'time_zone', run.time_zone, 'starts_at', run.starts_at, 'ends_at', run.ends_at,
                 'capacity', run.capacity, 'in_room', format.in_room, 'online', format.online,
                 'venue', venue.names, 'city', venue.city, 'address', venue.address)
                 ORDER BY run.starts_at, run.id), '[]')
          FROM courses_run run
          JOIN courses_format format ON format.id = run.format_id
          LEFT JOIN courses_venue venue ON venue.id = run.venue_id
         WHERE run.course_id = course.id AND run.state <> 'draft'
           AND (run.ends_at IS NULL OR run.ends_at > %(now)s)) AS runs
  FROM courses_course course
  JOIN courses_courseversion version ON version.id = course.current_id
  JOIN courses_organisation provider ON provider.id = course.provider_id
 WHERE course.status = 'published' AND {which}
 ORDER BY course.code LIMIT %(limit)s
"""


def offered(*, now: datetime, after: str, limit: int) -> list[Offered]:
    """Up to `limit` published courses after a code, in the order of their codes."""
    return _rows("course.code > %(after)s", {"now": now, "after": after, "limit": limit})


def offered_course(code: str, *, now: datetime) -> Offered | None:
    """The published course of this code."""
    rows = _rows("course.code = %(code)s", {"now": now, "code": code, "limit": 1})
    return rows[0] if rows else None


def _rows(which: str, values: dict[str, Any]) -> list[Offered]:
    with connection.cursor() as cursor:
        cursor.execute(OFFERED.format(which=which), values)
        names = [column.name for column in cursor.description or ()]
        return [Offered(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
