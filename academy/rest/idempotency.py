"""A command that is sent twice is carried out once: the key goes into the action and commits with it.

The hot path pays one statement, an INSERT of the key with its answer as the action's last write. A
second call with the same key runs into the unique index, is rolled back, and gets the stored answer.
A refusal changed nothing and is not stored: sending it again tries again.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import orjson
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _
from psycopg.errors import LockNotAvailable

from academy.core import clock
from academy.core.errors import Invalid, Refused
from academy.rest.models import IdempotencyKey

KEPT = timedelta(hours=24)
LONGEST_KEY = 200
BATCH = 5_000

# The pause for a twin in flight is short: a waiting request holds a worker.
INSERT = """
WITH patience AS MATERIALIZED (SELECT set_config('lock_timeout', '500ms', true))
INSERT INTO academy_idempotencykey (caller, key, fingerprint, status, answer, created_at)
SELECT %s, %s, %s, %s, %s::jsonb, %s FROM patience
"""

DROP_OLD = """
DELETE FROM academy_idempotencykey WHERE id IN
    (SELECT id FROM academy_idempotencykey WHERE created_at < %s ORDER BY created_at LIMIT %s)
"""

Answer = Mapping[str, Any]
Result = TypeVar("Result")


@dataclass(slots=True)
class KeyedCall:
    """One command under a key: who sends it, and a digest of what is asked.

    After `keep` it also holds the answer, so that the first caller is told the same as a repeater.
    """

    caller: UUID
    key: str
    fingerprint: str
    status: int | None = field(default=None, init=False)
    answer: Any = field(default=None, init=False)

    @property
    def is_kept(self) -> bool:
        """Whether the action stored its answer."""
        return self.status is not None


class AlreadyDone(Exception):
    """The key has been used: the transaction is undone and the stored answer is given."""


class InFlight(Refused):
    """The same command is being carried out right now."""

    status = 409


def keep(keyed: KeyedCall | None, status: int, answer: Answer) -> None:
    """Store the answer of a command, as the last write of its transaction.

    Raises AlreadyDone when the key was used before, so that everything else is rolled back.
    """
    if keyed is None:
        return
    if not connection.in_atomic_block:
        raise RuntimeError("A key is kept in the transaction of its command.")
    body = orjson.dumps(answer, default=str, option=orjson.OPT_UTC_Z)
    values = [keyed.caller, keyed.key, keyed.fingerprint, status, body.decode(), clock.now()]
    try:
        with connection.cursor() as cursor:
            cursor.execute(INSERT, values)
    except IntegrityError as error:
        raise AlreadyDone(keyed.key) from error
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise _in_flight() from error
        raise
    keyed.status, keyed.answer = status, orjson.loads(body)


def carry_out(
    keyed: KeyedCall,
    action: Callable[[KeyedCall], Result],
    answer: Callable[[Result], Answer],
    status: int = 200,
) -> tuple[int, Any]:
    """Run a command once; the status and the answer, new or stored.

    An action that does not keep the key itself gets it kept right after its commit.
    """
    try:
        result = action(keyed)
        if not keyed.is_kept:
            with transaction.atomic():
                keep(keyed, status, answer(result))
    except (AlreadyDone, Refused) as refusal:
        stored = _stored(keyed)
        if stored is None:
            raise _in_flight() if isinstance(refusal, AlreadyDone) else refusal from None
        return stored
    return keyed.status or status, keyed.answer


def _stored(keyed: KeyedCall) -> tuple[int, Any] | None:
    row = IdempotencyKey.objects.filter(caller=keyed.caller, key=keyed.key).first()
    if row is None:
        return None
    if row.fingerprint != keyed.fingerprint:
        raise Invalid(
            "idempotency_key_reused", _("This Idempotency-Key was used for something else.")
        )
    return row.status, row.answer


def _in_flight() -> InFlight:
    return InFlight(
        "idempotency_key_in_flight", _("The same call is being carried out; ask again in a moment.")
    )


def fingerprint(method: str, path: str, body: object) -> str:
    """A digest of what is asked; two spellings of one JSON body are the same."""
    canonical = orjson.dumps(body, option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.sha256(b"\n".join([method.encode(), path.encode(), canonical])).hexdigest()


def forget(now: datetime) -> int:
    """Drop keys older than a day, in batches; how many went."""
    total = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(DROP_OLD, [now - KEPT, BATCH])
            gone = int(cursor.rowcount)
        total += gone
        if gone < BATCH:
            return total
