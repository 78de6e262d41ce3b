"""The runs of one month whose courses answer a request, in one statement."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from academy.core.texts import Picked, pick
from courses.search.queries.filters import filtered
from courses.search.queries.words import Words
from courses.search.rules import SearchRequest

MOST = 300
"""Runs of one month that a page still shows; beyond that a reader has to narrow the list."""

# A run stands on the days of its sessions, on its own clock. The month is the institution's, so a
# day more on either side is looked at, and the days decide.
MONTH = """
SELECT run.public_id, run.code, course.code AS course, version.title::json AS title, run.state,
       run.starts_at, run.time_zone, days.days,
       run.state IN ('published', 'going_ahead') AND run.starts_at > %(now)s
       AND run.enrollment_opens_at <= %(now)s AND run.enrollment_closes_at > %(now)s
       AND run.enrollment_mode NOT IN ('nomination', 'invitation') AS is_open,
       run.capacity IS NOT NULL AND NOT EXISTS (
           SELECT FROM courses_seatpool pool
             JOIN courses_seat seat ON seat.pool_id = pool.id AND seat.free
            WHERE pool.run_id = run.id) AS is_full
  FROM courses_run run
  JOIN courses_course course ON course.id = run.course_id
  JOIN courses_courseversion version ON version.id = run.version_id
 CROSS JOIN LATERAL (
       SELECT array_agg(DISTINCT (lower(period) AT TIME ZONE run.time_zone)::date) AS days
         FROM courses_session WHERE run_id = run.id AND NOT is_cancelled
          AND (lower(period) AT TIME ZONE run.time_zone)::date
              BETWEEN %(first)s::date AND %(last)s::date) days
 WHERE run.state NOT IN ('draft', 'postponed') AND days.days IS NOT NULL
   AND run.starts_at < %(last)s::date + 2 AND run.ends_at >= %(first)s::date - 1
   AND run.course_id IN (SELECT i.course_id FROM {source} WHERE {where})
 ORDER BY run.starts_at, run.id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class MonthRun:
    """A run with the days of the month on which it meets."""

    public_id: UUID
    code: str
    course: str
    title: Picked
    state: str
    starts_at: datetime
    time_zone: str
    days: list[date]
    is_open: bool  # one can ask for a place by oneself now
    is_full: bool


def runs_of(
    request: SearchRequest, words: Words, first: date, *, language: str, now: datetime
) -> list[MonthRun]:
    """The public runs that meet in the month that begins with `first`; one more than is shown."""
    source, where, values = filtered(request, words, now)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    statement = MONTH.format(source=source, where=where)
    asked: dict[str, Any] = {**values, "first": first, "last": last, "limit": MOST + 1}
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [MonthRun(**{**row, "title": pick(row["title"], language)}) for row in rows]
