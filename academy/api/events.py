"""The feed of events: in order, without gaps, through the caller's projection."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access.enums import Right
from academy.api.shapes import EventsQuery, FeedOut
from academy.clients.projections import Projection
from academy.ledger import queries as ledger
from academy.rest.endpoint import Endpoint
from academy.rest.pagination import next_link
from academy.rest.permissions import any_of
from academy.rest.schema import answered, describe

EXAMPLE = {
    "items": [
        {
            "specversion": "1.0",
            "id": "7d9ffb2c-42a2-4dc5-9a40-0a2f3f0f4a51",
            "source": "https://training.example.org",
            "type": "enrollment.confirmed",
            "subject": "enrollment/5cfa1a0e-6f63-4d44-a3a5-6f9b8c1b6a3e",
            "time": "2026-11-23T09:30:00Z",
            "datacontenttype": "application/json",
            "data": {"context": "0b6a3a52-0a2c-4a9e-8d6f-2a4d1f0e9c77"},
            "position": 4711,
        }
    ],
    "position": 4711,
    "next": "/api/v1/events?after=4711",
}


class Events(Endpoint):
    """What happened, for systems that keep their own copy."""

    needs: ClassVar = {"GET": any_of(Right.READ_ALL, scope="events:read")}

    @describe(
        "listEvents",
        "Read the change feed",
        answer=FeedOut,
        query=EventsQuery,
        examples=[answered("A stretch of the feed", EXAMPLE)],
        description="Positions have an order that never changes; nothing is committed behind a "
        "position that was read. Store `position` together with what you made of the events.",
    )
    def get(self, request: Request) -> Response:
        """The next events after a position."""
        asked = self.query(EventsQuery)
        end = ledger.last_position()  # read first: what is numbered meanwhile comes next time
        types = _types(asked["types"], self.projection)
        entries = (
            []
            if types == []
            else ledger.feed_after(asked["after"], types=types or (), limit=asked["limit"])
        )
        items = [_cloud_event(entry, self.projection) for entry in entries]
        is_full = len(entries) == asked["limit"]
        reached = entries[-1].position if is_full else max(end, asked["after"])
        if entries:
            reached = max(reached, entries[-1].position)
        self.disclosed("events", _people(entries, self.projection))
        link = next_link(request, after=str(reached))
        return Response({"items": items, "position": reached, "next": link})


def _types(asked: str, projection: Projection) -> list[str] | None:
    """The types to read: None for all of them, an empty list for nothing at all."""
    wanted = {name.strip() for name in asked.split(",") if name.strip()}
    if projection.is_full:
        return sorted(wanted) or None
    open_types = {kind for kind in projection.fields if "." in kind}
    return sorted(wanted & open_types if wanted else open_types)


def _cloud_event(entry: Any, projection: Projection) -> dict[str, Any]:
    event = entry.event
    return {
        "specversion": "1.0",
        "id": event.public_id,
        "source": settings.PUBLIC_URL,
        "type": event.type,
        "subject": f"{event.subject_kind}/{event.subject_id}",
        "time": event.time,
        "datacontenttype": "application/json",
        "data": projection.cut(event.type, _facts(event)),
        "position": entry.position,
    }


def _facts(event: Any) -> Mapping[str, Any]:
    """The event's data and, beside them, whom and what it concerns and who acted."""
    beside = {
        "person": event.person_id,
        "context": event.context_id,
        "actor": f"{event.actor_kind}/{event.actor_id or event.actor_name}",
        "reason": event.reason or None,
    }
    return {**event.data, **{name: value for name, value in beside.items() if value}}


def _people(entries: list[Any], projection: Projection) -> list[UUID]:
    return [
        entry.event.person_id
        for entry in entries
        if entry.event.person_id
        and (projection.is_full or "person" in projection.fields[entry.event.type])
    ]
