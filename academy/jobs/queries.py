"""Reads of long work, whoever does it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from academy.jobs.models import Job
from academy.jobs.registry import resumer_of

SHOWN = 30
REMEMBERED = timedelta(days=7)
QUIET = timedelta(minutes=15)
"""Work that has not begun for so long waits for a worker that is not there."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One piece of work: whether it waits too long, and whether it can be taken up again."""

    job: Job
    is_late: bool
    can_resume: bool


def unsettled(now: datetime) -> Sequence[Standing]:
    """What waits, what is being done and what failed within a week, the newest first."""
    open_ones = Job.objects.filter(state__in=(Job.State.WAITING, Job.State.RUNNING))
    failed = Job.objects.filter(state=Job.State.FAILED, asked_at__gt=now - REMEMBERED)
    rows = (open_ones | failed).order_by("-pk").defer("report")[:SHOWN]
    return [_standing(job, now) for job in rows]


def _standing(job: Job, now: datetime) -> Standing:
    has_failed = job.state == Job.State.FAILED
    is_late = job.state == Job.State.WAITING and job.asked_at < now - QUIET
    return Standing(job, is_late, has_failed and resumer_of(job.kind) is not None)
