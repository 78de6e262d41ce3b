"""The feed of events: in order, without gaps, through the caller's projection."""

from typing import Any, ClassVar

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access.enums import Right
from academy.api.shapes import ChecksumOut, ChecksumQuery, EventsQuery, FeedOut
from academy.clients import actions as clients, projections
from academy.clients.queries import ClientPass
from academy.ledger import feed
from academy.rest import news
from academy.rest.authentication import check_still_known
from academy.rest.endpoint import Endpoint
from academy.rest.middleware import request_id_of
from academy.rest.pagination import next_link
from academy.rest.permissions import any_of
from academy.rest.renderers import to_json
from academy.rest.schema import answered, describe

SOON = "1"  # seconds: when a reader who has caught up should look again

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
    "end": 4711,
    "next": "/api/v1/events?after=4711",
}
SAME = {
    "after": 4000,
    "until": 4711,
    "count": 2,
    "digest": "9f0c2b6c5f0f7d2c4b0e9a1d8b7a6c5e4f3d2c1b0a9f8e7d6c5b4a3f2e1d0c9b",
    "types": {"enrollment.confirmed": 2},
}


class Feed(Endpoint):
    """What both endpoints of the feed share: the view that the caller has of it."""

    needs: ClassVar = {"GET": any_of(Right.READ_ALL, scope="events:read")}

    def view(self, types: str) -> feed.View:
        """The caller's projection, narrowed to the types that were asked for."""
        wanted = {name.strip() for name in types.split(",") if name.strip()}
        is_system = self.viewer.client_id is not None
        return projections.view_of(self.projection, wanted or None, is_system=is_system)


class Events(Feed):
    """What happened, for systems that keep their own copy."""

    @describe(
        "listEvents",
        "Read the change feed",
        answer=FeedOut,
        query=EventsQuery,
        examples=[answered("A stretch of the feed", EXAMPLE)],
        description="Positions have an order that never changes; nothing is committed behind a "
        "position that was read. Store `position` together with what you made of the events, and "
        "ask on until `position` equals `end`: a stretch may hold no event that you may see. "
        "With `wait` a call that finds nothing new is held until something is, at most for so many "
        "seconds. Where too many wait already, or without `wait`, the answer comes at once with "
        "`Retry-After`. To be told instead, set up a webhook.",
    )
    def get(self, request: Request) -> Response:
        """The next events after a position, when there are some or the time is over."""
        asked = self.query(EventsQuery)
        view = self.view(asked["types"])
        caller = self.viewer.client_id or self.viewer.account_public_id
        with news.room.reader(caller, view.wanted, asked["wait"]) as reader:
            found = self._look(asked["after"], view, asked["limit"])
            self._note(asked["after"], found)
            while _is_idle(found) and news.room.comes(reader):
                check_still_known(request)
                found = self._look(found.reached, view, asked["limit"])
        if reader.has_waited and found.people:
            self._note(asked["after"], found)
        return self._answer(found, soon=_is_idle(found) and not reader.has_waited)

    def _look(self, after: int, view: feed.View, limit: int) -> feed.Stretch:
        return feed.stretch(after, view=view, limit=limit, source=settings.PUBLIC_URL)

    def _answer(self, found: feed.Stretch, *, soon: bool) -> Response:
        rest = {
            "position": found.reached,
            "end": found.end,
            "next": next_link(self.request._request, after=str(found.reached)),  # noqa: SLF001
        }
        body = b'{"items":' + found.events + b"," + to_json(rest)[1:]
        return Response(body, headers={"Retry-After": SOON} if soon else {})

    def _note(self, after: int, found: feed.Stretch) -> None:
        if isinstance(self.request.auth, ClientPass):
            clients.note_reading(
                client=self.request.auth.client_pk,
                after=after,
                projection=self.projection.name,
                people=found.people,
                request_id=request_id_of(self.request._request),  # noqa: SLF001
            )


def _is_idle(found: feed.Stretch) -> bool:
    """Whether the reader has all that there is."""
    return not found.count and found.reached >= found.end


class Checksum(Feed):
    """Whether a copy of the feed is complete."""

    @describe(
        "getEventsChecksum",
        "Compare a copy with the feed",
        answer=ChecksumOut,
        query=ChecksumQuery,
        examples=[answered("Two events", SAME)],
        description="Counts the events that the caller may see behind `after` up to `until`, at "
        "most 100,000 positions at once: go on with `after` set to the `until` of the answer. The "
        "digest is SHA-256, in hexadecimal, over one line `position id` for each of them, in the "
        "order of the feed and joined by line feeds.",
    )
    def get(self, request: Request) -> Response:
        """Count and digest of a stretch."""
        asked = self.query(ChecksumQuery)
        found = feed.checksum(asked["after"], asked["until"], view=self.view(asked["types"]))
        body: dict[str, Any] = {
            "after": found.after,
            "until": found.until,
            "count": found.count,
            "digest": found.digest,
            "types": found.types,
        }
        return Response(body)
