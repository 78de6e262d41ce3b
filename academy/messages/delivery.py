"""Claim, resolve, render, send, record.

Exactly once is impossible over SMTP: between the server's "250" and our commit lies a moment in
which a crash makes us send again. Each mail is therefore recorded by itself before the next one
leaves. A worker that is killed can repeat one mail, never a batch, and the repeated one carries the
same Message-ID.

Not each of these commits waits for the disk: every twentieth does. A commit that did not wait is
seen by everybody and outlives the worker; only a crash of the database itself can lose it, and then
up to twenty mails of each worker go out again.

Text messages are handed over by calls to a gateway, a few at once, and each is recorded when it is
answered: a worker that is killed can repeat those that were under way, each under its own id.

A worker takes a batch under a lease, committed before anything is sent. It stops early enough to
give back what it did not reach, so a lease that ran out means a dead worker. What such a worker
held is tried one by one: a message that kills its worker takes no other with it.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import structlog
from django.conf import settings

from academy.core import clock
from academy.messages import address_actions, channels, lease, links, pacing, post, registry, rules
from academy.messages.calling import Calls
from academy.messages.channels import CHANNELS, EMAIL, TEXT
from academy.messages.enums import Convenience
from academy.messages.lease import Closed
from academy.messages.letters import Letter, Refusal, Unreachable
from academy.messages.models import Message
from academy.messages.registry import Answer, Claimed, Holds, Kind, Untrue
from academy.messages.render import Words, Writer

DURABLE_EVERY = 20  # mails: what a crash of the database itself may let us send again
SLICE = 4.0  # seconds of work per task: others wait no longer behind a flood of reminders

State = Message.State
Part = tuple[Claimed, Holds]
log = structlog.get_logger(__name__)


def deliver(*, seconds: float = SLICE) -> bool:
    """Send what is due, for so long at most; whether there is more to do at once."""
    ends = time.monotonic() + seconds
    with post.open_post() as office:
        while time.monotonic() < ends:
            batch = lease.claim()
            if not batch or not _deliver(batch, office, ends):
                return False
    return True


def _deliver(batch: Sequence[Claimed], office: post.Post, ends: float) -> bool:
    """One batch; whether to go on with the next one: not when the server is away."""
    now = clock.now()
    hopeless = {row.id: closed for row in batch if (closed := _hopeless(row, now))}
    answers = dict(_resolve([row for row in batch if row.id not in hopeless], now))
    unsaid = [
        closed
        for row in batch
        if (answer := answers.get(row.id)) and (closed := _unsaid(row, answer))
    ]
    lease.close([*hopeless.values(), *unsaid])
    over = {closed.message.id for closed in (*hopeless.values(), *unsaid)}
    true = [
        (row, answer)
        for row in batch
        if row.id not in over and isinstance(answer := answers.get(row.id), Holds)
    ]
    return _send_all(list(_within_limits(_mails(true), now)), office, ends)


def _unsaid(row: Claimed, answer: Answer) -> Closed | None:
    """What is not told at all: no longer true, or not wanted."""
    if isinstance(answer, Untrue):
        return Closed(row, State.DROPPED, answer.reason)
    if row.conveniences == Convenience.OFF and not registry.kind(row.kind).duty:
        return Closed(row, State.DROPPED, "switched_off")
    return None


def _mails(true: Sequence[Part]) -> list[list[Part]]:
    """Messages as mails: one each, but all parts of a reader's digest in one."""
    digests: dict[int, list[Part]] = {}
    mails: list[list[Part]] = []
    for row, holds in true:
        if row.in_digest and row.person_id in digests:
            digests[row.person_id].append((row, holds))
            continue
        mails.append([(row, holds)])
        if row.in_digest:
            digests[row.person_id] = mails[-1]
    return mails


