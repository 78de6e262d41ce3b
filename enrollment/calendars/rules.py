"""What a calendar must be told next. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from enrollment.calendars.enums import Method

CONFIRMED, TENTATIVE = "CONFIRMED", "TENTATIVE"


@dataclass(frozen=True, slots=True)
class Told:
    """What the calendar was told last of one session; nothing, at first."""

    method: Method = Method.NOTHING
    sequence: int = 0
    version: str = ""


def uid_of(holder: UUID, session: UUID) -> UUID:
    """The event's name for life: the same for one enrolment (or trainer) and session, for ever.

    It does not depend on a row or on the service's address, and tells neither.
    """
    return uuid5(holder, session.hex)


def version_of(facts: Mapping[str, Any]) -> str:
    """A digest of everything that a calendar shows: equal means that nobody need be told."""
    shown = json.dumps(facts, sort_keys=True, default=_as_text, ensure_ascii=False)
    return hashlib.sha256(shown.encode()).hexdigest()


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def next_told(told: Told, *, status: str, version: str) -> Told:
    """What the calendar knows once it has been told how things stand.

    `status` is how the session stands for this person; empty when they are not expected there. The
    number grows with every difference. Nobody is told of the end of what they never heard of.
    """
    if not status:
        if told.method != Method.REQUEST:
            return told
        return Told(Method.CANCEL, told.sequence + 1, told.version)
    if told.method == Method.NOTHING:
        return Told(Method.REQUEST, told.sequence, version)
    if told.method == Method.REQUEST and told.version == version:
        return told
    return Told(Method.REQUEST, told.sequence + 1, version)


def is_stale(*, replied_sequence: int, sequence: int) -> bool:
    """Whether a reply answers an older version: what it declined is no longer asked."""
    return replied_sequence < sequence
