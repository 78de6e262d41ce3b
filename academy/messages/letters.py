"""A message on its way to one address, and how a channel says no. Every channel shares these."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from academy.messages.calendar import CalendarPart
from academy.messages.render import Words


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes to one address. The identifier makes every try of one message the same."""

    id: uuid.UUID
    to: str
    words: Words
    at: datetime
    stop: str = ""  # where the reader stops mails of this kind, if they may be stopped
    calendar: Sequence[CalendarPart] = ()


class Refusal(Exception):
    """The other side's "no" to this one message, as a short code for the row."""

    def __init__(self, outcome: str, *, is_temporary: bool, status: str = "") -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.is_temporary = is_temporary
        self.status = status  # RFC 3463: 5.1.1


class Unreachable(Exception):
    """The other side is away, or refuses everything: no message is at fault."""
