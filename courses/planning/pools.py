"""Seats shared out: pools by court, region, category or language, and their return to the parent.

The everyone pool is the root. Seats are rows that move between pools; none is made or lost here, so
the children never hold more than the run has. Writes only its own rows, inside the caller's
transaction and under the run's lock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from academy.core.errors import Invalid
from academy.core.texts import worded
from courses.planning.enums import PoolScope
from courses.planning.models import Run, Seat, SeatPool


@dataclass(frozen=True, slots=True)
class Share:
    """So many seats for some people, until the release date."""

    scope: PoolScope
    seats: int
    court_id: int | None = None
    region_id: int | None = None
    value: str = ""
    release_at: datetime | None = None
    falls_to: PoolScope | None = None  # everyone or the region; by itself to what exists above

    @property
    def key(self) -> tuple[object, ...]:
        """Whom it is for: a run has one pool for each."""
        return (self.scope, self.court_id, self.region_id, self.value)


@dataclass(frozen=True, slots=True)
class PoolLine:
    """A pool with its seats counted; retired ones are not."""

    pool: SeatPool
    seats: int
    free: int

    @property
    def taken(self) -> int:
        """How many are held."""
        return self.seats - self.free


@dataclass(frozen=True, slots=True)
class Moved:
    """Seats that went from one pool to another."""

    source: SeatPool
    target: SeatPool
    seat_ids: Sequence[int]

    @property
    def seats(self) -> int:
        """How many."""
        return len(self.seat_ids)


def by_posts(posts: Mapping[int, int], seats: int) -> dict[int, int]:
    """Share seats among courts in proportion to their posts, by largest remainders.

    Every seat is given; equal remainders go to the lower court number, so that the same posts give
    the same shares. Courts without posts get none.
    """
    total = sum(posts.values())
    if total <= 0:
        return {}
    exact = {court: seats * number / total for court, number in posts.items()}
    shares = {court: int(value) for court, value in exact.items()}
    left = seats - sum(shares.values())
    by_remainder = sorted(exact, key=lambda court: (shares[court] - exact[court], court))
    for court in by_remainder[:left]:
        shares[court] += 1
    return {court: number for court, number in shares.items() if number}


def root_of(run: Run) -> SeatPool:
    """The pool that everyone may use; every other falls back to it in the end."""
    pool, _made = SeatPool.objects.get_or_create(run=run, scope=PoolScope.EVERYONE)
    return pool


def share_out(*, run: Run, shares: Sequence[Share], regions: Mapping[int, int]) -> list[Moved]:
    """Move free seats of the root into pools; `regions` says the region of each court.

    A court's pool falls back to its region's pool where there is one (or where that is wished for:
    then there will be one), else to everyone. Refuses to share out more than is free. A share that
    exists already gets the difference.
    """
    _check(run, shares)
    root = root_of(run)
    ordered = sorted(shares, key=lambda share: share.scope != PoolScope.REGION)
    moved = []
    for share in ordered:
        pool = _pool(run, share, root, regions)
        present = Seat.objects.filter(pool=pool, is_retired=False).count()
        if share.seats >= present:
            moved.append(_move_free(root, pool, share.seats - present, exact=True))
        else:
            moved.append(_move_free(pool, _falls_to(pool) or root, present - share.seats))
    return [step for step in moved if step.seats]


def check_release(shares: Sequence[Share], *, now: datetime) -> None:
    """Refuse a release date that has passed: the seats would be gone within the minute."""
    if any(share.release_at is not None and share.release_at <= now for share in shares):
        raise Invalid("release_in_the_past", _("The release date must still be to come."))


def _check(run: Run, shares: Sequence[Share]) -> None:
    if run.capacity is None:
        raise Invalid("run_without_limit", _("This run has no limit of seats."))
    if len({share.key for share in shares}) < len(shares):
        raise Invalid("share_twice", _("The same people stand in the plan twice."))
    if any(share.seats < 0 or share.scope == PoolScope.EVERYONE for share in shares):
        raise Invalid("share", _("Give a number of seats for some people; the rest is everyone's."))


def _parent(run: Run, share: Share, root: SeatPool, regions: Mapping[int, int]) -> SeatPool:
    region_id = regions.get(share.court_id) if share.court_id else None
    if region_id is None or share.falls_to == PoolScope.EVERYONE:
        return root
    above = SeatPool.objects.filter(run=run, scope=PoolScope.REGION, region_id=region_id).first()
    if above is None and share.falls_to == PoolScope.REGION:
        above = SeatPool.objects.create(
            run=run, scope=PoolScope.REGION, region_id=region_id, parent=root
        )
    return above or root


def lines_of(run: Run) -> list[PoolLine]:
    """The pools of a run with their seats counted, everyone's first, then regions, then courts."""
    counted = Count("seats", filter=Q(seats__is_retired=False))
    rows = (
        SeatPool.objects.filter(run=run)
        .select_related("court", "region", "parent__region", "parent__court")
        .annotate(seats_counted=counted, seats_free=Count("seats", filter=Q(seats__free=True)))
        .order_by("court__code", "region__code", "pk")
    )
    order = list(PoolScope)
    lines = [PoolLine(row, row.seats_counted, row.seats_free) for row in rows]
    return sorted(lines, key=lambda line: order.index(PoolScope(line.pool.scope)))


def _pool(run: Run, share: Share, root: SeatPool, regions: Mapping[int, int]) -> SeatPool:
    parent = _parent(run, share, root, regions)
    pool, _made = SeatPool.objects.update_or_create(  # type: ignore[misc]
        run=run,
        scope=share.scope,
        court_id=share.court_id,
        region_id=share.region_id,
        value=share.value,
        defaults={"parent": parent, "release_at": share.release_at, "released_at": None},
    )
    return pool


def release(*, pool: SeatPool, at: datetime) -> Moved:
    """Let a pool's free seats fall to its parent. Who holds a seat keeps it."""
    parent = _falls_to(pool)
    if parent is None:
        raise Invalid("root_pool", _("The seats of everyone are not released any further."))
    moved = _move_free(pool, parent, Seat.objects.filter(pool=pool, free=True).count())
    pool.released_at = at
    pool.save(update_fields=["released_at"])
    return moved


def _falls_to(pool: SeatPool) -> SeatPool | None:
    """Where its free seats go: the nearest pool above that was not released itself."""
    above = pool.parent
    while above is not None and above.released_at is not None and above.parent is not None:
        above = above.parent
    return above


def _move_free(source: SeatPool, target: SeatPool, count: int, *, exact: bool = False) -> Moved:
    ids = list(
        Seat.objects.select_for_update()
        .filter(pool=source, free=True)
        .order_by("number")
        .values_list("pk", flat=True)[:count]
    )
    if exact and len(ids) < count:
        raise Invalid(
            "too_few_free_seats",
            worded(_("Only %(free)d seats are free to be shared out."), {"free": len(ids)}),
        )
    Seat.objects.filter(pk__in=ids).update(pool=target)
    return Moved(source, target, ids)


def due_for_release(now: datetime) -> list[int]:
    """The pools whose release date has come, the innermost first."""
    due = SeatPool.objects.filter(
        release_at__lte=now, released_at__isnull=True, parent__isnull=False
    )
    rank = [PoolScope.COURT, PoolScope.CATEGORY, PoolScope.LANGUAGE, PoolScope.REGION]
    found = due.values_list("pk", "scope", "release_at")[:500]
    return [
        row[0]
        for row in sorted(found, key=lambda row: (rank.index(PoolScope(row[1])), row[2], row[0]))
    ]
