"""Start long work, say how far it is, end it. The work itself belongs to other rooms."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Missing, Refused
from academy.jobs import queries
from academy.jobs.models import Job
from academy.jobs.registry import Hands, hands_of


def start_job(
    *,
    kind: str,
    actor: Actor,
    is_dry_run: bool,
    params: dict[str, Any] | None = None,
    at: datetime | None = None,
) -> Job:
    """Write down that this work begins, for whoever wants to watch it."""
    at = at or clock.now()
    return Job.objects.create(
        kind=kind,
        state=Job.State.RUNNING,
        is_dry_run=is_dry_run,
        params=params or {},
        asked_by=actor.id,
        asked_at=at,
        started_at=at,
    )


def note_progress(job: Job, *, done: int, total: int) -> None:
    """Say how far the work is."""
    if done != job.done:
        job.moved_at = clock.now()
    job.done, job.total = done, total
    job.save(update_fields=["done", "total", "moved_at"])


def finish_job(job: Job, *, report: Sequence[Any], at: datetime | None = None) -> None:
    """Say that the work is done and what came of it, row by row."""
    job.state, job.report = Job.State.DONE, list(report)
    job.done, job.total = max(job.done, len(job.report)), max(job.total, len(job.report))
    job.finished_at = at or clock.now()
    job.save(update_fields=["state", "report", "done", "total", "finished_at"])


def fail_job(
    job: Job, *, error: str, report: Sequence[Any] = (), at: datetime | None = None
) -> None:
    """Say that the work stopped, why, and what was found by then; nothing of it was kept."""
    job.state, job.error, job.report = Job.State.FAILED, error, list(report)
    job.finished_at = at or clock.now()
    job.save(update_fields=["state", "error", "report", "done", "total", "finished_at"])


def resume(*, job: UUID, actor: Actor, at: datetime | None = None) -> None:
    """Take up again what failed, or stands still, as the room whose work it is does it.

    Refuses what cannot be, and what gets on by itself.
    """
    row, hands = _in_hands(job)
    is_still = hands.give_up is not None and queries.stands_still(row, at or clock.now())
    if row.state != Job.State.FAILED and not is_still:
        raise Refused("job_not_failed", _("This work has not failed."))
    hands.resume(row.public_id, actor)


def give_up(*, job: UUID, actor: Actor) -> None:
    """Leave the rest of open work undone; what was done stays. Refuses what is over already."""
    row, hands = _in_hands(job)
    if hands.give_up is None:
        raise Missing("unknown_job", _("There is no such work, or it cannot be given up."))
    hands.give_up(row.public_id, actor)


def _in_hands(job: UUID) -> tuple[Job, Hands]:
    row = Job.objects.filter(public_id=job).first()
    hands = hands_of(row.kind) if row else None
    if row is None or hands is None:
        raise Missing("unknown_job", _("There is no such work, or it cannot be taken up again."))
    return row, hands
