"""What happens by the clock. Deadlines are rows, each re-checked alone under its run's lock."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog
from django.db import connection, transaction

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Refused
from courses.planning.enums import LapsePolicy, RunState
from courses.planning.models import Run
from enrollment.decisions import actions as decisions
from enrollment.decisions.enums import StepState
from enrollment.decisions.models import Decision
from enrollment.requests import following, queries, run_actions
from enrollment.requests.models import PostCheck
from enrollment.requests.settling import settle, unanswered
from enrollment.seats import actions as seats, entering, locks, queue
from enrollment.seats.enums import State
from enrollment.seats.models import Enrollment
from enrollment.seats.rules import MOST_LAPSES

log = structlog.get_logger(__name__)


def expire_due(now: datetime | None = None) -> int:
    """End offers and re-confirmations whose time is over; the queue gets the seats (T15, T18)."""
    now = now or clock.now()
    return sum(
        _unless_refused(partial(_expire, enrollment_id, run_id, now))
        for enrollment_id, run_id in queries.due_moments(now)
    )


def _unless_refused(step: Callable[[], int]) -> int:
    """A row that is busy now keeps its own deadline waiting, not those behind it."""
    try:
        with locks.refusing_conflicts():
            return step()
    except Refused as refusal:
        log.info("requests.put_off", code=refusal.code)
        return 0


def _expire(enrollment_id: int, run_id: int, now: datetime) -> int:
    actor = Actor.system("requests.expire_due")
    with transaction.atomic(durable=not connection.in_atomic_block):
        locks.hold_run(run_id)
        row = (
            Enrollment.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("run", "person", "court")
            .filter(pk=enrollment_id, due_at__lte=now, state__in=[State.OFFERED, State.RECONFIRM])
            .first()
        )
        if row is None:  # answered in the meantime
            return 0
        if row.state == State.OFFERED:
            seats.move(row, State.EXPIRED, actor=actor, at=now, reason="offer_lapsed")
            if row.run.lapse_policy == LapsePolicy.KEEP and row.lapses < MOST_LAPSES:
                entering.queue_again(row, actor=actor, at=now)
        else:
            unanswered(row, actor=actor, at=now)
        queue.promote(row.run, cause="lapsed", actor=actor, at=now)
        return 1


def lapse_decisions(now: datetime | None = None) -> int:
    """Close decisions that nobody made in time, with what silence means for each (T7 to T10)."""
    now = now or clock.now()
    due = Decision.objects.filter(state=StepState.OPEN, due_at__lte=now).order_by("due_at")
    found = list(due.values_list("pk", "enrollment__run_id")[:200])
    return sum(
        _unless_refused(partial(_lapse, decision_id, run_id, now)) for decision_id, run_id in found
    )


def _lapse(decision_id: int, run_id: int, now: datetime) -> int:
    actor = Actor.system("requests.lapse_decisions")
    with transaction.atomic(durable=not connection.in_atomic_block):
        locks.hold_run(run_id)
        step = (
            Decision.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("enrollment__run", "enrollment__person", "court__parent")
            .filter(pk=decision_id, state=StepState.OPEN, due_at__lte=now)
            .first()
        )
        if step is None:
            return 0
        decisions.lapse(step, actor=actor, at=now)
        settle(step.enrollment, actor=actor, at=now, reason=decisions.SILENCE, silent=True)
        return 1


def advance_runs(now: datetime | None = None) -> int:
    """Start and finish runs when their hour has come."""
    now = now or clock.now()
    actor = Actor.system("requests.advance_runs")
    to_start = Run.objects.filter(
        state__in=[RunState.PUBLISHED, RunState.GOING_AHEAD], starts_at__lte=now
    )
    to_finish = Run.objects.filter(state=RunState.RUNNING, ends_at__lte=now)
    moved = 0
    for rows, step in ((to_start, run_actions.start_run), (to_finish, run_actions.finish_run)):
        for run in rows.values_list("public_id", flat=True)[:200]:
            try:
                step(run=run, actor=actor, at=now)
                moved += 1
            except Refused as refusal:  # somebody was faster
                log.info("requests.run_not_advanced", run=str(run), code=refusal.code)
    return moved


def follow_posts(now: datetime | None = None) -> int:
    """Bring places to what HR said of posts and service; how many people were looked at.

    A look that met a busy run stays for the next time.
    """
    now = now or clock.now()
    done = [
        check.pk
        for check, places in following.due_places(now).items()
        if all(_has_followed(enrollment, run, now) for enrollment, run in places)
    ]
    PostCheck.objects.filter(pk__in=done).delete()
    return len(done)


def _has_followed(enrollment: int, run: int, now: datetime) -> bool:
    actor = Actor.system("requests.follow_posts")
    try:
        with locks.refusing_conflicts():
            following.follow(enrollment=enrollment, run=run, actor=actor, at=now)
    except Refused as refusal:
        log.info("requests.put_off", code=refusal.code)
        return False
    return True


def sweep(now: datetime | None = None) -> int:
    """Promote wherever a free seat and a waiting person meet: the backstop behind every release."""
    now = now or clock.now()
    return sum(
        _unless_refused(partial(_sweep, run_id, now)) for run_id in queries.runs_to_sweep(now)
    )


def _sweep(run_id: int, now: datetime) -> int:
    actor = Actor.system("requests.sweep")
    with transaction.atomic(durable=not connection.in_atomic_block):
        locks.hold_run(run_id)
        run = Run.objects.get(pk=run_id)
        looks = queue.promote(run, cause=queue.SWEEP, actor=actor, at=now)
        return sum(look.verdict == queue.PROMOTED for look in looks)
