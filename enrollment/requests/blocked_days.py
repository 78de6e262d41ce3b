"""On which days people are in training, for those who list cases: days and parts, no courses.

A day is one of the run's own zone. What holds a seat blocks: `confirmed`, or `tentative` while the
person has still to say whether the new dates fit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from django.db import connection

ROWS = """
WITH held AS (
    SELECT person.public_id AS person, person.id AS person_id,
           CASE enrollment.state WHEN 'reconfirm' THEN 'tentative' ELSE 'confirmed' END AS status,
           run.public_id AS run, course.code AS course, run.time_zone,
           lower(session.period) AT TIME ZONE run.time_zone AS begins,
           upper(session.period) AT TIME ZONE run.time_zone AS ends
      FROM enrollment_enrollment enrollment
      JOIN academy_person person ON person.id = enrollment.person_id
      JOIN courses_run run ON run.id = enrollment.run_id
      JOIN courses_course course ON course.id = run.course_id
      JOIN courses_session session ON session.run_id = run.id AND NOT session.is_cancelled
     WHERE enrollment.state IN ('confirmed', 'reconfirm', 'closed')
       AND run.state NOT IN ('draft', 'postponed', 'cancelled')
       AND session.period && tstzrange(%(since)s::date - 2, %(until)s::date + 2)
       AND (%(person)s::uuid IS NULL OR person.public_id = %(person)s)
       AND (%(court)s::bigint IS NULL OR EXISTS (
            SELECT FROM academy_appointment post
             WHERE post.person_id = person.id AND post.court_id = %(court)s
               AND post.period && daterange(%(since)s, %(until)s, '[]')))
), days AS (
    SELECT held.*, day::date AS day,
           greatest(begins, day) AS starts, least(ends, day + interval '1 day') AS stops
      FROM held, generate_series(date_trunc('day', begins),
                                 ends - interval '1 second', interval '1 day') day
)
SELECT day, person, run, course, time_zone, min(status) AS status,
       min(starts)::time AS starts, max(stops) - day AS stops
  FROM days
 WHERE day BETWEEN %(since)s AND %(until)s
   AND (%(court)s::bigint IS NULL OR EXISTS (
        SELECT FROM academy_appointment post WHERE post.person_id = days.person_id
           AND post.court_id = %(court)s AND post.period @> day))
   AND (day, person, run) > (%(after_day)s, %(after_person)s, %(after_run)s)
 GROUP BY day, person, run, course, time_zone
 ORDER BY day, person, run LIMIT %(limit)s
"""

FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Span:
    """From which day to which, both included, of a court or of a person."""

    since: date
    until: date
    court: int | None = None
    person: UUID | None = None


Place = tuple[date, UUID, UUID]


def blocked_days(
    span: Span, *, after: Place | None, limit: int, hours: Sequence[tuple[time, time]]
) -> list[dict[str, Any]]:
    """Up to `limit` blocked days, by day; one row per day, person and run, in one statement.

    `hours` are the office hours of a day, whose halves say which part of it is blocked.
    """
    day, person, run = after or (date.min, FIRST, FIRST)
    values = {
        "since": span.since,
        "until": span.until,
        "court": span.court,
        "person": span.person,
        "after_day": day,
        "after_person": person,
        "after_run": run,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(ROWS, values)
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor]
    return [_shown(row, hours) for row in rows]


def _shown(row: dict[str, Any], hours: Sequence[tuple[time, time]]) -> dict[str, Any]:
    seconds = int(row.pop("stops").total_seconds())
    ends = time(seconds // 3600, seconds % 3600 // 60) if seconds < 86_400 else time.max
    return {**row, "ends": ends, "part": part_of(row["starts"], ends, hours)}


def part_of(starts: time, ends: time, hours: Sequence[tuple[time, time]]) -> str:
    """Which part of the office day is taken: before the break, after it, both, or neither."""
    touched = [begin < ends and starts < end for begin, end in hours]
    first, last = touched[0], touched[-1]
    if first and (last or len(touched) == 1):
        return "whole"
    return "morning" if first else "afternoon" if last else "outside"
