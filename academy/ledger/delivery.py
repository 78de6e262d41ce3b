"""Bring the feed to the handlers: each behind its own cursor, one worker per handler at a time."""

import structlog
from django.db import connection, transaction

from academy.core import clock
from academy.ledger import actions, registry
from academy.ledger.models import Cursor, Event, FeedEntry

BATCH = 500

log = structlog.get_logger(__name__)


def advance() -> int:
    """Number what was committed and let every handler read on; how many events were handled."""
    actions.sequence_all()
    return sum(drain(handler) for handler in registry.handlers())


def drain(handler: registry.Handler) -> int:
    """Let one handler read until the end of the feed.

    A handler that fails keeps its place: the failure is counted on its cursor, where staff see it,
    and the next call tries again. Other handlers read on.
    """
    total = 0
    while True:
        try:
            read = _one_batch(handler)
        except Exception as error:
            log.exception("ledger.handler_failed", handler=handler.name)
            _count_failure(handler.name, error)
            return total
        if read is None:
            return total
        total += read


def _one_batch(handler: registry.Handler) -> int | None:
    """Handle one batch; None when there is nothing to read or another worker holds the cursor."""
    with transaction.atomic(durable=not connection.in_atomic_block):
        cursor = Cursor.objects.select_for_update(skip_locked=True).filter(pk=handler.name).first()
        if cursor is None:
            Cursor.objects.get_or_create(pk=handler.name)
            cursor = (
                Cursor.objects.select_for_update(skip_locked=True).filter(pk=handler.name).first()
            )
        if cursor is None:
            return None
        entries = list(
            FeedEntry.objects.filter(position__gt=cursor.position)
            .order_by("position")
            .select_related("event")[:BATCH]
        )
        if not entries:
            return None
        wanted: list[Event] = [e.event for e in entries if handler.wants(e.event.type)]
        if wanted:
            handler.react(wanted)
        cursor.position = entries[-1].position
        cursor.moved_at = clock.now()
        cursor.failures, cursor.last_error = 0, ""
        cursor.save(update_fields=["position", "moved_at", "failures", "last_error"])
        return len(wanted)


def _count_failure(name: str, error: Exception) -> None:
    cursor, _ = Cursor.objects.get_or_create(pk=name)
    cursor.failures += 1
    cursor.last_error = type(error).__name__
    cursor.save(update_fields=["failures", "last_error"])
