"""A command that is sent twice is carried out once: its key commits with it.

The hot path pays one statement, an INSERT of the key with its answer as the action's last write. A
second call with the same key runs into the unique index, is rolled back, and is given the stored
answer. A refusal changed nothing and is not stored: sending it again tries again.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _
from psycopg.errors import LockNotAvailable

from academy.core import clock
from academy.core.errors import Invalid, Refused
from academy.rest.models import IdempotencyKey
from academy.rest.renderers import to_json

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


class AlreadyDone(Exception):
    """The key has been used: the transaction is undone and the stored answer is given."""


class InFlight(Refused):
    """The same command is being carried out right now."""

    status = 409


@dataclass(slots=True)
class KeyedCall:
    """One command under a key: who sends it, a digest of what is asked, and how it is answered.

    Handed to an action, which calls `keep` with its result as its last write. The answer that was
    kept is also what the first caller is told.
    """

    caller: UUID
    key: str
    fingerprint: str
    render: Callable[[Any], Answer]
    status: int = 200
    answer: Any = field(default=None, init=False)

    def keep(self, result: object) -> None:
        """Store the answer in the transaction of the command.

        Raises AlreadyDone when the key was used before, so that everything else is rolled back.
        """
        if not connection.in_atomic_block:
            raise RuntimeError("A key is kept in the transaction of its command.")
        body = to_json(self.render(result))
        values: list[Any] = [
            self.caller,
            self.key,
            self.fingerprint,
            self.status,
            body.decode(),
            clock.now(),
        ]
        try:
            with connection.cursor() as cursor:
                cursor.execute(INSERT, values)
        except IntegrityError as error:
            raise AlreadyDone(self.key) from error
        except OperationalError as error:
            if isinstance(error.__cause__, LockNotAvailable):
                raise _in_flight() from error
            raise
        self.answer = orjson.loads(body)


def carry_out(keyed: KeyedCall, action: Callable[[KeyedCall], object]) -> tuple[int, Any]:
    """Run a command once; the status and the answer, new or stored.

    An action that does not keep the key itself gets it kept right after its commit.
    """
    try:
        result = action(keyed)
        if keyed.answer is None:
            with transaction.atomic():
                keyed.keep(result)
    except (AlreadyDone, Refused, IntegrityError) as refusal:
        stored = _stored(keyed)
        if stored is None:
            raise _in_flight() if isinstance(refusal, AlreadyDone) else refusal from None
        return stored
    return keyed.status, keyed.answer


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
