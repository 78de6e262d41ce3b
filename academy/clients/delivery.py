"""Call the webhooks: lease, sign, send, note. Nothing here holds a transaction while it sends."""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import structlog
from django.db import connection, transaction
from django.db.models import F

from academy.calls import signing, transport
from academy.clients import rules, webhooks
from academy.clients.models import Call, Webhook
from academy.clients.rules import Verdict
from academy.core import clock
from academy.core.actor import Actor

LEASE = timedelta(seconds=90)  # longer than a turn of one webhook may take
PER_WEBHOOK = 5  # calls of one webhook in one turn, one after the other
AT_ONCE = 8  # webhooks that are called at the same time
KEPT = timedelta(days=30)
ME = Actor.system("clients.call_webhooks")

log = structlog.get_logger(__name__)

# The first waiting call of each subject only: the next one waits until that one is settled.
# The update asks again whether a call is free: another worker may have leased it after this
# statement took its snapshot and let go of the webhook before this one came to its row.
CLAIM = """
WITH hook AS (
    SELECT id, url, secret, former_secret, former_until FROM academy_webhook hook
     WHERE state = 'active' AND (rests_until IS NULL OR rests_until <= %(now)s)
       AND EXISTS (SELECT 1 FROM academy_call call WHERE call.webhook_id = hook.id
                      AND call.state = 'waiting' AND call.due_at <= %(now)s
                      AND (call.lease_until IS NULL OR call.lease_until <= %(now)s))
     ORDER BY rests_until NULLS FIRST, id LIMIT %(hooks)s FOR UPDATE SKIP LOCKED
), chosen AS (
    SELECT call.id FROM hook CROSS JOIN LATERAL (
        SELECT id FROM academy_call call
         WHERE webhook_id = hook.id AND state = 'waiting' AND due_at <= %(now)s
           AND (lease_until IS NULL OR lease_until <= %(now)s)
           AND NOT EXISTS (SELECT 1 FROM academy_call older
                            WHERE older.webhook_id = call.webhook_id AND older.state = 'waiting'
                              AND older.subject = call.subject AND older.id < call.id)
         ORDER BY attempts, id LIMIT %(calls)s) call
), leased AS (
    UPDATE academy_call call SET lease_until = %(until)s, attempts = attempts + 1
      FROM chosen WHERE call.id = chosen.id AND state = 'waiting'
                    AND (lease_until IS NULL OR lease_until <= %(now)s)
    RETURNING call.*
)
SELECT leased.id, leased.public_id, leased.event_id, leased.position, leased.type, leased.subject,
       leased.attempts, leased.created_at, hook.id, hook.url, hook.secret,
       CASE WHEN hook.former_until > %(now)s THEN hook.former_secret END
  FROM leased JOIN hook ON hook.id = leased.webhook_id
 ORDER BY leased.attempts, leased.id
"""


