"""A run as it was known at an earlier moment: roster, queue and seats from the ledger, with names.

What happened is the ledger's word alone; names and courts are looked up today, because they live in
rows that can be erased when a person must be forgotten.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from academy.courts.models import Court
from courses.planning.models import Run, Seat, SeatPool
from enrollment.seats import queries
from enrollment.seats.enums import ACTIVE, State
from enrollment.seats.models import Enrollment
from enrollment.seats.replay import ClaimThen, Picture, SeatThen


@dataclass(frozen=True, slots=True)
class Line:
    """One enrolment as it was known; `seat` is the seat's number in the run."""

    claim: ClaimThen
    family_name: str
    given_name: str
    full_name: str
    court: Court | None
    seat: int | None
    pool: SeatPool | None


@dataclass(frozen=True, slots=True)
class PoolThen:
    """The seats that lay in one pool; `pool` is None for seats whose pool no event tells."""

    pool: SeatPool | None
    seats: int
    free: int


@dataclass(frozen=True, slots=True)
class Past:
    """A run at a moment: who had a place or asked for one, who waited, who had left."""

    run: Run
    known_at: datetime
    capacity: int | None
    events: int
    roster: Sequence[Line]
    queue: Sequence[Line]
    ended: Sequence[Line]
    pools: Sequence[PoolThen]


def run_as_known(run: Run, *, at: datetime) -> Past:
    """Roster by name, queue in its order, seats by pool; five statements at any size."""
    picture = queries.as_known(run.public_id, at=at)
    pools = SeatPool.objects.select_related("court", "region").filter(run=run).in_bulk()
    lines = _lines(run, picture, pools)
    queue = [line for line in lines if line.claim.state == State.WAITLISTED]
    return Past(
        run=run,
        known_at=at,
        capacity=picture.capacity,
        events=picture.events,
        roster=[line for line in lines if line.claim.state in ACTIVE | {State.CLOSED}],
        queue=sorted(queue, key=_place),
        ended=[
            line
            for line in lines
            if line.claim.state not in ACTIVE and line.claim.state != "closed"
        ],
        pools=_pools(picture.seats.values(), pools),
    )


def _place(line: Line) -> tuple[int, int]:
    return (line.claim.priority_class, line.claim.queue_number or 0)


def _lines(run: Run, picture: Picture, pools: dict[int, SeatPool]) -> list[Line]:
    rows = Enrollment.objects.filter(run=run).select_related("person", "court")
    known: dict[UUID, Any] = {
        row.public_id: row for row in rows.order_by("person__sort_key", "person_id", "pk")
    }
    numbers = dict(Seat.objects.filter(run=run).values_list("pk", "number"))
    return [
        _line(picture.claims[key], row, picture, numbers, pools)
        for key, row in known.items()
        if key in picture.claims
    ]


def _line(
    claim: ClaimThen,
    row: Enrollment,
    picture: Picture,
    numbers: dict[int, int],
    pools: dict[int, SeatPool],
) -> Line:
    seat = picture.seats.get(claim.seat) if claim.seat else None
    return Line(
        claim=claim,
        family_name=row.person.family_name,
        given_name=row.person.given_name,
        full_name=row.person.full_name,
        court=row.court,
        seat=numbers.get(claim.seat) if claim.seat else None,
        pool=pools.get(seat.pool) if seat and seat.pool else None,
    )


def _pools(seats: Iterable[SeatThen], pools: dict[int, SeatPool]) -> list[PoolThen]:
    counted = [seat for seat in seats if not seat.is_retired]
    total = Counter(seat.pool for seat in counted)
    free = Counter(seat.pool for seat in counted if seat.is_free)
    return [
        PoolThen(pools.get(pool) if pool else None, number, free[pool])
        for pool, number in sorted(total.items(), key=lambda item: item[0] or 0)
    ]
