"""Who works on which message, and what became of it: every change of a row on its way.

Each change names the lease under which it is made. A worker that lost its lease (it stood still for
minutes) changes nothing any more.
"""

import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
import structlog
from django.db import InterfaceError, OperationalError, connection
from django.db.models import F, QuerySet

from academy.core import clock
from academy.messages import rules
from academy.messages.models import Message, Outgoing
from academy.messages.registry import Claimed
from academy.messages.render import Words

LENGTH = timedelta(seconds=150)  # longer than a task may live (`task_time_limit`)
BATCH = 500
# Seconds between tries to record a sent message: a database that restarts or fails over is back by
# then, and the lease has not run out.
PAUSES = (0.1, 0.4, 1.0, 2.0, 4.0, 8.0, 16.0)

State = Message.State
log = structlog.get_logger(__name__)
_spread = random.Random()  # noqa: S311 - jitter, not a secret

CLAIM = """
WITH due AS (
    SELECT message_id, lease_until IS NOT NULL AS is_left_behind
      FROM academy_outgoing
     WHERE next_at <= %(now)s AND {which}
     LIMIT {limit} FOR UPDATE SKIP LOCKED
),
claimed AS (
    UPDATE academy_outgoing
       SET lease_until = %(until)s, attempts = attempts + 1
     WHERE message_id IN (SELECT message_id FROM due ORDER BY is_left_behind DESC
                           LIMIT CASE WHEN (SELECT bool_or(is_left_behind) FROM due) THEN 1 END)
    RETURNING *
)
SELECT message.id, message.public_id, message.person_id, message.kind, message.subject_id,
       message.facts::text, claimed.attempts, claimed.outcome,
       message.created_at::text, message.useless_after::text, person.left_on,
       concat_ws(' ', person.given_name, nullif(person.patronymic, '')),
       coalesce(nullif(person.email, ''), account.email, ''),
       coalesce(nullif(account.language, ''), person.language),
       message.in_digest, coalesce(choice.conveniences, 'mail'), dead.address IS NOT NULL,
       coalesce(choice.phone, '')
  FROM claimed
  JOIN academy_message message ON message.id = claimed.message_id
  JOIN academy_person person ON person.id = message.person_id
  LEFT JOIN academy_account account ON account.person_id = person.id
  LEFT JOIN academy_mailchoice choice ON choice.person_id = person.id
  LEFT JOIN academy_deadaddress dead
    ON dead.address = lower(coalesce(nullif(person.email, ''), account.email, ''))
 ORDER BY claimed.urgent DESC, claimed.next_at, claimed.message_id
"""
FREE = """
(lease_until IS NULL OR lease_until <= %(now)s) ORDER BY urgent DESC, next_at, message_id"""
OF_THE_SAME_READERS = """
lease_until IS NULL AND digest_of = ANY(%(people)s) ORDER BY digest_of, next_at"""


def claim(*, limit: int = BATCH) -> list[Claimed]:
    """Take due messages, urgent ones first. What a dead worker left behind is taken alone.

    With one part of a digest come the other parts that are due: they leave in one mail.
    """
    now = clock.now()
    batch = _take(FREE, now, limit)
    people = {message.person_id for message in batch if message.in_digest}
    return batch + (_take(OF_THE_SAME_READERS, now, limit, sorted(people)) if people else [])


def _take(which: str, now: datetime, limit: int, people: Sequence[int] = ()) -> list[Claimed]:
    # The limit is part of the text: with a parameter there, PostgreSQL plans for a tenth of the
    # table and reads all of it for each batch.
    statement, until = CLAIM.format(which=which, limit=int(limit)), now + LENGTH
    with connection.cursor() as cursor:
        params: dict[str, Any] = {"now": now, "until": until, "people": list(people)}
        cursor.execute(statement, params)
        return [_claimed(row, until) for row in cursor.fetchall()]


def _claimed(row: Sequence[Any], until: datetime) -> Claimed:
    """Moments come as text, which is read many times as fast as by the adapter."""
    facts, attempts, outcome, created_at, useless_after = row[5:10]
    known: list[Any] = [
        *row[:5],
        orjson.loads(facts),
        attempts,
        outcome,
        until,
        datetime.fromisoformat(created_at),
        datetime.fromisoformat(useless_after) if useless_after else None,
        *row[10:],
    ]
    return Claimed(*known)


