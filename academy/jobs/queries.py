"""Reads of long work, whoever does it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from academy.jobs.models import Job
from academy.jobs.registry import hands_of

SHOWN = 30
REMEMBERED = timedelta(days=7)
QUIET = timedelta(minutes=15)
"""Work that has not begun or got on for so long waits for a worker that is not there."""
OPEN = frozenset({Job.State.WAITING, Job.State.RUNNING})


@dataclass(frozen=True, slots=True)
class Standing:
    """One piece of work: whether it stands still, and what somebody can do about it."""

    job: Job
    is_late: bool
    can_resume: bool
    can_give_up: bool


def unsettled(now: datetime) -> Sequence[Standing]:
    """What waits, what is being done and what failed within a week, the newest first."""
    open_ones = Job.objects.filter(state__in=OPEN)
    failed = Job.objects.filter(state=Job.State.FAILED, asked_at__gt=now - REMEMBERED)
    rows = (open_ones | failed).order_by("-pk").defer("report")[:SHOWN]
    return [_standing(job, now) for job in rows]


def _standing(job: Job, now: datetime) -> Standing:
    hands, is_late = hands_of(job.kind), stands_still(job, now)
    can_give_up = is_late and hands is not None and hands.give_up is not None
    has_failed = job.state == Job.State.FAILED and hands is not None
    return Standing(job, is_late, has_failed or can_give_up, can_give_up)


def stands_still(job: Job, now: datetime) -> bool:
    """Whether open work has not begun, or not got on, for longer than a busy worker takes."""
    moved = job.moved_at or job.started_at or job.asked_at
    return job.state in OPEN and moved < now - QUIET
