"""Writing messages down. Nothing here sends: delivery does, from rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Missing, Refused
from academy.ledger.actions import Fact, record
from academy.messages import registry
from academy.messages.enums import Convenience
from academy.messages.models import MailChoice, Message, Outgoing


@dataclass(frozen=True, slots=True)
class Draft:
    """What must be told to one person. `occurrence` tells two of the same kind apart."""

    person: int
    kind: str
    subject_kind: str
    subject_id: UUID
    occurrence: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    due_at: datetime | None = None  # now
    useless_after: datetime | None = None
    in_digest: bool = False


INSERT = """
WITH written AS (
    INSERT INTO academy_message (
        public_id, person_id, kind, subject_kind, subject_id, occurrence, facts, due_at,
        useless_after, urgent, in_digest, created_at, state, attempts, outcome, channel, address,
        language, title, body)
    SELECT gen_random_uuid(), drafts.person_id, drafts.kind, drafts.subject_kind, drafts.subject_id,
           drafts.occurrence, drafts.facts, drafts.due_at, drafts.useless_after, drafts.urgent,
           drafts.in_digest, %(now)s, 'waiting', 0, '', 'email', '', '', '', ''
      FROM ({selected}) drafts ORDER BY drafts.person_id
        ON CONFLICT (person_id, subject_id, kind, occurrence) DO NOTHING
    RETURNING id, urgent, due_at, person_id, in_digest
)
INSERT INTO academy_outgoing (message_id, urgent, next_at, digest_of, attempts, outcome)
SELECT id, urgent, due_at, CASE WHEN in_digest THEN person_id END, 0, '' FROM written
"""

FROM_ROWS = """
SELECT *
  FROM jsonb_to_recordset(%(drafts)s::jsonb)
       AS rows(person_id bigint, kind text, subject_kind text, subject_id uuid, occurrence text,
               facts jsonb, due_at timestamptz, useless_after timestamptz, urgent boolean,
               in_digest boolean)
