"""Seats as rows: added, retired, taken and given back, inside the caller's transaction."""

from collections.abc import Iterable, Sequence

from django.db import connection

from courses.planning.models import Run, Seat, SeatPool

ADD = """
INSERT INTO courses_seat (run_id, pool_id, number, free, is_retired)
SELECT %(run)s, %(pool)s, last.number + more, true, false
  FROM (SELECT coalesce(max(number), 0) AS number FROM courses_seat WHERE run_id = %(run)s) last,
       generate_series(1, %(count)s) more
 ORDER BY more
RETURNING id
"""


def add_seats(*, pool: SeatPool, count: int) -> list[int]:
    """Add free seats to a pool, numbered on from the run's last seat, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(ADD, {"run": pool.run_id, "pool": pool.pk, "count": count})
        return [row[0] for row in cursor.fetchall()]


def retire_seats(*, run: Run, count: int) -> list[int]:
    """Take so many seats out of the run: free ones first, the last numbers first; which went.

    A lower capacity throws nobody out: a held seat that is retired stays with its holder and does
    not come back to the pool when it is left. While such people sit, the seat of whoever leaves
    goes instead of theirs (`retire_instead`).
    """
    ids = list(
        Seat.objects.select_for_update()
        .filter(run=run, is_retired=False)
        .order_by("-free", "-number")
        .values_list("pk", flat=True)[:count]
    )
    Seat.objects.filter(pk__in=ids).update(free=False, is_retired=True)
    return ids


def retire_instead(seat_id: int, *, kept: int) -> None:
    """Take a seat just left out of the run, in place of one that was retired under its holder."""
    Seat.objects.filter(pk=kept).update(is_retired=False)
    Seat.objects.filter(pk=seat_id).update(free=False, is_retired=True)


def restore_seats(seat_ids: Iterable[int]) -> int:
    """Seats retired under their holders count again; how many."""
    return Seat.objects.filter(pk__in=list(seat_ids), is_retired=True).update(is_retired=False)


def take_seat(pool_ids: Sequence[int]) -> int | None:
    """Take the first free seat of these pools, in their order; None when none can be had at once.

    Never waits: a seat in another's open transaction is passed over, so "none" is certain only
    under the run's exclusive lock. Refuses to run outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A seat is taken in the transaction of the enrolment.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT courses_take_seat(%s)", [list(pool_ids)])
        seat_id: int | None = cursor.fetchone()[0]
    return seat_id


FREE = """
WITH RECURSIVE up AS (
    SELECT pool.id, pool.parent_id, pool.released_at FROM courses_seat seat
      JOIN courses_seatpool pool ON pool.id = seat.pool_id WHERE seat.id = %(seat)s
     UNION ALL
    SELECT pool.id, pool.parent_id, pool.released_at FROM up
      JOIN courses_seatpool pool ON pool.id = up.parent_id WHERE up.released_at IS NOT NULL
)
UPDATE courses_seat SET free = true, pool_id = (SELECT id FROM up WHERE released_at IS NULL)
 WHERE id = %(seat)s AND NOT is_retired
RETURNING pool_id
"""


def free_seat(seat_id: int) -> int | None:
    """Give a seat back; the pool in which it is free now, None for a seat that was retired.

    Once a pool is released, its seats fall to the parent as they come free.
    """
    with connection.cursor() as cursor:
        cursor.execute(FREE, {"seat": seat_id})
        row = cursor.fetchone()
    return row[0] if row else None


def count_free_seats(run_id: int) -> int:
    """How many seats of the run nobody holds."""
    return Seat.objects.filter(run_id=run_id, free=True).count()
