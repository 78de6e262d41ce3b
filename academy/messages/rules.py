"""When to try again, when to give up, and whom to write to. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_ATTEMPTS = 8
"""Tries before a message is given up: with the pauses below about a day."""

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=8)
UNREACHABLE_PAUSE = timedelta(seconds=30)
OLDEST = timedelta(days=3)
"""A message that names no end of its use is given up after this, however seldom it was tried."""

# One recipient, printable ASCII, nothing that could end the command or the header line.
ADDRESS = re.compile(r"[!-;=?A-~]+@[A-Za-z0-9.\-\[\]:]+")


@dataclass(frozen=True, slots=True)
class Again:
    """Try again at this moment."""

    at: datetime


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Not again; `late` says that the message lost its use, else that it was tried often enough."""

    late: bool


def is_useless(now: datetime, *, useless_after: datetime | None) -> bool:
    """Whether the moment has gone at which the message still helped."""
    return useless_after is not None and now >= useless_after


def is_spent(attempts: int, now: datetime, *, created_at: datetime) -> bool:
    """Whether the message has been tried too often, or has waited too long for a server."""
    return attempts > MOST_ATTEMPTS or now - created_at > OLDEST


def after_failure(
    attempts: int,
    now: datetime,
    *,
    useless_after: datetime | None,
    jitter: float,
) -> Again | GiveUp:
    """What follows a try that failed for the time being.

    The pause doubles with each try. `jitter` (0 to 1) spreads it by up to a half more, so that what
    failed together does not come back together.
    """
    if attempts >= MOST_ATTEMPTS:
        return GiveUp(late=False)
    pause = min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)
    again = now + pause * (1 + jitter / 2)
    if useless_after is not None and again >= useless_after:
        return GiveUp(late=True)
    return Again(again)


def after_unreachable(now: datetime, *, jitter: float) -> datetime:
    """When to try again after the server could not be reached, which is no message's fault."""
    return now + UNREACHABLE_PAUSE * (1 + jitter)


def is_deliverable(address: str) -> bool:
    """Whether the address can be named to a mail server as it stands."""
    return len(address) <= 254 and ADDRESS.fullmatch(address) is not None


DEAD = re.compile(r"5\.(1\.(1|2|3|6|10)|2\.1)")


def is_dead(status: str) -> bool:
    """Whether a server's enhanced status (RFC 3463) means that nobody can be reached there.

    Unknown mailbox or host, bad syntax, moved away, null MX, mailbox disabled. A full mailbox, a
    policy or a greylist may be another thing tomorrow.
    """
    return DEAD.fullmatch(status) is not None
