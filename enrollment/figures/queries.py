"""The numbers behind each picture: one statement each, two where a court is told its region's mean.

Set-based over the runs of one year, so the cost follows a year's enrolments and not all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db import connection

from academy.core.texts import Texts
from enrollment.figures.claims import (
    GROUPS,
    OUTCOMES,
    PLACE,
    RUNS,
    STATE_THEN,
    Wish,
    claims,
    suits,
)
from enrollment.figures.rules import Share


@dataclass(frozen=True, slots=True)
class Group:
    """A region or a court as a line names it; `tile` is its row and column in the grid."""

    key: int | None
    code: str
    names: Texts
    short_names: Texts
    tile: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Seats:
    """Of one group: how many asked, had a place to the end or have it, and came."""

    group: Group
    asked: int
    given: int
    used: int


@dataclass(frozen=True, slots=True)
class Hours:
    """Academic hours that a month's runs came to in one topic; `people` had some, each run anew."""

    month: int
    topic: int | None
    names: Texts
    hours: float
    people: int


@dataclass(frozen=True, slots=True)
class Month:
    """What the runs of a month came to: outcomes in all, nobody came, excused."""

    month: int
    people: int
    no_shows: int
    excused: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """Places given in the runs of one language: in people's own language, and in another one."""

    language: str
    runs: int
    own: int
    other: int


def _rows(sql: str, wish: Wish) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, wish.values(settings.TIME_ZONE))
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _group(columns: tuple[Any, ...]) -> Group:
    key, code, names, short, row, column = columns
    return Group(key, code or "", names or {}, short or {}, (row, column) if row else None)


def _named(table: str) -> str:
    """The columns of a group, from the table that has its name."""
    tile = "named.tile_row, named.tile_column" if table.endswith("region") else "NULL, NULL"
    return f"named.id, named.code, named.names::json, named.short_names::json, {tile}"


def coverage(wish: Wish) -> list[tuple[Group, Share]]:
    """Of the people in post on the day, how many completed a course of that year's runs, by group.

    The post decides where somebody counts, not the court under which they once asked. The day is
    the one on which it was known, or the last day of a year that is over.
    """
    key, table = GROUPS[wish.by_court]
    sql = f"""
WITH {RUNS}, trained AS MATERIALIZED (
SELECT DISTINCT claim.person_id
  FROM runs JOIN enrollment_enrollment claim ON claim.run_id = runs.id
  {OUTCOMES}
 WHERE outcome.outcome = 'completed'
), counted AS (
SELECT {key} AS group_id, count(DISTINCT post.person_id) AS people,
       count(DISTINCT trained.person_id) AS trained
  FROM academy_appointment post
  JOIN academy_court court ON court.id = post.court_id AND {PLACE}
  LEFT JOIN trained ON trained.person_id = post.person_id
 WHERE post.period @> least((%(known_at)s::timestamptz AT TIME ZONE %(zone)s)::date,
                            make_date(%(year)s, 12, 31)) {suits(wish, "post.id")}
 GROUP BY 1
)
SELECT {_named(table)}, counted.trained, counted.people
  FROM counted LEFT JOIN {table} named ON named.id = counted.group_id ORDER BY named.code
"""  # noqa: S608
    return [(_group(row[:6]), Share(*row[6:])) for row in _rows(sql, wish)]


def seats(wish: Wish) -> list[Seats]:
    """How many asked for a place, had one, and used it, by group; who asked most comes first."""
    key, table = GROUPS[wish.by_court]
    sql = f"""
WITH {RUNS}, counted AS (
SELECT {key} AS group_id, count(*) AS asked,
       count(*) FILTER (WHERE {STATE_THEN} IN ('offered', 'confirmed', 'reconfirm', 'closed'))
           AS given,
       count(*) FILTER (WHERE outcome.outcome IN ('completed', 'partial')) AS used
  {claims(wish)} {OUTCOMES}
 GROUP BY 1
)
SELECT {_named(table)}, counted.asked, counted.given, counted.used
  FROM counted LEFT JOIN {table} named ON named.id = counted.group_id
 ORDER BY counted.asked DESC, named.code
"""  # noqa: S608
    return [Seats(_group(row[:6]), *row[6:]) for row in _rows(sql, wish)]


