"""The seats of copied runs: pools like the old ones, each with as many seats as it was given."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count

from academy.ledger.queries import told_within
from courses.planning.enums import PoolScope
from courses.planning.models import Run, Seat, SeatPool
from courses.planning.relative import shifted

Pair = tuple[Run, Run]
"""A run and its copy, both with rows."""

ADD = """
INSERT INTO courses_seat (run_id, pool_id, number, free, is_retired)
SELECT wanted.run, wanted.pool, wanted.behind + more, true, false
  FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::int[])
       AS wanted (run, pool, behind, seats), generate_series(1, wanted.seats) more
 ORDER BY wanted.run, wanted.behind, more
RETURNING run_id, pool_id, id
"""


def copy_seats(pairs: Sequence[Pair]) -> dict[int, dict[int, list[int]]]:
    """Give the copies seats, shared out as in their sources: seats by run and pool, root last."""
    limited = [(old, new) for old, new in pairs if new.capacity is not None]
    shares = _shares([old for old, _new in limited])
    made = _copy_pools(limited)
    wanted = [row for old, new in limited for row in _wanted(old, new, made, shares)]
    found: dict[int, dict[int, list[int]]] = defaultdict(dict)
    for run, pool, *_rest in wanted:
        found[run][pool] = []
    if wanted:
        with connection.cursor() as cursor:
            cursor.execute(ADD, [list(column) for column in zip(*wanted, strict=True)])
            for run, pool, seat in cursor.fetchall():
                found[run][pool].append(seat)
    return found


def _wanted(
    old: Run, new: Run, made: Mapping[tuple[int, int], SeatPool], shares: Mapping[int, int]
) -> list[tuple[int, int, int, int]]:
    """How many seats each new pool gets and behind which number; what is left is everyone's."""
    rows, behind, left = [], 0, new.capacity or 0
    for pool in old.pools.all():
        if pool.parent_id is not None:
            seats = max(0, min(shares.get(pool.pk, 0), left))
            rows.append((new.pk, made[new.pk, pool.pk].pk, behind, seats))
            behind, left = behind + seats, left - seats
    return [*rows, (new.pk, made[new.pk, 0].pk, behind, left)]


def _copy_pools(pairs: Sequence[Pair]) -> dict[tuple[int, int], SeatPool]:
    """The new pool for each run's old one, under 0 the one that everyone may use."""
    roots = [SeatPool(run=new, scope=PoolScope.EVERYONE) for _old, new in pairs]
    SeatPool.objects.bulk_create(roots)
    made = {(root.run_id, 0): root for root in roots}
    for (old, _new), root in zip(pairs, roots, strict=True):
        made |= {(root.run_id, one.pk): root for one in old.pools.all() if one.parent_id is None}
    while level := [
        (old, new, pool)
        for old, new in pairs
        for pool in old.pools.all()
        if (new.pk, pool.pk) not in made and (new.pk, pool.parent_id) in made
    ]:
        rows = [
            _pool(old, new, pool, made[new.pk, pool.parent_id or 0]) for old, new, pool in level
        ]
        SeatPool.objects.bulk_create(rows)
        made |= {(new.pk, pool.pk): row for (_old, new, pool), row in zip(level, rows, strict=True)}
    return made


def _pool(old: Run, new: Run, pool: SeatPool, parent: SeatPool) -> SeatPool:
    zone = ZoneInfo(old.time_zone)
    shift = _day(new.starts_at, zone) - _day(old.starts_at, zone)
    return SeatPool(
        run=new,
        parent=parent,
        scope=pool.scope,
        court_id=pool.court_id,
        region_id=pool.region_id,
        value=pool.value,
        release_at=shifted(pool.release_at, zone, shift) if pool.release_at else None,
    )


def _day(moment: datetime | None, zone: ZoneInfo) -> date:
    if moment is None:
        raise ValueError("Only runs with dates are copied.")
    return moment.astimezone(zone).date()


def _shares(sources: Sequence[Run]) -> dict[int, int]:
    """How many seats each pool was given: once one is released, only the ledger still knows."""
    pools = {pool.pk: pool for source in sources for pool in source.pools.all()}
    counted = Seat.objects.filter(pool__in=pools, is_retired=False).values("pool")
    shares = {row["pool"]: row["seats"] for row in counted.annotate(seats=Count("pk"))}
    runs = {pool.run_id for pool in pools.values() if pool.released_at is not None}
    if runs:
        told = _told([source.public_id for source in sources if source.pk in runs])
        fallen = {pk: pool for pk, pool in pools.items() if pool.run_id in runs}
        for pk, pool in fallen.items():
            shares[pk] = told.get(pk, 0 if pool.released_at else shares.get(pk, 0))
    return shares


def _told(runs: Sequence[UUID]) -> dict[int, int]:
    told: dict[int, int] = defaultdict(int)
    for kind, data in told_within(runs, ("run.planned", "seat.moved")):
        for pool, seats in _given(kind, data):
            told[pool] += seats
    return told


def _given(kind: str, data: Mapping[str, Any]) -> list[tuple[int, int]]:
    if kind == "seat.moved":
        return [(data["to"], data["seats"]), (data["from"], -data["seats"])]
    return [(int(pool), len(seats)) for pool, seats in data.get("shared", {}).items()]
