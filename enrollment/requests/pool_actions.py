"""Share seats out and release them: the run's people follow, in the same transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Missing, Refused
from academy.core.keyed import Keyed
from academy.courts.models import Court
from academy.ledger.actions import Fact, record
from courses.planning import pools
from courses.planning.enums import AHEAD, RunState
from courses.planning.models import Run, SeatPool
from courses.planning.pools import Moved, PoolLine, Share
from enrollment.seats import locks, queue
from enrollment.seats.models import Enrollment
from enrollment.seats.queue import Look

REDRAW = """
UPDATE enrollment_enrollment enrolled SET pool_ids = ARRAY(
    SELECT pool.id FROM courses_seatpool pool
     WHERE pool.run_id = enrolled.run_id
       AND CASE pool.scope
           WHEN 'court' THEN pool.court_id = enrolled.court_id
           WHEN 'region' THEN pool.region_id = court.region_id
           WHEN 'category' THEN pool.value = position.category
           WHEN 'language' THEN pool.value = run.language
           ELSE true END
     ORDER BY array_position(ARRAY['court', 'region', 'category', 'language', 'everyone'],
                             pool.scope::text), pool.id)
  FROM courses_run run, enrollment_enrollment self
  LEFT JOIN academy_court court ON court.id = self.court_id
  LEFT JOIN academy_appointment post ON post.id = self.appointment_id
  LEFT JOIN academy_position position ON position.id = post.position_id
 WHERE run.id = enrolled.run_id AND self.id = enrolled.id AND enrolled.run_id = %s
   AND enrolled.state IN ('requested', 'waitlisted')
"""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a plan would come to: seats that move, who gets one, who is passed over, the pools."""

    moved: list[Moved]
    promoted: list[Enrollment]
    passed_over: list[Enrollment]
    lines: list[PoolLine]


def share_seats(
    *,
    run: UUID,
    shares: Sequence[Share],
    actor: Actor,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> list[Moved]:
    """Keep seats of a run for courts, regions, categories or languages (blueprint, section 5).

    Those who wait may use the new pools at once, and the queue is looked along.
    """
    at = at or clock.now()
    with locks.refusing_conflicts(), transaction.atomic(durable=True):
        moved, _looks = _share(_held(run), shares, actor=actor, at=at)
        if keyed:
            keyed.keep(moved)
    return moved


def preview_shares(
    *, run: UUID, shares: Sequence[Share], actor: Actor, at: datetime | None = None
) -> Foreseen:
    """What sharing seats out would come to now: the real thing, read, and all of it taken back."""
    at = at or clock.now()
    with locks.refusing_conflicts(), transaction.atomic(durable=True):
        row = _held(run)
        moved, looks = _share(row, shares, actor=actor, at=at)
        promoted = [look.enrollment for look in looks if look.verdict == queue.PROMOTED]
        left = [look.enrollment for look in looks if look.verdict == queue.SKIPPED]
        foreseen = Foreseen(moved, promoted, left, pools.lines_of(row))
        transaction.set_rollback(True)
    return foreseen


def _share(
    run: Run, shares: Sequence[Share], *, actor: Actor, at: datetime
) -> tuple[list[Moved], list[Look]]:
    if run.state not in AHEAD | {RunState.DRAFT}:
        raise Refused("run_state", _("The run has begun; its seats stay where they are."))
    pools.check_release(shares, now=at)
    courts = [share.court_id for share in shares if share.court_id]
    regions = dict(
        Court.objects.filter(pk__in=courts, region__isnull=False).values_list("pk", "region_id")
    )
    moved = pools.share_out(run=run, shares=shares, regions=regions)
    return moved, _after(run, moved, "seat.moved", actor=actor, at=at)


def release_pool(*, pool: int, actor: Actor, at: datetime | None = None) -> Moved | None:
    """Let a pool's free seats fall to its parent and offer them to the queue; once."""
    at = at or clock.now()
    run_id = SeatPool.objects.filter(pk=pool).values_list("run__public_id", flat=True).first()
    if run_id is None:
        raise Missing("unknown_pool", _("There is no such pool."))
    with locks.refusing_conflicts(), transaction.atomic(durable=not connection.in_atomic_block):
        row = _held(run_id)
        found = SeatPool.objects.select_for_update().get(pk=pool)
        if found.released_at is not None:
            return None
        moved = pools.release(pool=found, at=at)
        _after(row, [moved], "pool.released", actor=actor, at=at)
    return moved


def release_due(now: datetime | None = None) -> int:
    """Release every pool whose date has come; how many were released."""
    now = now or clock.now()
    actor = Actor.system("requests.release_due")
    done = [release_pool(pool=pool, actor=actor, at=now) for pool in pools.due_for_release(now)]
    return sum(moved is not None for moved in done)


def _held(run: UUID) -> Run:
    run_id = Run.objects.filter(public_id=run).values_list("pk", flat=True).first()
    if run_id is None:
        raise Missing("unknown_run", _("There is no such run."))
    locks.hold_run(run_id)
    return Run.objects.select_for_update(of=("self",)).get(pk=run_id)


def _after(
    run: Run, moved: Sequence[Moved], verb: str, *, actor: Actor, at: datetime
) -> list[Look]:
    with connection.cursor() as cursor:
        cursor.execute(REDRAW, [run.pk])
    facts = [
        Fact(
            verb,
            "run",
            run.public_id,
            context_id=run.public_id,
            data={
                "from": step.source.pk,
                "to": step.target.pk,
                "seats": step.seats,
                "moved": list(step.seat_ids),
            },
        )
        for step in moved
    ]
    record(facts, actor=actor, at=at)
    return queue.promote(run, cause="pool", actor=actor, at=at)
