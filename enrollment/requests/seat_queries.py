"""The seats of runs as one person may use them: the own pools, how full, and when they fall on."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from courses.planning.enums import PoolScope
from enrollment.requests import phrases


@dataclass(frozen=True, slots=True)
class OwnPool:
    """One pool that the person may draw from, the most specific first."""

    run: int
    scope: str
    value: str
    seats: int
    free: int
    falls_to: str | None  # the parent's scope; empty at the root
    release_at: datetime | None
    time_zone: str
    is_shared: bool  # the run has other pools, too

    @property
    def sentence(self) -> str:
        """ "7 of 9 seats of your court are taken; 2 are released to the region on 3 May"."""
        words = phrases.taken(
            self.scope, self.value, taken=self.seats - self.free, seats=self.seats
        )
        if self.free and self.falls_to and self.release_at:
            to = phrases.released(self.free, self.falls_to, self.release_at, self.time_zone)
            words = f"{words}; {to}"
        return words if words.endswith(".") else f"{words}."  # "2030 г." has one already


# Seats are counted per pool by the index of its free ones; pools of others are not looked into.
OWN_POOLS = """
WITH me AS (
     SELECT post.court_id, court.region_id, position.category
       FROM (SELECT court_id, position_id FROM academy_appointment
              WHERE person_id = %(person)s AND period @> %(today)s::date
              ORDER BY kind <> 'permanent', id LIMIT 1) post
       JOIN academy_court court ON court.id = post.court_id
       JOIN academy_position position ON position.id = post.position_id)
SELECT pool.run_id, pool.scope, pool.value, counted.seats, counted.free, parent.scope,
       CASE WHEN pool.released_at IS NULL THEN pool.release_at END, run.time_zone,
       EXISTS (SELECT FROM courses_seatpool other
                WHERE other.run_id = pool.run_id AND other.id <> pool.id)
  FROM courses_seatpool pool
  JOIN courses_run run ON run.id = pool.run_id AND run.capacity IS NOT NULL
  LEFT JOIN courses_seatpool parent ON parent.id = pool.parent_id
  LEFT JOIN me ON true
 CROSS JOIN LATERAL (
       SELECT count(*)::int AS seats, (count(*) FILTER (WHERE free))::int AS free
         FROM courses_seat WHERE pool_id = pool.id AND NOT is_retired) counted
 WHERE pool.run_id = ANY(%(runs)s) AND counted.seats > 0
   AND CASE pool.scope
       WHEN 'court' THEN pool.court_id = me.court_id
       WHEN 'region' THEN pool.region_id = me.region_id
       WHEN 'category' THEN pool.value = me.category
       WHEN 'language' THEN pool.value = run.language
       ELSE true END
 ORDER BY pool.run_id, array_position(%(order)s::text[], pool.scope::text), pool.id
"""
ORDER = [scope.value for scope in (PoolScope.COURT, PoolScope.REGION, PoolScope.CATEGORY)]
ORDER += [PoolScope.LANGUAGE.value, PoolScope.EVERYONE.value]


def own_pools(person: int, runs: Sequence[int], *, today: date) -> dict[int, list[OwnPool]]:
    """The pools of each run that this person may draw from; one statement for a whole page."""
    values: dict[str, Any] = {"person": person, "runs": list(runs), "today": today, "order": ORDER}
    found: dict[int, list[OwnPool]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(OWN_POOLS, values)
        for row in cursor.fetchall():
            found[row[0]].append(OwnPool(*row))
    return found
