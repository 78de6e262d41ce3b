"""Reads of the plan: courses with their next run, runs with seats, sessions. One statement each.

Lists come as plain rows or as JSON that the database wrote: the catalogue is read far more often
than anything else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

WANTED = """
SELECT course.code, version.title::json AS title, min(interest.at) AS since,
       count(*) FILTER (WHERE interest.told_at IS NULL)::int AS waiting,
       count(*) FILTER (WHERE extract(year FROM interest.at) = %(year)s)::int AS asked
  FROM courses_interest interest
  JOIN courses_course course ON course.id = interest.course_id
  JOIN courses_courseversion version ON version.id = course.current_id
 GROUP BY course.id, version.id
HAVING bool_or(interest.told_at IS NULL)
 ORDER BY waiting DESC, since, course.code LIMIT %(limit)s
"""


def wanted_courses(*, year: int, limit: int = 200) -> list[dict[str, Any]]:
    """The courses that people wait to hear of, the most wanted first: how many, since when."""
    return _rows(WANTED, {"year": year, "limit": limit})


COURSE_FIELDS = """
       'id', course.public_id, 'code', course.code, 'status', course.status,
       'version', version.number, 'title', version.title, 'summary', version.summary,
       'provider', provider.code, 'format', format.code, 'languages', version.languages,
       'topics', ARRAY(SELECT t.code FROM courses_courseversion_topics x
                         JOIN courses_topic t ON t.id = x.topic_id
                        WHERE x.courseversion_id = version.id ORDER BY x.id),
       'audiences', ARRAY(SELECT a.code FROM courses_courseversion_audiences x
                            JOIN courses_audience a ON a.id = x.audience_id
                           WHERE x.courseversion_id = version.id ORDER BY x.id),
       'hours', version.hours, 'minutes_per_hour', version.minutes_per_hour,
       'days', version.days, 'year', version.year,
       'next_run_at', to_char((SELECT min(run.starts_at) FROM courses_run run
                                WHERE run.course_id = course.id AND run.starts_at > %(now)s
                                  AND run.state IN ('published', 'going_ahead'))
                              AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""

COURSE_TABLES = """
  FROM courses_course course
  JOIN courses_courseversion version ON version.id = coalesce(course.current_id,
       (SELECT max(id) FROM courses_courseversion WHERE course_id = course.id))
  JOIN courses_organisation provider ON provider.id = course.provider_id
  JOIN courses_format format ON format.id = version.format_id"""

COURSE_LIST = f"""
SELECT course.code, json_build_object({COURSE_FIELDS})::text {COURSE_TABLES}
 WHERE course.status = 'published' AND course.code > %(after)s {{conditions}}
 ORDER BY course.code LIMIT %(limit)s
"""

# Put together from the constants above, never from what somebody sent.
ONE_COURSE = f"""
SELECT json_build_object({COURSE_FIELDS},
       'objectives', version.objectives, 'demo_translations', version.demo_translations,
       'duration_published', version.duration_published,
       'provider_course_code', version.provider_course_code, 'source_url', version.source_url,
       'min_attendance_share', version.min_attendance_share,
       'test_required', version.test_required, 'validity_months', version.validity_months,
       'prerequisites', ARRAY(SELECT c.code FROM courses_courseversion_prerequisites x
                                JOIN courses_course c ON c.id = x.course_id
                               WHERE x.courseversion_id = version.id ORDER BY c.code))::text
  {COURSE_TABLES}
 WHERE course.code = %(code)s AND (course.status IN ('published', 'archived') OR %(planned)s)
"""  # noqa: S608

COURSE_CONDITIONS = {
    "codes": "AND course.code = ANY(%(codes)s::varchar[])",
    "format": "AND format.code = %(format)s",
    "provider": "AND provider.code = %(provider)s",
    "language": "AND version.languages @> ARRAY[%(language)s]::varchar[]",
    "topic": "AND EXISTS (SELECT FROM courses_courseversion_topics x JOIN courses_topic t"
    " ON t.id = x.topic_id WHERE x.courseversion_id = version.id AND t.code = %(topic)s)",
    "audience": "AND EXISTS (SELECT FROM courses_courseversion_audiences x JOIN courses_audience a"
    " ON a.id = x.audience_id WHERE x.courseversion_id = version.id AND a.code = %(audience)s)",
}


def courses_as_json(
    wanted: Mapping[str, Any], *, after: str, limit: int, now: datetime
) -> list[tuple[str, str]]:
    """Up to `limit` published courses after a code: pairs of code and JSON object.

    `wanted` holds codes to filter by: format, provider, language, topic, audience, or the `codes`
    of the courses themselves; empty ones and other names are passed over.
    """
    given = {name: value for name, value in wanted.items() if value and name in COURSE_CONDITIONS}
    conditions = " ".join(COURSE_CONDITIONS[name] for name in given)
    values: dict[str, Any] = {**given, "after": after, "limit": limit, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(COURSE_LIST.format(conditions=conditions), values)
        return [(code, body) for code, body in cursor]


def course_as_json(code: str, *, now: datetime, with_drafts: bool) -> str | None:
    """One course in full as a JSON object; drafts only for those who plan."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_COURSE, {"code": code, "now": now, "planned": with_drafts})
        row = cursor.fetchone()
    return row[0] if row else None


COMING_SESSIONS = """
SELECT session.public_id AS session, run.public_id AS run, session.number,
       (SELECT count(*) FROM courses_session other WHERE other.run_id = run.id) AS sessions,
       lower(session.period) AS starts_at, upper(session.period) AS ends_at,
       run.code, run.state, run.sequence, run.time_zone, run.language,
       run.state_since, run.enrollment_closes_at, course.code AS course,
       version.title::json AS title, venue.names::json AS venue, venue.city::json AS city
  FROM courses_run run
  JOIN courses_course course ON course.id = run.course_id AND course.status = 'published'
  JOIN courses_courseversion version ON version.id = run.version_id
  JOIN courses_session session ON session.run_id = run.id AND NOT session.is_cancelled
  LEFT JOIN courses_venue venue ON venue.id = coalesce(session.venue_id, run.venue_id)
 WHERE run.state IN ('published', 'going_ahead', 'running')
   AND run.starts_at < %(until)s AND run.ends_at > %(now)s AND upper(session.period) > %(now)s
 ORDER BY lower(session.period), session.id LIMIT %(limit)s
"""


def coming_sessions(*, now: datetime, until: datetime, limit: int) -> list[dict[str, Any]]:
    """The sessions of public runs that begin before `until`, soonest first; nothing of people."""
    with connection.cursor() as cursor:
        cursor.execute(COMING_SESSIONS, {"now": now, "until": until, "limit": limit})
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


RUN = """
SELECT run.public_id AS id, run.code, course.code AS course, version.number AS version,
       version.title::json AS title, run.state, run.enrollment_mode AS mode, format.code AS format,
       run.language, run.time_zone, venue.code AS venue, venue.names::json AS venue_names,
       run.starts_at, run.ends_at,
       run.enrollment_opens_at, run.enrollment_closes_at, run.withdraw_until, run.minimum_size,
       run.capacity, run.revision, seats.taken, seats.free
  FROM courses_run run
  JOIN courses_course course ON course.id = run.course_id
  JOIN courses_courseversion version ON version.id = run.version_id
  JOIN courses_format format ON format.id = run.format_id
  LEFT JOIN courses_venue venue ON venue.id = run.venue_id
  LEFT JOIN LATERAL (
        SELECT count(*) FILTER (WHERE NOT free AND NOT is_retired) AS taken,
               count(*) FILTER (WHERE free) AS free
          FROM courses_seat WHERE run_id = run.id) seats ON run.capacity IS NOT NULL
 WHERE (run.state <> 'draft' OR %(with_drafts)s)
"""

RUN_CONDITIONS = {
    "course": "AND course.code = %(course)s",
    "state": "AND run.state = %(state)s",
    "language": "AND run.language = %(language)s",
    "starts_from": "AND run.starts_at >= %(starts_from)s",
    "starts_before": "AND run.starts_at < %(starts_before)s",
}

# Runs without dates (drafts, postponed ones) stand at the end.
AFTER_DATED = """AND ((run.starts_at, run.id) > (%(start)s, (SELECT id FROM courses_run
                      WHERE public_id = %(last)s)) OR run.starts_at IS NULL)"""
AFTER_UNDATED = """AND run.starts_at IS NULL
                   AND run.id > (SELECT id FROM courses_run WHERE public_id = %(last)s)"""


@dataclass(frozen=True, slots=True)
class RunCursor:
    """The last run that was shown: its start (None: without dates) and its id."""

    start: datetime | None
    last: UUID


def run_rows(
    wanted: dict[str, Any], *, with_drafts: bool, after: RunCursor | None, limit: int
) -> list[dict[str, Any]]:
    """Up to `limit` runs by their start, each with its seats counted; one statement.

    `wanted` may hold course, state, language, starts_from, starts_before.
    """
    given = {name: value for name, value in wanted.items() if value and name in RUN_CONDITIONS}
    statement = RUN + " ".join(RUN_CONDITIONS[name] for name in given)
    values: dict[str, Any] = {**given, "with_drafts": with_drafts, "limit": limit}
    if after:
        statement += AFTER_UNDATED if after.start is None else AFTER_DATED
        values |= {"start": after.start, "last": after.last}
    return _rows(f"{statement} ORDER BY run.starts_at, run.id LIMIT %(limit)s", values)


def run_row(run: UUID, *, with_drafts: bool) -> dict[str, Any] | None:
    """One run with its seats counted."""
    rows = _rows(f"{RUN} AND run.public_id = %(run)s", {"run": run, "with_drafts": with_drafts})
    return rows[0] if rows else None


SESSIONS = """
SELECT session.public_id AS id, session.number, lower(session.period) AS starts_at,
       upper(session.period) AS ends_at, session.minutes, session.is_cancelled,
       venue.code AS venue, run.public_id AS run, run.time_zone
  FROM courses_session session
  JOIN courses_run run ON run.id = session.run_id
  LEFT JOIN courses_venue venue ON venue.id = session.venue_id
 WHERE run.public_id = ANY(%(runs)s) AND (run.state <> 'draft' OR %(with_drafts)s)
 ORDER BY run.id, session.number
"""


def session_rows(run: UUID, *, with_drafts: bool) -> list[dict[str, Any]]:
    """The sessions of a run, in order; links to online sessions are not among the columns."""
    return sessions_of([run], with_drafts=with_drafts)


def sessions_of(runs: Sequence[UUID], *, with_drafts: bool) -> list[dict[str, Any]]:
    """The sessions of several runs, those of each in order; one statement."""
    return _rows(SESSIONS, {"runs": list(runs), "with_drafts": with_drafts})


def _rows(statement: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class CourseRun:
    """A run as the course's page shows it; `free` is empty where seats are not limited."""

    id: int
    public_id: UUID
    code: str
    state: str
    mode: str
    language: str
    time_zone: str
    starts_at: datetime | None
    ends_at: datetime | None
    opens_at: datetime
    closes_at: datetime
    capacity: int | None
    free: int | None
    sessions: int
    online: bool
    format: dict[str, str]
    venue: dict[str, str] | None
    city: dict[str, str] | None
    address: dict[str, str] | None


COURSE_RUNS = """
SELECT run.id, run.public_id, run.code, run.state, run.enrollment_mode AS mode, run.language,
       run.time_zone, run.starts_at, run.ends_at, run.enrollment_opens_at AS opens_at,
       run.enrollment_closes_at AS closes_at, run.capacity,
       CASE WHEN run.capacity IS NOT NULL THEN
            (SELECT count(*) FROM courses_seatpool pool
               JOIN courses_seat seat ON seat.pool_id = pool.id AND seat.free
              WHERE pool.run_id = run.id)::int END AS free,
       (SELECT count(*) FROM courses_session
         WHERE run_id = run.id AND NOT is_cancelled)::int AS sessions,
       format.online, format.names::json AS format, venue.names::json AS venue,
       venue.city::json AS city, venue.address::json AS address
  FROM courses_run run
  JOIN courses_format format ON format.id = run.format_id
  LEFT JOIN courses_venue venue ON venue.id = run.venue_id
 WHERE run.course_id = %(course)s AND run.state <> 'draft'
   AND (run.starts_at IS NULL OR run.ends_at >= %(since)s)
 ORDER BY run.ends_at < %(now)s, run.starts_at, run.id LIMIT %(limit)s
"""


def course_runs(course: int, *, now: datetime, since: datetime, limit: int = 50) -> list[CourseRun]:
    """The runs of a course that ended after `since`: those ahead by their start, then the past."""
    values = {"course": course, "now": now, "since": since, "limit": limit}
    return [CourseRun(**row) for row in _rows(COURSE_RUNS, values)]
