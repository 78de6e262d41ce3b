"""What one line of a list says about a course, for the courses of one page in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from academy.core.texts import Picked, pick
from courses.catalogue.queries import Named, named

ROWS = """
SELECT course.id, course.public_id, course.code, course.is_demo, version.title::json AS title,
       version.summary::json AS summary, version.demo_translations, version.languages,
       version.hours, version.hours_basis, version.minutes_per_hour, version.days,
       version.duration_published,
       json_build_array(format.code, format.names) AS format,
       json_build_array(provider.code, provider.names) AS provider, provider.country,
       (SELECT coalesce(json_agg(json_build_array(t.code, t.names) ORDER BY x.id), '[]')
          FROM courses_courseversion_topics x JOIN courses_topic t ON t.id = x.topic_id
         WHERE x.courseversion_id = version.id) AS topics,
       run.public_id AS run_id, run.code AS run_code, run.starts_at, run.time_zone,
       run.language AS run_language, run.capacity, run.free_seats, coalesce(run.is_open, false)
       AS is_open
  FROM unnest(%(courses)s::bigint[]) WITH ORDINALITY wanted (id, number)
  JOIN courses_course course ON course.id = wanted.id
  JOIN courses_courseversion version ON version.id = course.current_id
  JOIN courses_organisation provider ON provider.id = course.provider_id
  JOIN courses_format format ON format.id = version.format_id
  LEFT JOIN LATERAL (
       SELECT public_id, code, starts_at, time_zone, language, capacity,
              enrollment_opens_at <= %(now)s AND enrollment_closes_at > %(now)s AS is_open,
              CASE WHEN capacity IS NOT NULL THEN
                   (SELECT count(*) FROM courses_seatpool pool
                      JOIN courses_seat seat ON seat.pool_id = pool.id AND seat.free
                     WHERE pool.run_id = courses_run.id)::int END AS free_seats
         FROM courses_run
        WHERE course_id = course.id AND starts_at > %(now)s
          AND state IN ('published', 'going_ahead')
        ORDER BY starts_at LIMIT 1) run ON true
 ORDER BY wanted.number
"""


@dataclass(frozen=True, slots=True)
class NextRun:
    """The next run of a course; `free_seats` is empty where seats are not limited."""

    public_id: UUID
    code: str
    starts_at: datetime
    time_zone: str
    language: str
    free_seats: int | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class CourseRow:
    """A course as a line of a list. Empty hours and days mean: not published."""

    public_id: UUID
    code: str
    title: Picked
    summary: Picked
    is_demo: bool
    is_demo_translation: bool
    provider: Named
    country: str
    format: Named
    topics: list[Named]
    languages: list[str]
    hours: float | None
    hours_basis: str
    minutes_per_hour: int | None
    days: float | None
    duration_published: str
    next_run: NextRun | None


def rows_of(courses: Sequence[int], language: str, now: datetime) -> list[CourseRow]:
    """The lines for these courses, in their order."""
    if not courses:
        return []
    with connection.cursor() as cursor:
        cursor.execute(ROWS, {"courses": list(courses), "now": now})
        names = [column.name for column in cursor.description]
        return [_row(dict(zip(names, row, strict=True)), language) for row in cursor.fetchall()]


def _row(found: dict[str, Any], language: str) -> CourseRow:
    title = pick(found["title"], language)
    return CourseRow(
        public_id=found["public_id"],
        code=found["code"],
        title=title,
        summary=pick(found["summary"], language),
        is_demo=found["is_demo"],
        is_demo_translation=title.language in found["demo_translations"],
        provider=named(found["provider"], language),
        country=found["country"],
        format=named(found["format"], language),
        topics=[named(pair, language) for pair in found["topics"]],
        languages=list(found["languages"]),
        hours=None if found["hours"] is None else float(found["hours"]),
        hours_basis=found["hours_basis"],
        minutes_per_hour=found["minutes_per_hour"],
        days=None if found["days"] is None else float(found["days"]),
        duration_published=found["duration_published"],
        next_run=_next_run(found),
    )


def _next_run(found: dict[str, Any]) -> NextRun | None:
    if found["run_id"] is None:
        return None
    return NextRun(
        public_id=found["run_id"],
        code=found["run_code"],
        starts_at=found["starts_at"],
        time_zone=found["time_zone"],
        language=found["run_language"],
        free_seats=found["free_seats"],
        is_open=found["is_open"],
    )
