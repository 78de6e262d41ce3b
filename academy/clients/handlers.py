"""Turns events into calls that wait for delivery: one row per webhook that wants to hear of it."""

from collections.abc import Sequence

from academy.clients import projections
from academy.clients.models import Call, Webhook
from academy.core import clock
from academy.ledger.registry import Event, Handler


def react(events: Sequence[Event]) -> None:
    """Write down who is to be called about these events; unique keys make it safe to repeat."""
    active = Webhook.objects.filter(state=Webhook.State.ACTIVE).select_related("client")
    calls = [
        _call(webhook, event)
        for webhook in active
        for event in events
        if wants(webhook, event.type)
    ]
    Call.objects.bulk_create(calls, batch_size=2_000, ignore_conflicts=True)


def wants(webhook: Webhook, kind: str) -> bool:
    """Whether events of this type are asked for, and exist for the client."""
    shown = projections.projection(webhook.client.projection)
    is_asked = kind in webhook.types if webhook.types else True
    return is_asked and shown.shows(kind) and "events:read" in webhook.client.scopes


def _call(webhook: Webhook, event: Event) -> Call:
    at = clock.now()
    return Call(
        webhook=webhook,
        event_id=event.public_id,
        position=event.entry.position,
        type=event.type,
        subject=f"{event.subject_kind}/{event.subject_id}",
        due_at=at,
        created_at=at,
    )


HANDLER = Handler("webhooks", ("*",), react)