def _within_limits(mails: list[list[Part]], now: datetime) -> Iterator[list[Part]]:
    """Those that their mail hosts take at present; the others wait their minute."""
    put_off = pacing.later([_mailed_to(parts) for parts in mails], now)
    waiting: dict[datetime, list[Claimed]] = {}
    for place, parts in enumerate(mails):
        if place in put_off:
            waiting.setdefault(put_off[place], []).extend(row for row, _ in parts)
        else:
            yield parts
    for until, rows in waiting.items():
        lease.put_back(rows, until=until, outcome="host_is_busy")


def _mailed_to(parts: Sequence[Part]) -> str:
    return parts[0][0].address if _channel_of(parts) == EMAIL else ""


def _channel_of(parts: Sequence[Part]) -> str:
    return channels.channel_of([row for row, _ in parts])


@dataclass(frozen=True, slots=True)
class Ready:
    """One letter in words, and the messages that it tells: several only in a digest."""

    said: Sequence[tuple[Claimed, Words]]
    channel: str
    letter: Letter
    durable: bool

    @property
    def rows(self) -> list[Claimed]:
        """The messages, without their words."""
        return [row for row, _words in self.said]


@dataclass
class Away:
    """Channels whose other side could not be reached, and what is stranded with them."""

    channels: set[str] = field(default_factory=set)
    stranded: list[Claimed] = field(default_factory=list)

    def put_back(self) -> None:
        """What is stranded is tried later."""
        lease.put_back_unreached(self.stranded, clock.now())


def _send_all(mails: Sequence[list[Part]], office: post.Post, ends: float) -> bool:
    """Whether to go on: a channel whose other side is away holds up nothing but its own."""
    writer, away = Writer(), Away()
    with Calls[Ready]() as calls:
        for place, parts in enumerate(mails, start=1):
            for told, answer in calls.answered():
                _try(told, answer, away)
            if time.monotonic() >= ends:
                lease.give_back([row for mail in mails[place - 1 :] for row, _ in mail])
                break
            if clock.now() >= parts[0][0].lease_until:
                break  # the clock was put forward: they are anybody's, perhaps in another's hands
            channel = _channel_of(parts)
            if channel in away.channels:
                away.stranded += [row for row, _ in parts]
            elif ready := _ready(parts, channel, writer, durable=place % DURABLE_EVERY == 0):
                send = partial(CHANNELS[channel].send, ready.letter, office)
                if channel == TEXT:
                    calls.begin(ready, send)
                else:
                    _try(ready, send, away)
        _await(calls, away, ends)
    away.put_back()
    return EMAIL not in away.channels


def _try(ready: Ready, send: Callable[[], object], away: Away) -> None:
    """Hand the letter over, unless nobody is there."""
    try:
        _hand_over(ready, send)
    except Unreachable as error:
        log.warning("messages.channel_unreachable", channel=ready.channel, error=str(error))
        away.channels.add(ready.channel)
        away.stranded += ready.rows


def _await(calls: Calls[Ready], away: Away, ends: float) -> None:
    """Hear what calls come to; what has not been begun when it is time to stop is not."""
    for ready, answer in calls.rest():
        _try(ready, answer, away)
        if TEXT in away.channels:
            away.stranded += [row for waiting in calls.take_back() for row in waiting.rows]
        elif time.monotonic() >= ends:
            lease.give_back([row for waiting in calls.take_back() for row in waiting.rows])


def _hopeless(row: Claimed, now: datetime) -> Closed | None:
    if row.left_on is not None and row.left_on <= now.date() and not _is_last_word(row):
        return Closed(row, State.DROPPED, "person_left")
    if rules.is_useless(now, useless_after=row.useless_after):
        return Closed(row, State.DROPPED, "too_late")
    if rules.is_spent(row.attempts, now, created_at=row.created_at):
        why = "worker_died" if row.attempts > rules.MOST_ATTEMPTS else "waited_too_long"
        return Closed(row, State.FAILED, row.outcome or why, row.address)
    return None