@dataclass(frozen=True, slots=True)
class Leased:
    """A call that this worker makes, with the address and the secrets to sign with."""

    pk: int
    public_id: UUID
    event: UUID
    position: int | None
    type: str
    subject: str
    attempts: int
    created_at: datetime
    webhook: int
    url: str
    secret: bytes
    former_secret: bytes | None

    def body(self) -> bytes:
        """A wake-up: what happened to what, and where in the feed; the facts are read there."""
        data = {"id": self.event, "subject": self.subject, "position": self.position}
        told = {"type": self.type, "timestamp": self.created_at, "data": data}
        return orjson.dumps(told, option=orjson.OPT_UTC_Z)

    def keys(self) -> list[str]:
        """The secrets that are valid now, the newest first."""
        stored = (self.secret, self.former_secret)
        return [signing.unseal(secret) for secret in stored if secret]


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one try."""

    call: Leased
    at: datetime
    status: int | None
    answer: str
    milliseconds: int | None


def call_webhooks() -> int:
    """Make one turn: some calls of some webhooks; how many were tried.

    Webhooks are called side by side and one webhook's calls one after the other, until the first
    that fails: then that webhook rests, and the others never notice.
    """
    by_webhook: dict[int, list[Leased]] = defaultdict(list)
    for call in claim():
        by_webhook[call.webhook].append(call)
    if not by_webhook:
        return 0
    with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="webhook") as pool:
        turns = list(pool.map(_turn, by_webhook.values()))
    for tries, untried in turns:
        for number, tried in enumerate(tries):
            _settle(tried, is_first=number == 0)
        Call.objects.filter(pk__in=untried).update(lease_until=None, attempts=F("attempts") - 1)
    return sum(len(tries) for tries, _untried in turns)


def claim() -> list[Leased]:
    """Calls that are due, leased to this worker: nobody else is given them meanwhile."""
    now = clock.now()
    values: dict[str, Any] = {
        "now": now,
        "until": now + LEASE,
        "hooks": AT_ONCE,
        "calls": PER_WEBHOOK,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        return [Leased(*row) for row in cursor.fetchall()]


def _turn(calls: list[Leased]) -> tuple[list[Tried], list[int]]:
    """Runs in a thread of its own and touches no database."""
    tries: list[Tried] = []
    for number, call in enumerate(calls):
        tries.append(_try(call))
        if rules.verdict_on(tries[-1].status) is not Verdict.TAKEN:
            return tries, [left.pk for left in calls[number + 1 :]]
    return tries, []


def _try(call: Leased) -> Tried:
    at, body = clock.now(), call.body()
    headers = signing.headers(str(call.public_id), at, body, call.keys())
    try:
        reply = transport.post(call.url, body, headers)
    except transport.NotCalled as error:
        return Tried(call, at, None, str(error), None)
    return Tried(call, at, reply.status, reply.text, reply.milliseconds)


def _settle(tried: Tried, *, is_first: bool) -> None:
    """Note what came of a try. Only a failure at the beginning of a turn lets the webhook rest.

    A single call that is refused again and again waits alone: fresh ones go before it.
    """
    verdict, call = rules.verdict_on(tried.status), tried.call
    pause = rules.pause_after(call.attempts)
    state = Call.State.WAITING
    if verdict is Verdict.TAKEN:
        state = Call.State.TAKEN
    elif verdict is Verdict.GONE or pause is None:
        state = Call.State.GIVEN_UP
    Call.objects.filter(pk=call.pk, state=Call.State.WAITING).update(
        state=state,
        due_at=tried.at + (pause or timedelta()),
        lease_until=None,
        status=tried.status,
        answer=tried.answer,
        milliseconds=tried.milliseconds,
        tried_at=tried.at,
    )
    if verdict is Verdict.TAKEN:
        failing = Webhook.objects.filter(pk=call.webhook, failing_since__isnull=False)
        failing.update(rests_until=None, failing_since=None)
    elif verdict is Verdict.GONE:
        _disable(call.webhook, Webhook.State.GONE)
    elif is_first:
        _let_rest(tried)


def _let_rest(tried: Tried) -> None:
    row = Webhook.objects.get(pk=tried.call.webhook)
    if rules.is_dead(row.failing_since, tried.at):
        _disable(row.pk, Webhook.State.DEAD)
        return
    Webhook.objects.filter(pk=row.pk).update(
        rests_until=tried.at + rules.rest_after(tried.call.attempts),
        failing_since=row.failing_since or tried.at,
    )


def _disable(webhook: int, state: Webhook.State) -> None:
    webhooks.disable(webhook=webhook, state=state, actor=ME)
    log.warning("webhooks.disabled", webhook=webhook, state=state.value)


def forget_calls() -> int:
    """Drop settled calls older than a month; how many went."""
    old = Call.objects.filter(created_at__lt=clock.now() - KEPT)
    return old.exclude(state=Call.State.WAITING).delete()[0]