"""


def write_messages(drafts: Sequence[Draft], *, at: datetime) -> int:
    """Write down what must be told; how many were new.

    A message that exists already, whoever wrote it, stays as it is: calling this again is harmless.
    """
    if not drafts:
        return 0
    rows = [_row(draft, at) for draft in drafts]
    return write_selected(FROM_ROWS, {"drafts": orjson.dumps(rows).decode()}, at=at)


def _row(draft: Draft, at: datetime) -> dict[str, object]:
    return {
        "person_id": draft.person,
        "kind": draft.kind,
        "subject_kind": draft.subject_kind,
        "subject_id": draft.subject_id,
        "occurrence": draft.occurrence,
        "facts": draft.facts,
        "due_at": draft.due_at or at,
        "useless_after": draft.useless_after,
        "urgent": _is_urgent(draft.kind),
        "in_digest": draft.in_digest,
    }


def write_selected(selected: str, params: Mapping[str, Any], *, at: datetime) -> int:
    """Write down what a SELECT finds, without the rows passing through here; how many were new.

    The SELECT (text of a higher room's own code, never of a user) names the columns person_id,
    kind, subject_kind, subject_id, occurrence, facts, due_at, useless_after, urgent and in_digest.
    """
    with connection.cursor() as cursor:
        cursor.execute(INSERT.format(selected=selected), {**params, "now": at})
        return int(cursor.rowcount)


RETRACT = """
WITH retracted AS (
    DELETE FROM academy_outgoing outgoing USING academy_message message
     WHERE message.id = outgoing.message_id AND outgoing.lease_until IS NULL
       AND message.kind = %(kind)s AND message.facts ->> %(fact)s = %(value)s
    RETURNING outgoing.message_id, outgoing.attempts
)
UPDATE academy_message
   SET state = 'dropped', outcome = %(reason)s, closed_at = %(at)s, attempts = retracted.attempts,
       occurrence = left(occurrence, 66) || '#' || id
  FROM retracted WHERE id = retracted.message_id
"""


def retract(*, kind: str, fact: str, value: str, reason: str, at: datetime) -> int:
    """Take back what waits and names this fact, and say why; how many.

    The key of what is taken back is free again, so that it can be written anew. What a worker holds
    at this moment is on its way and stays.
    """
    named: dict[str, Any] = {"kind": kind, "fact": fact, "value": value}
    with connection.cursor() as cursor:
        cursor.execute(RETRACT, {**named, "reason": reason, "at": at})
        return int(cursor.rowcount)


def _is_urgent(name: str) -> bool:
    kind = registry.find(name)
    return kind is not None and kind.urgent


def send_again(*, message: UUID, actor: Actor) -> Message:
    """Tell the same once more, as a new message that points to the first.

    It is still dropped when it is no longer true. Refuses while the first one waits.
    """
    at = clock.now()
    with transaction.atomic(durable=True):
        first = _seen_by_staff().select_for_update().filter(public_id=message).first()
        if first is None:
            raise Missing("unknown_message", _("There is no such message."))
        if first.state == Message.State.WAITING:
            raise Refused("still_waiting", _("This message is still waiting to be sent."))
        again = Message.objects.create(
            person_id=first.person_id,
            kind=first.kind,
            subject_kind=first.subject_kind,
            subject_id=first.subject_id,
            occurrence=_next_occurrence(first),
            facts=first.facts,
            urgent=True,
            created_at=at,
            due_at=at,
            again_of=first,
        )
        Outgoing.objects.create(message=again, urgent=True, next_at=at)
        record([_sent_again(first, again)], actor=actor, at=at)
        return again


def try_now(*, message: UUID, actor: Actor) -> None:
    """Try at once what was put off after a failure; the tries that it has left are not changed.

    Refuses what is closed, in a worker's hands, or waits for its own time.
    """
    at = clock.now()
    with transaction.atomic(durable=True):
        row = _seen_by_staff().select_related("person").filter(public_id=message).first()
        if row is None:
            raise Missing("unknown_message", _("There is no such message."))
        place = Outgoing.objects.select_for_update().filter(message=row).first()
        if place is None or place.lease_until or not place.outcome:
            raise Refused("not_put_off", _("This message does not wait for another try."))
        place.next_at = at
        place.save(update_fields=["next_at"])
        fact = Fact(
            "message.hurried",
            "message",
            row.public_id,
            person_id=row.person.public_id,
            data={"kind": row.kind, "outcome": place.outcome},
        )
        record([fact], actor=actor, at=at)


def _seen_by_staff() -> QuerySet[Message]:
    return Message.objects.exclude(kind__in=registry.confidential())


def _next_occurrence(first: Message) -> str:
    base = first.occurrence.partition("~")[0]
    told = Message.objects.filter(
        person_id=first.person_id,
        subject_id=first.subject_id,
        kind=first.kind,
        occurrence__startswith=f"{base}~",
    ).count()
    return f"{base}~{told + 2}"


def _sent_again(first: Message, again: Message) -> Fact:
    return Fact(
        "message.sent_again",
        "message",
        again.public_id,
        person_id=first.person.public_id,
        data={"kind": first.kind, "first": str(first.public_id)},
    )


def mark_read(*, person: int, upto: int, at: datetime) -> int:
    """The person has looked at "what we sent you": nothing up to that row is unread any more."""
    return Message.objects.filter(
        person_id=person, id__lte=upto, read_at__isnull=True, closed_at__isnull=False
    ).update(read_at=at)


def choose(*, person: int, conveniences: Convenience, wants_digest: bool, phone: str = "") -> None:
    """How somebody wants what is not duty, from now on and for what is waiting."""
    MailChoice.objects.update_or_create(
        person_id=person,
        defaults={"conveniences": conveniences.value, "wants_digest": wants_digest, "phone": phone},
    )


def stop_mails(*, message: UUID) -> None:
    """The reader of this message wants no more mails of its kind: they stay on the page.

    Refuses where the kind is duty: somebody else waits for what it asks.
    """
    found = Message.objects.filter(public_id=message).first()
    kind = registry.find(found.kind) if found else None
    if found is None or kind is None:
        raise Missing("unknown_message", _("There is no such message."))
    if kind.duty:
        raise Refused("is_duty", _("Messages of this kind cannot be switched off."))
    MailChoice.objects.update_or_create(
        person_id=found.person_id, defaults={"conveniences": Convenience.PAGE.value}
    )
