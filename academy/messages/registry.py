"""The kinds of message. Higher rooms register theirs when the apps are ready."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from academy.messages.calendar import CalendarPart


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message in a worker's hands, with what is known of its reader."""

    id: int
    public_id: UUID
    person_id: int
    kind: str
    subject_id: UUID
    facts: Mapping[str, Any]
    attempts: int
    outcome: str
    lease_until: datetime
    created_at: datetime
    useless_after: datetime | None
    left_on: date | None
    name: str  # as the reader is greeted
    address: str  # what HR says, else the account's; may be empty
    language: str  # what the person chose, else what HR says
    in_digest: bool = False
    conveniences: str = "mail"  # where the person wants what is not duty
    is_dead: bool = False  # a mail server called the address unknown
    phone: str = ""  # where text messages go; the person's own word


@dataclass(frozen=True, slots=True)
class OwnWords:
    """Words that staff wrote instead of the template's, by language; facts stand in braces."""

    titles: Mapping[str, str]
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Holds:
    """The message still holds: what the template says, and where its one link leads.

    `facts` are plain values: a map of texts by language is put into the reader's language, a moment
    into `time_zone` with its offset named. `path` lies below the service's address; where it lets
    its holder act, `shown_path` stands in its place in everything but the mail.
    """

    facts: Mapping[str, object]
    path: str
    time_zone: str
    template: str = ""  # other words than the kind's own
    own: OwnWords | None = None
    shown_path: str = ""
    calendar: tuple[CalendarPart, ...] = ()  # what the reader's calendar is told with the mail


@dataclass(frozen=True, slots=True)
class Untrue:
    """The message no longer holds, and why: a code that staff and the person can see."""

    reason: str


Answer = Holds | Untrue
Resolve = Callable[[Sequence[Claimed], datetime], Mapping[int, Answer]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of message.

    `resolve` gets the messages of a batch at the moment of sending and answers by their `id`; a
    message that it leaves out has lost its subject. `urgent` ones overtake the others. `duty` ones
    cannot be switched off. A `has_secret_link` lets whoever holds it act: it goes into the mail and
    nowhere else. Of one that `is_confidential` nobody but its reader learns that it was written:
    that somebody is reminded of a questionnaire says that there is no answer yet. Nobody is written
    to after leaving the service, but for `is_last_word`: what only takes back what stands in the
    reader's calendar.
    """

    name: str
    resolve: Resolve = field(repr=False)
    template: str  # messages/<template>.txt
    urgent: bool = False
    duty: bool = True
    has_secret_link: bool = False
    is_confidential: bool = False
    is_last_word: bool = False


Reader = Callable[[bytes], Sequence[str]]
"""Takes a mail from outside if it is of its kind: a word on what came of each thing in it."""

_readers: dict[str, Reader] = {}
_kinds: dict[str, Kind] = {}


def read_by(name: str, reader: Reader) -> None:
    """Offer what arrives in our mailbox to this reader; a second one of the name replaces it."""
    _readers[name] = reader


def readers() -> Mapping[str, Reader]:
    """Who reads what arrives, in the order of registration."""
    return _readers


def register(*kinds: Kind) -> None:
    """Add kinds; a second one of the same name replaces the first."""
    _kinds.update({kind.name: kind for kind in kinds})


def find(name: str) -> Kind | None:
    """The kind of that name; none when this version of the service does not know it."""
    return _kinds.get(name)


def kind(name: str) -> Kind:
    """The kind of that name, which must exist."""
    return _kinds[name]


def confidential() -> list[str]:
    """The names of the kinds of which staff see how many there are, and never to whom."""
    return [kind.name for kind in kinds() if kind.is_confidential]


def kinds() -> list[Kind]:
    """Every kind, in the order of registration."""
    return list(_kinds.values())
