"""Reads of a year's plan: for its board, its calendar, its print; one statement each at any size.

A run belongs to the year in which it starts on the institution's clock; one without dates to the
year in which its enrolment closes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from academy.core.texts import Texts
from courses.planning.phrases import OffDay

TABLES = """
  FROM courses_run run
  JOIN courses_course course ON course.id = run.course_id
  JOIN courses_courseversion version ON version.id = run.version_id
  JOIN courses_organisation body ON body.id = course.provider_id
  LEFT JOIN courses_venue venue ON venue.id = run.venue_id
  LEFT JOIN academy_region region ON region.id = venue.region_id
"""
IN_YEAR = """
 WHERE (run.starts_at >= %(first)s AND run.starts_at < %(last)s
        OR run.starts_at IS NULL AND run.enrollment_closes_at >= %(first)s
           AND run.enrollment_closes_at < %(last)s)
"""
CONDITIONS = {
    "course": "AND course.code = %(course)s",
    "region": "AND region.code = %(region)s",
    "venue": "AND (venue.code = %(venue)s OR EXISTS (SELECT FROM courses_session held"
    " JOIN courses_venue hall ON hall.id = held.venue_id WHERE held.run_id = run.id"
    " AND NOT held.is_cancelled AND hall.code = %(venue)s))",
    "court": "AND EXISTS (SELECT FROM courses_seatpool pool JOIN academy_court court"
    " ON court.id = pool.court_id WHERE pool.run_id = run.id AND court.code = %(court)s)",
    "trainer": "AND EXISTS (SELECT FROM courses_trainerassignment one JOIN academy_person person"
    " ON person.id = one.person_id WHERE one.run_id = run.id"
    " AND person.public_id::text = %(trainer)s)",
    "language": "AND run.language = %(language)s",
    "body": "AND body.code = %(body)s",
}
"""What a year can be narrowed by, in the order of the form."""

Wanted = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Planned:
    """What of a run decides where it stands on the board, and its order there."""

    id: int
    state: str
    is_ready: bool
    starts_at: datetime | None
    ends_at: datetime | None
    decide_by: datetime | None
    minimum_size: int
    capacity: int | None
    held: int  # people with a seat, where they were asked for


@dataclass(frozen=True, slots=True)
class Card:
    """A run as a year's pages show it."""

    id: int
    public_id: UUID
    code: str
    state: str
    title: Texts
    course: str
    body: Texts
    language: str
    time_zone: str
    starts_at: datetime | None
    ends_at: datetime | None
    decide_by: datetime | None
    minimum_size: int
    capacity: int | None
    hours: float | None
    venue: Texts | None
    venue_code: str | None
    trainers: list[str]
    days: list[date]  # of its sessions, on its own clock; none while it has no dates

    @property
    def last_day(self) -> date | None:
        """The day of the last session."""
        return self.days[-1] if self.days else None


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a year can be narrowed to."""

    kind: str
    key: str
    names: Texts | None
    name: str


def bounds(year: int) -> dict[str, datetime]:
    """The moments between which a year lies, on the institution's clock."""
    zone = ZoneInfo(settings.TIME_ZONE)
    return {
        "first": datetime(year, 1, 1, tzinfo=zone),
        "last": datetime(year + 1, 1, 1, tzinfo=zone),
    }


def year_of(moment: datetime) -> int:
    """The year of the plan in which a moment lies."""
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).year


PLANNED = f"""
SELECT run.id, run.state, run.starts_at IS NOT NULL AND EXISTS (
           SELECT FROM courses_trainerassignment one WHERE one.run_id = run.id) AS is_ready,
       run.starts_at, run.ends_at, run.decide_by, run.minimum_size, run.capacity,
       {{held}} AS held
  {TABLES} {IN_YEAR}
"""  # noqa: S608 - put together from the constants above, as all statements here
NOBODY = "0"


def planned(year: int, wanted: Wanted, *, held: str = NOBODY) -> list[Planned]:
    """Every run of the year, the next first; cancelled ones, too.

    `held` is the SQL by which a higher room, which knows of people, counts those with a seat.
    """
    statement = PLANNED.format(held=held)
    rows = _rows(f"{statement} {_narrowed(wanted)} ORDER BY run.starts_at, run.id", year, wanted)
    return [Planned(**row) for row in rows]


