"""Bring the feed to the handlers: each behind its own cursor, one worker per handler at a time."""

import structlog
from django.db import connection, transaction
from django.db.models import Max

from academy.core import clock
from academy.ledger import actions, registry
from academy.ledger.models import Cursor, Event, FeedEntry

BATCH = 500

log = structlog.get_logger(__name__)


def advance() -> int:
    """Number what was committed and let every handler read on; how many events were handled."""
    actions.sequence_all()
    at_the_end = _at_the_end()
    return sum(drain(each) for each in registry.handlers() if each.name not in at_the_end)


def _at_the_end() -> set[str]:
    """The handlers that have read the whole feed: between two events nothing is asked of them."""
    last = FeedEntry.objects.aggregate(last=Max("position"))["last"] or 0
    return set(Cursor.objects.filter(position__gte=last).values_list("name", flat=True))


def drain(handler: registry.Handler) -> int:
    """Let one handler read until the end of the feed.

    A handler that fails keeps its place: the failure is counted on its cursor, where staff see it,
    and the next call tries again. Other handlers read on.
    """
    total, is_full = 0, True
    while is_full:  # a batch that was not full has reached the end
        try:
            handled, is_full = _one_batch(handler)
        except Exception as error:
            log.exception("ledger.handler_failed", handler=handler.name)
            _count_failure(handler.name, error)
            return total
        total += handled
    return total


def _one_batch(handler: registry.Handler) -> tuple[int, bool]:
    """Handle one batch: how many events, and whether more may wait behind it.

    Nothing is read where another worker holds the cursor.
    """
    with transaction.atomic(durable=not connection.in_atomic_block):
        cursor = Cursor.objects.select_for_update(skip_locked=True).filter(pk=handler.name).first()
        if cursor is None:
            Cursor.objects.get_or_create(pk=handler.name)
            cursor = (
                Cursor.objects.select_for_update(skip_locked=True).filter(pk=handler.name).first()
            )
        if cursor is None:
            return 0, False
        entries = list(
            FeedEntry.objects.filter(position__gt=cursor.position)
            .order_by("position")
            .select_related("event")[:BATCH]
        )
        if not entries:
            return 0, False
        wanted: list[Event] = [e.event for e in entries if handler.wants(e.event.type)]
        if wanted:
            handler.react(wanted)
        cursor.position = entries[-1].position
        cursor.moved_at = clock.now()
        cursor.failures, cursor.last_error = 0, ""
        cursor.save(update_fields=["position", "moved_at", "failures", "last_error"])
        return len(wanted), len(entries) == BATCH


def _count_failure(name: str, error: Exception) -> None:
    cursor, _ = Cursor.objects.get_or_create(pk=name)
    cursor.failures += 1
    cursor.last_error = type(error).__name__
    cursor.save(update_fields=["failures", "last_error"])
