"""Claim, resolve, render, send, record.

Exactly once is impossible over SMTP: between the server's "250" and our commit lies a moment in
which a crash makes us send again. Each mail is therefore recorded by itself before the next one
leaves. A worker that is killed can repeat one mail, never a batch, and the repeated one carries the
same Message-ID.

Not each of these commits waits for the disk: every twentieth does. A commit that did not wait is
seen by everybody and outlives the worker; only a crash of the database itself can lose it, and then
up to twenty mails of each worker go out again.

A worker takes a batch under a lease, committed before anything is sent. It stops early enough to
give back what it did not reach, so a lease that ran out means a dead worker. What such a worker
held is tried one by one: a message that kills its worker takes no other with it.
"""

import random
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import structlog
from django.conf import settings

from academy.core import clock
from academy.messages import lease, post, registry, rules
from academy.messages.lease import Closed
from academy.messages.models import Message
from academy.messages.registry import Answer, Claimed, Holds, Kind, Untrue
from academy.messages.render import Writer

DURABLE_EVERY = 20  # mails: what a crash of the database itself may let us send again
SLICE = 4.0  # seconds of work per task: others wait no longer behind a flood of reminders

State = Message.State
log = structlog.get_logger(__name__)
_spread = random.Random()  # noqa: S311 - jitter, not a secret


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
    untrue = [
        Closed(row, State.DROPPED, answer.reason)
        for row in batch
        if isinstance(answer := answers.get(row.id), Untrue)
    ]
    lease.close([*hopeless.values(), *untrue])
    true = [(row, answer) for row in batch if isinstance(answer := answers.get(row.id), Holds)]
    writer = Writer()
    for place, (row, holds) in enumerate(true, start=1):
        if time.monotonic() >= ends:
            lease.give_back([one for one, _ in true[place - 1 :]])
            break
        try:
            _send(row, holds, writer, office, durable=place % DURABLE_EVERY == 0)
        except post.Unreachable as error:
            rest = [one for one, _ in true[place - 1 :]]
            log.warning("messages.server_unreachable", error=str(error), waiting=len(rest))
            again = rules.after_unreachable(clock.now(), jitter=_spread.random())
            lease.wait_for_server(rest, until=again)
            return False
    return True


def _hopeless(row: Claimed, now: datetime) -> Closed | None:
    if row.left_on is not None and row.left_on <= now.date():
        return Closed(row, State.DROPPED, "person_left")
    if rules.is_useless(now, useless_after=row.useless_after):
        return Closed(row, State.DROPPED, "too_late")
    if rules.is_spent(row.attempts, now, created_at=row.created_at):
        return Closed(row, State.FAILED, row.outcome or "worker_died", row.address)
    return None


def _resolve(rows: Sequence[Claimed], now: datetime) -> Iterator[tuple[int, Answer]]:
    by_kind: dict[str, list[Claimed]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row)
    for name, some in by_kind.items():
        kind = registry.find(name)
        if kind is None:  # written by a newer version of the service, which will send it
            _put_off(some, "unknown_kind", now)
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
            _put_off(rows, "resolver_failed", now)
            return
        for row in rows:
            yield from _resolve_kind(kind, [row], now)
        return
    for row in rows:
        yield row.id, answers.get(row.id, Untrue("gone"))


def _send(row: Claimed, holds: Holds, writer: Writer, office: post.Post, *, durable: bool) -> None:
    """Render and hand over one message, and record it at once. Raises `Unreachable`."""
    try:
        kind = registry.kind(row.kind)
        words = writer.words(kind, holds, name=row.name, language=_language(row.language))
    except Exception:
        log.exception("messages.render_failed", kind=row.kind, message=str(row.public_id))
        _put_off([row], "render_failed", clock.now())
        return
    address = row.address
    if not rules.is_deliverable(address):
        outcome = "bad_address" if address else "no_address"
        lease.close([Closed(row, State.DROPPED, outcome, address, words)])
        return
    try:
        office.send(post.Letter(row.public_id, address, words, clock.now()))
    except post.Refusal as refusal:
        log.warning("messages.refused", message=str(row.public_id), outcome=refusal.outcome)
        if refusal.is_temporary:
            _put_off([row], refusal.outcome, clock.now())
        else:
            lease.close([Closed(row, State.FAILED, refusal.outcome, address, words)])
    else:
        lease.close([Closed(row, State.SENT, "", address, words)], durable=durable)


def _put_off(rows: Iterable[Claimed], outcome: str, now: datetime) -> None:
    """Try again later, or give up where staff see it: the failure was these messages' own."""
    for row in rows:
        step = rules.after_failure(
            row.attempts, now, useless_after=row.useless_after, jitter=_spread.random()
        )
        if isinstance(step, rules.Again):
            lease.try_again(row, at=step.at, outcome=outcome)
        else:
            lease.close([Closed(row, State.FAILED, outcome, row.address)])


def _language(wanted: str) -> str:
    """The reader's language, or the institution's own where the reader's is not spoken here."""
    known = {code for code, _name in settings.LANGUAGES}
    return wanted if wanted in known else settings.LANGUAGE_CODE