CARDS = f"""
SELECT run.id, run.public_id, run.code, run.state, version.title::json AS title,
       course.code AS course, body.names::json AS body, run.language, run.time_zone,
       run.starts_at, run.ends_at, run.decide_by, run.minimum_size, run.capacity,
       version.hours::float8 AS hours, venue.names::json AS venue, venue.code AS venue_code,
       ARRAY(SELECT concat_ws(' ', person.family_name, left(person.given_name, 1) || '.')
               FROM courses_trainerassignment one JOIN academy_person person
                 ON person.id = one.person_id
              WHERE one.run_id = run.id ORDER BY one.is_lead DESC, one.id) AS trainers,
       ARRAY(SELECT DISTINCT (lower(session.period) AT TIME ZONE run.time_zone)::date
               FROM courses_session session
              WHERE session.run_id = run.id AND NOT session.is_cancelled
                AND run.starts_at IS NOT NULL ORDER BY 1) AS days
  {TABLES}
"""  # noqa: S608


def cards(runs: Sequence[int]) -> dict[int, Card]:
    """These runs as they are shown, by their keys."""
    rows = _rows(f"{CARDS} WHERE run.id = ANY(%(runs)s)", 0, {}, runs=list(runs))
    return {row["id"]: Card(**row) for row in rows}


def cards_between(
    year: int, wanted: Wanted, *, first: date, last: date, limit: int, after: int = 0
) -> list[Card]:
    """The runs with a session from the first to the last day, by their start."""
    statement = f"""{CARDS} {IN_YEAR} AND run.state <> 'cancelled' {_narrowed(wanted)}
       AND run.starts_at IS NOT NULL AND EXISTS (SELECT FROM courses_session session
                    WHERE session.run_id = run.id AND NOT session.is_cancelled
                      AND (lower(session.period) AT TIME ZONE run.time_zone)::date
                          BETWEEN %(from_day)s AND %(to_day)s)
     ORDER BY run.starts_at, run.id LIMIT %(limit)s OFFSET %(offset)s"""
    more = {"from_day": first, "to_day": last, "limit": limit, "offset": after}
    return [Card(**row) for row in _rows(statement, year, wanted, **more)]


@dataclass(frozen=True, slots=True)
class Week:
    """The runs that meet in one week in one region; no region: online, or a place of none."""

    monday: date
    region: str | None
    names: Texts | None
    runs: dict[str, tuple[str, str]]  # by key: public id and code


WEEKS = f"""
SELECT date_trunc('week', lower(session.period) AT TIME ZONE run.time_zone)::date AS monday,
       region.code AS region, region.names::json AS names,
       json_object_agg(run.id, json_build_array(run.public_id, run.code)) AS runs
  {TABLES}
  JOIN courses_session session ON session.run_id = run.id AND NOT session.is_cancelled
  {IN_YEAR} AND run.state <> 'cancelled' AND run.starts_at IS NOT NULL
"""


def weeks(year: int, wanted: Wanted) -> list[Week]:
    """Which runs meet in which week and region of the year."""
    statement = f"{WEEKS} {_narrowed(wanted)} GROUP BY 1, region.id ORDER BY 1, 2"
    return [Week(**row) for row in _rows(statement, year, wanted)]


CHOICES = f"""
WITH planned AS (SELECT run.id, run.language, course.code AS course, version.title,
                        body.code AS body, body.names AS body_names, venue.code AS venue,
                        venue.names AS venue_names, region.code AS region,
                        region.names AS region_names {TABLES} {IN_YEAR})
SELECT kind, key, min(names::text)::json AS names, min(name) AS name FROM (
    SELECT 'course' AS kind, course AS key, title AS names, course AS name FROM planned
    UNION ALL SELECT 'region', region, region_names, region FROM planned
    UNION ALL SELECT 'venue', venue, venue_names, venue FROM planned
    UNION ALL SELECT 'body', body, body_names, body FROM planned
    UNION ALL SELECT 'language', language, NULL, language FROM planned
    UNION ALL SELECT 'court', court.code, court.names, court.code
      FROM academy_court court WHERE court.id IN (
           SELECT pool.court_id FROM courses_seatpool pool JOIN planned ON planned.id = pool.run_id)
    UNION ALL SELECT 'trainer', person.public_id::text, NULL,
           concat_ws(' ', person.family_name, person.given_name)
      FROM academy_person person WHERE person.id IN (
           SELECT one.person_id FROM courses_trainerassignment one
             JOIN planned ON planned.id = one.run_id)) found
 WHERE key IS NOT NULL GROUP BY kind, key ORDER BY kind, name
"""  # noqa: S608