@dataclass(frozen=True, slots=True)
class Closed:
    """What became of a message."""

    message: Claimed
    state: Message.State
    outcome: str = ""
    address: str = ""
    words: Words | None = None
    channel: str = "email"

    def as_row(self) -> dict[str, object]:
        """The columns that change, and the lease under which they may."""
        return {
            "id": self.message.id,
            "lease": self.message.lease_until,
            "state": self.state.value,
            "outcome": self.outcome[:60],
            "address": self.address,
            "channel": self.channel,
            "language": self.words.language if self.words else "",
            "title": self.words.title if self.words else "",
            "body": self.words.kept if self.words else "",
        }


CLOSE = """
WITH commit AS (SELECT set_config('synchronous_commit', %(commit)s, true)),
closed AS (
    SELECT * FROM commit, jsonb_to_recordset(%(closed)s::jsonb)
           AS closed(id bigint, lease timestamptz, state text, outcome text, address text,
                     channel text, language text, title text, body text)
),
settled AS (
    DELETE FROM academy_outgoing outgoing USING closed
     WHERE outgoing.message_id = closed.id AND outgoing.lease_until = closed.lease
    RETURNING outgoing.message_id, outgoing.attempts
)
UPDATE academy_message message
   SET state = closed.state, outcome = closed.outcome, address = closed.address,
       channel = closed.channel, language = closed.language, title = closed.title,
       body = closed.body, attempts = settled.attempts, closed_at = %(now)s
  FROM closed JOIN settled ON settled.message_id = closed.id
 WHERE message.id = closed.id
"""


def close(closed: Sequence[Closed], *, durable: bool = True) -> int:
    """Record what became of these messages, in one statement and one commit.

    One that is not `durable` is seen by everybody at once and survives the death of this worker;
    only a crash of the database itself can lose it, until the next durable commit of anyone.
    """
    if not closed:
        return 0
    params = {
        "now": clock.now(),
        "commit": "on" if durable else "off",
        "closed": orjson.dumps([each.as_row() for each in closed]).decode(),
    }
    with connection.cursor() as cursor:
        cursor.execute(CLOSE, params)
        changed = int(cursor.rowcount)
    if changed < len(closed):
        log.warning("messages.lease_lost", messages=len(closed) - changed)
    return changed


def close_in_spite(closed: Sequence[Closed], *, durable: bool) -> int:
    """Record what cannot be undone; while the database is away, wait for it as long as makes sense.

    The other side has the message: if nobody writes that down, it is told again.
    """
    for pause in PAUSES:
        try:
            return close(closed, durable=durable)
        except (OperationalError, InterfaceError) as error:
            if connection.in_atomic_block:
                raise
            log.warning("messages.database_away", error=type(error).__name__, pause=pause)
            connection.close()
            # What else lies in the pool has died with this one.
            connection.close_pool()  # type: ignore[attr-defined]
            time.sleep(pause)
    return close(closed, durable=durable)


def try_again(message: Claimed, *, at: datetime, outcome: str) -> None:
    """Put a message off after a try that failed."""
    _held([message]).update(next_at=at, lease_until=None, outcome=outcome)


def put_off(messages: Iterable[Claimed], outcome: str, now: datetime) -> None:
    """Try again later, or give up where staff see it: the failure was these messages' own."""
    for row in messages:
        step = rules.after_failure(
            row.attempts, now, useless_after=row.useless_after, jitter=_spread.random()
        )
        if isinstance(step, rules.Again):
            try_again(row, at=step.at, outcome=outcome)
        else:
            close([Closed(row, State.FAILED, outcome, row.address)])


def put_back_unreached(messages: Sequence[Claimed], now: datetime) -> None:
    """The other side was away: these are tried soon, all at about the same time."""
    if messages:
        until = rules.after_unreachable(now, jitter=_spread.random())
        put_back(messages, until=until, outcome="server_unreachable")


def give_back(messages: Sequence[Claimed]) -> None:
    """Nothing was tried with these: as if they had not been claimed."""
    _held(messages).update(lease_until=None, attempts=F("attempts") - 1)


def put_back(messages: Sequence[Claimed], *, until: datetime, outcome: str) -> None:
    """Not now, and no message's fault: these are tried later, and it does not count as a try."""
    _held(messages).update(
        next_at=until, lease_until=None, attempts=F("attempts") - 1, outcome=outcome
    )


def _held(messages: Sequence[Claimed]) -> QuerySet[Outgoing]:
    return Outgoing.objects.filter(
        pk__in=[message.id for message in messages],
        lease_until__in={message.lease_until for message in messages},
    )
