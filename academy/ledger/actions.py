"""The only writers of the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction

from academy.core import ids
from academy.core.actor import Actor
from academy.ledger import wake

SEQUENCER_LOCK = 7_301_001


@dataclass(frozen=True, slots=True)
class Fact:
    """What happened to what: a past-tense type, the subject, facts as ids, codes and numbers."""

    type: str
    subject_kind: str
    subject_id: UUID
    context_id: UUID | None = None
    person_id: UUID | None = None
    data: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    note: str = ""


RECORD = """
INSERT INTO academy_event (public_id, type, time, subject_kind, subject_id, context_id, person_id,
       data, actor_kind, actor_id, actor_name, behalf_of, reason, request_id)
SELECT public_id, type, time, subject_kind, subject_id, context_id, person_id,
       data, actor_kind, actor_id, actor_name, behalf_of, reason, request_id
  FROM jsonb_to_recordset(%s::jsonb) AS fact (
       public_id uuid, type text, time timestamptz, subject_kind text, subject_id uuid,
       context_id uuid, person_id uuid, data jsonb, actor_kind text, actor_id uuid,
       actor_name text, behalf_of uuid, reason text, request_id text)
RETURNING id
"""
WRITE_NOTES = """
INSERT INTO academy_note (event_id, person_id, text)
SELECT * FROM unnest(%s::bigint[], %s::uuid[], %s::text[])
"""


def record(facts: Sequence[Fact], *, actor: Actor, at: datetime) -> None:
    """Write down what happened, in the transaction of the change itself.

    Refuses to run outside a transaction. After the commit the workers are woken; if the wake-up is
    lost they find the events by themselves within seconds.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An event is recorded in the transaction of its change.")
    events = orjson.dumps([_event(fact, actor, at) for fact in facts])
    with connection.cursor() as cursor:
        cursor.execute(RECORD, [events.decode()])
        if any(fact.note for fact in facts):
            noted = [(row[0], fact) for row, fact in zip(cursor, facts, strict=True) if fact.note]
            columns = zip(*((pk, fact.person_id, fact.note) for pk, fact in noted), strict=True)
            cursor.execute(WRITE_NOTES, [list(column) for column in columns])
    transaction.on_commit(wake.nudge, robust=True)


def _event(fact: Fact, actor: Actor, at: datetime) -> dict[str, Any]:
    return {
        "public_id": ids.public_id(),
        "type": fact.type,
        "time": at,
        "subject_kind": fact.subject_kind,
        "subject_id": fact.subject_id,
        "context_id": fact.context_id,
        "person_id": fact.person_id,
        "data": fact.data,
        "actor_kind": actor.kind.value,
        "actor_id": actor.id,
        "actor_name": actor.name,
        "behalf_of": actor.behalf_of,
        "reason": fact.reason,
        "request_id": actor.request_id,
    }


RECORD_SELECTED = """
INSERT INTO academy_event (public_id, type, time, subject_kind, subject_id, context_id, person_id,
                           data, actor_kind, actor_id, actor_name, reason, request_id)
SELECT gen_random_uuid(), fact.type, fact.time, fact.subject_kind, fact.subject_id, fact.context_id,
       fact.person_id, fact.data, %(actor_kind)s, %(actor_id)s, %(actor_name)s, '', %(request_id)s
  FROM ({facts}) fact
"""


def record_selected(facts: str, values: Mapping[str, Any], *, actor: Actor) -> int:
    """Write down what a SELECT tells, for imports too long to pass through Python; how many.

    The statement names type, time, subject_kind, subject_id, context_id, person_id and data
    (jsonb); it is a constant of the calling room, never made of what somebody sent. Refuses to run
    outside the transaction of the change.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An event is recorded in the transaction of its change.")
    who = {
        "actor_kind": actor.kind.value,
        "actor_id": actor.id,
        "actor_name": actor.name,
        "request_id": actor.request_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(RECORD_SELECTED.format(facts=facts), {**values, **who})
        written = cursor.rowcount
    transaction.on_commit(wake.nudge, robust=True)
    return int(written)


MOVE_TO_FEED = """
WITH moved AS (
    DELETE FROM academy_inbox
     WHERE event_id IN (SELECT event_id FROM academy_inbox ORDER BY event_id LIMIT %(limit)s)
    RETURNING event_id
), base AS (
    SELECT coalesce(max(position), 0) AS position FROM academy_feedentry
), placed AS (
    INSERT INTO academy_feedentry (position, event_id)
    SELECT base.position + row_number() OVER (ORDER BY moved.event_id), moved.event_id
      FROM moved, base
    RETURNING event_id
)
SELECT count(*), coalesce(array_agg(DISTINCT event.type), '{}')
  FROM placed JOIN academy_event event ON event.id = placed.event_id
"""


def sequence(*, limit: int = 5_000) -> int:
    """Give committed events their place in the feed; how many were moved.

    A sequence's numbers are not commit order, so a reader that remembers the last number loses
    whatever commits late. One sequencer at a time (advisory lock) moves what is visible, and only
    its positions are ever used as cursors. Who waits for news is told after the commit.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEQUENCER_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(MOVE_TO_FEED, {"limit": limit})
        moved, types = cursor.fetchone()
        if moved:
            transaction.on_commit(partial(wake.tell, types), robust=True)
        return int(moved)


def sequence_all() -> int:
    """Move everything that waits, in batches; how many were moved."""
    total = 0
    while moved := sequence():
        total += moved
    return total


GRANTS = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {role};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role};
REVOKE UPDATE, DELETE, TRUNCATE ON academy_event, academy_feedentry FROM {role};
"""


def grant_to(role: str) -> None:
    """Let the application's database role work everywhere, but never change or erase the ledger.

    Run by the owner of the tables after each migration; a trigger refuses the same to everybody.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(GRANTS.format(role=connection.ops.quote_name(role)))