def choices(year: int) -> dict[str, list[Choice]]:
    """What the runs of the year can be narrowed by: the values that occur."""
    found: dict[str, list[Choice]] = {}
    for row in _rows(CHOICES, year, {}):
        found.setdefault(row["kind"], []).append(Choice(**row))
    return found


OFF_DAYS = """
SELECT DISTINCT ON (run.id, held.day) run.id, held.day, off.names::json AS names
  FROM courses_run run
  JOIN courses_session session ON session.run_id = run.id AND NOT session.is_cancelled
  LEFT JOIN courses_venue venue ON venue.id = coalesce(session.venue_id, run.venue_id)
 CROSS JOIN LATERAL (SELECT (lower(session.period) AT TIME ZONE run.time_zone)::date AS day) held
  LEFT JOIN academy_calendarday off ON off.date = held.day AND off.kind = 'off'
        AND (off.region_id IS NULL OR off.region_id = venue.region_id)
 WHERE run.id = ANY(%(runs)s) AND (off.id IS NOT NULL OR extract(isodow FROM held.day) >= 6)
   AND NOT EXISTS (SELECT FROM academy_calendarday worked
                    WHERE worked.date = held.day AND worked.kind = 'worked'
                      AND (worked.region_id IS NULL OR worked.region_id = venue.region_id))
 ORDER BY run.id, held.day, off.region_id NULLS FIRST
"""


def off_days(runs: Sequence[int]) -> dict[int, list[OffDay]]:
    """The days of these runs on which the courts do not work, runs without such left out."""
    found: dict[int, list[OffDay]] = {}
    for row in _rows(OFF_DAYS, 0, {}, runs=list(runs)):
        found.setdefault(row["id"], []).append(OffDay(row["day"], row["names"]))
    return found


def _narrowed(wanted: Wanted) -> str:
    return " ".join(CONDITIONS[name] for name in wanted if name in CONDITIONS)


def _rows(statement: str, year: int, wanted: Wanted, **more: Any) -> list[dict[str, Any]]:
    values = {**wanted, **(bounds(year) if year else {}), **more}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


USED = f"""
WITH met AS (
    SELECT DISTINCT run.id, coalesce(session.venue_id, run.venue_id) AS venue,
           (lower(session.period) AT TIME ZONE run.time_zone)::date AS day
      {TABLES} JOIN courses_session session ON session.run_id = run.id
           AND NOT session.is_cancelled
      {IN_YEAR} AND run.state <> 'cancelled' AND run.starts_at IS NOT NULL)
SELECT 'venue' AS kind, venue.code AS key, venue.names::json AS names, '' AS name,
       count(DISTINCT met.id)::int AS runs, count(DISTINCT met.day)::int AS days,
       count(DISTINCT date_trunc('week', met.day))::int AS weeks
  FROM courses_venue venue LEFT JOIN met ON met.venue = venue.id GROUP BY venue.id
UNION ALL
SELECT 'trainer', person.public_id::text, NULL,
       concat_ws(' ', person.family_name, person.given_name, person.patronymic),
       count(DISTINCT met.id)::int, count(DISTINCT met.day)::int,
       count(DISTINCT date_trunc('week', met.day))::int
  FROM academy_person person
  JOIN courses_trainerassignment one ON one.person_id = person.id
  JOIN met ON met.id = one.run_id GROUP BY person.id
 ORDER BY kind DESC, days DESC, key LIMIT %(limit)s
"""  # noqa: S608


def used(year: int, *, limit: int) -> list[dict[str, Any]]:
    """Venues, then trainers: runs, days and weeks of the year in which they are taken."""
    return _rows(USED, year, {}, limit=limit)
