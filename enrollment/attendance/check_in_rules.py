"""The code that a room shows, and what signing in with it is worth. Pure.

A code that stays the same is photographed and sent on; one that changes every half minute is at
least known only to who sees the room at that moment. It is no proof: the trainer's mark stands
above it.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from enrollment.attendance.enums import MarkStatus

STEP = timedelta(seconds=30)
"""How long one code is shown."""

LIVES = 2
"""Codes accepted at a time: the one shown, and the one before it for who types slowly."""

DIGITS = 6
GRACE = timedelta(minutes=10)
"""Who signs in within ten minutes of the beginning was there from the beginning."""


def code_at(secret: bytes, session: UUID, at: datetime) -> str:
    """The code that the room shows at that moment, by the truncation of RFC 4226."""
    return _code(secret, session, _step(at))


def seconds_left(at: datetime) -> int:
    """How long the code of that moment is still shown, in seconds."""
    whole = int(STEP.total_seconds())
    return whole - int(at.timestamp()) % whole


def is_valid(secret: bytes, session: UUID, at: datetime, typed: str) -> bool:
    """Whether this is the code that the room shows, or showed just before."""
    digits = "".join(filter(str.isdigit, typed))
    step = _step(at)
    lives = {_code(secret, session, step - back) for back in range(LIVES)}
    return digits in lives


def own_mark(begins: datetime, minutes: int, at: datetime) -> tuple[MarkStatus, int | None]:
    """What signing in at that moment says of somebody: there, or late by so many minutes.

    `minutes` are the teaching minutes of the session; a late one keeps at least one.
    """
    if at <= begins + GRACE:
        return MarkStatus.PRESENT, None
    missed = int((at - begins).total_seconds() // 60)
    return MarkStatus.LATE, max(minutes - missed, 1)


def _step(at: datetime) -> int:
    return int(at.timestamp() // STEP.total_seconds())


def _code(secret: bytes, session: UUID, step: int) -> str:
    digest = hmac.digest(secret, session.bytes + step.to_bytes(8, "big"), hashlib.sha256)
    place = digest[-1] & 15
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"