def _is_last_word(row: Claimed) -> bool:
    kind = registry.find(row.kind)
    return kind is not None and kind.is_last_word


def _resolve(rows: Sequence[Claimed], now: datetime) -> Iterator[tuple[int, Answer]]:
    by_kind: dict[str, list[Claimed]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row)
    for name, some in by_kind.items():
        kind = registry.find(name)
        if kind is None:  # written by a newer version of the service, which will send it
            lease.put_off(some, "unknown_kind", now)
        else:
            yield from _resolve_kind(kind, some, now)


def _resolve_kind(
    kind: Kind, rows: Sequence[Claimed], now: datetime
) -> Iterator[tuple[int, Answer]]:
    """What the higher room says. A message that breaks its resolver is found and put off alone."""
    try:
        answers = kind.resolve(rows, now)
    except Exception:
        log.exception("messages.resolver_failed", kind=kind.name, messages=len(rows))
        if len(rows) == 1:
            lease.put_off(rows, "resolver_failed", now)
            return
        for row in rows:
            yield from _resolve_kind(kind, [row], now)
        return
    for row in rows:
        yield row.id, answers.get(row.id, Untrue("gone"))


def _ready(parts: Sequence[Part], channel: str, writer: Writer, *, durable: bool) -> Ready | None:
    """One message, or digest, as a letter; none when there is nothing to send after all."""
    said = [(row, words) for row, holds in parts if (words := _words(row, holds, writer))]
    if not said:
        return None
    row, words = said[0]
    way = CHANNELS[channel]
    if outcome := way.unsendable(row):
        lease.close([Closed(one, State.DROPPED, outcome, row.address, its) for one, its in said])
        return None
    stop = "" if any(registry.kind(each.kind).duty for each, _ in said) else _stop(row)
    if len(said) > 1:
        words = writer.digest([its for _, its in said], name=row.name, stop=stop)
    calendar = tuple(part for _, holds in parts for part in holds.calendar)
    letter = Letter(row.public_id, way.address(row), words, clock.now(), stop, calendar)
    return Ready(said, channel, letter, durable or channel == TEXT)


def _words(row: Claimed, holds: Holds, writer: Writer) -> Words | None:
    """One message in words; none, and put off, when they cannot be found."""
    try:
        kind = registry.kind(row.kind)
        stop = "" if kind.duty else _stop(row)
        language = _language(row.language)
        return writer.words(kind, holds, name=row.name, language=language, stop=stop)
    except Exception:
        log.exception("messages.render_failed", kind=row.kind, message=str(row.public_id))
        lease.put_off([row], "render_failed", clock.now())
        return None


def _stop(row: Claimed) -> str:
    return f"{settings.PUBLIC_URL}{links.stop_path(row.public_id)}"


def _hand_over(ready: Ready, send: Callable[[], object]) -> None:
    """Hand a letter over and record it at once. Raises `Unreachable`."""
    state, outcome, durable = State.SENT, "", ready.durable
    letter = ready.letter
    try:
        send()
    except Refusal as refusal:
        log.warning("messages.refused", message=str(letter.id), outcome=refusal.outcome)
        if refusal.is_temporary:
            lease.put_off(ready.rows, refusal.outcome, clock.now())
            return
        if rules.is_dead(refusal.status):
            dead, status = letter.to, refusal.status
            address_actions.bury(dead, status=status, message=ready.rows[0].id, at=clock.now())
        state, outcome, durable = State.FAILED, refusal.outcome, True
    closed = [Closed(row, state, outcome, letter.to, its, ready.channel) for row, its in ready.said]
    lease.close_in_spite(closed, durable=durable)


def _language(wanted: str) -> str:
    """The reader's language, or the institution's own where the reader's is not spoken here."""
    known = {code for code, _name in settings.LANGUAGES}
    return wanted if wanted in known else settings.LANGUAGE_CODE