def hours(wish: Wish) -> list[Hours]:
    """Hours completed by month and broad topic; those of a course on several are shared equally."""
    sql = f"""
WITH {RUNS}, about AS (
SELECT link.courseversion_id, coalesce(topic.parent_id, topic.id) AS topic_id,
       count(*) / (sum(count(*)) OVER (PARTITION BY link.courseversion_id))::float AS share
  FROM courses_courseversion_topics link JOIN courses_topic topic ON topic.id = link.topic_id
 GROUP BY 1, 2
), earned AS (
SELECT runs.month, runs.version_id, count(*) AS people,
       sum(credit.minutes::float / credit.minutes_per_hour) AS hours
  {claims(wish)}
  JOIN enrollment_outcome outcome ON outcome.enrollment_id = claim.id
   AND outcome.frozen_at <= %(known_at)s
  JOIN enrollment_creditentry credit ON credit.outcome_id = outcome.id
   AND (credit.superseded_at IS NULL OR credit.superseded_at > %(known_at)s)
 GROUP BY 1, 2
)
SELECT earned.month, about.topic_id, named.names::json,
       sum(earned.hours * coalesce(about.share, 1)), sum(earned.people)::int
  FROM earned LEFT JOIN about ON about.courseversion_id = earned.version_id
  LEFT JOIN courses_topic named ON named.id = about.topic_id
 GROUP BY 1, 2, named.names ORDER BY 1, 2
"""  # noqa: S608
    return [
        Hours(month, topic, names or {}, amount, people)
        for month, topic, names, amount, people in _rows(sql, wish)
    ]


def waits(wish: Wish) -> list[float]:
    """Days from each request to its last decision, for those that were decided by then."""
    sql = f"""
WITH {RUNS}
SELECT (extract(epoch FROM max(step.decided_at) - claim.created_at) / 86400)::float
  {claims(wish)}
  JOIN enrollment_decision step ON step.enrollment_id = claim.id
   AND step.state IN ('yes', 'no') AND step.decided_at <= %(known_at)s
 GROUP BY claim.id, claim.created_at
"""  # noqa: S608
    return [days for (days,) in _rows(sql, wish)]


def absences(wish: Wish) -> list[Month]:
    """What became of those who had a place, by the month in which their run began."""
    sql = f"""
WITH {RUNS}
SELECT runs.month, count(outcome.id), count(*) FILTER (WHERE outcome.outcome = 'no_show'),
       count(*) FILTER (WHERE outcome.outcome = 'excused')
  {claims(wish)} {OUTCOMES}
 GROUP BY 1 HAVING count(outcome.id) > 0 ORDER BY 1
"""
    return [Month(*row) for row in _rows(sql, wish)]


def languages(wish: Wish) -> list[Spoken]:
    """Places given by the language of the run, and for how many of them it is their own."""
    sql = f"""
WITH {RUNS}, told AS (
SELECT runs.id AS run_id, runs.language, person.language AS own,
       {STATE_THEN} IN ('offered', 'confirmed', 'reconfirm', 'closed') AS given
  {claims(wish)}
  JOIN academy_person person ON person.id = claim.person_id
)
SELECT language, count(DISTINCT run_id) FILTER (WHERE given),
       count(*) FILTER (WHERE given AND own = language),
       count(*) FILTER (WHERE given AND own <> language)
  FROM told GROUP BY 1 HAVING bool_or(given) ORDER BY count(*) DESC, 1
"""  # noqa: S608
    return [Spoken(*row) for row in _rows(sql, wish)]


def around(wish: Wish) -> Wish | None:
    """The wish turned to the region of the own courts, as a mean; none for who sees everything."""
    return None if wish.sight.is_whole else replace(wish, around=True)


OPTIONS = f"""
SELECT 'region', region.code, region.names::json FROM academy_region region
 WHERE %(sight)s::bigint[] IS NULL
UNION ALL
SELECT 'court', court.code, coalesce(nullif(court.short_names, '{{}}'), court.names)::json
  FROM academy_court court
 WHERE {PLACE} AND (%(region)s::text IS NOT NULL OR %(sight)s::bigint[] IS NOT NULL)
UNION ALL
SELECT 'audience', audience.code, audience.names::json FROM courses_audience audience
 WHERE audience.basis = 'post'
UNION ALL
SELECT 'topic', topic.code, topic.names::json FROM courses_topic topic
 WHERE topic.parent_id IS NULL
 ORDER BY 1, 2
"""  # noqa: S608


def options(wish: Wish) -> Mapping[str, list[tuple[str, Texts]]]:
    """What can be chosen: regions, audiences, broad topics; courts once their region is."""
    found: dict[str, list[tuple[str, Texts]]] = {}
    for kind, code, names in _rows(OPTIONS, replace(wish, court="")):
        found.setdefault(kind, []).append((code, names))
    return found
