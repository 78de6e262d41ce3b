"""When a call that failed is tried again, and what an answer means. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

# Beginning with the first failure; together a little more than three days.
STEPS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
LONGEST_REST = timedelta(minutes=10)
"""An address that fails is left alone for this long at most, whatever single calls wait for."""
PATIENCE = timedelta(days=3)
"""An address that has taken nothing for so long is not called any more."""
OVERLAP = timedelta(hours=24)
"""For how long a secret that was rotated out is still good beside the new one."""


class Verdict(StrEnum):
    """What an answer means for the call."""

    TAKEN = "taken"
    AGAIN = "again"
    GONE = "gone"


def verdict_on(status: int | None) -> Verdict:
    """Any 2xx takes the call, 410 asks never to call again, everything else is a failure.

    A redirect is a failure too: nobody is led to an address that was not registered. None means
    that there was no answer.
    """
    if status is not None and 200 <= status < 300:
        return Verdict.TAKEN
    return Verdict.GONE if status == 410 else Verdict.AGAIN


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after this many failed tries; None to give up: three days are over."""
    return STEPS[attempts - 1] if attempts <= len(STEPS) else None


def rest_after(attempts: int) -> timedelta:
    """How long the address itself is left alone after a call failed so many times."""
    return min(pause_after(attempts) or LONGEST_REST, LONGEST_REST)


def is_dead(failing_since: datetime | None, now: datetime) -> bool:
    """Whether an address has failed for three days without taking a single call."""
    return failing_since is not None and now - failing_since >= PATIENCE
