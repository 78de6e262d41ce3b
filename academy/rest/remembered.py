"""Public lists as bytes in this process's memory, for as long as nothing has happened.

The number of committed events is the catalogue's revision: every change writes an event, so equal
numbers mean equal bytes. It is looked up at most once a second; what a list says may be that old.
"""

import time
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from rest_framework.response import Response

from academy.ledger import queries as ledger
from academy.rest import conditional
from academy.rest.endpoint import Endpoint

LOOK_EVERY = 1.0  # seconds
LONGEST = 60.0  # seconds: "the next run" also changes by the clock
MOST = 500  # answers, then the memory starts anew

CACHE_CONTROL = "public, no-cache"


@dataclass(frozen=True, slots=True)
class Answer:
    """The bytes of one address and when they were right."""

    revision: int
    until: float
    etag: str
    body: bytes


class Revision:
    """How many events are committed, as of at most a second ago."""

    def __init__(self) -> None:
        self.looked_at, self.number = 0.0, -1

    def at(self, now: float) -> int:
        """The number at this moment of the monotonic clock."""
        if now - self.looked_at >= LOOK_EVERY:
            self.number = ledger.last_position() + ledger.waiting_in_inbox()
            self.looked_at = now
        return self.number


_answers: dict[str, Answer] = {}
_revision = Revision()


class RememberedEndpoint(Endpoint):
    """A public read whose answer depends on its address alone.

    Known bytes are answered before DRF is entered; `remember` in `get` makes them known.
    """

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """The view, with its memory in front."""
        view = super().as_view(**initkwargs)

        def from_memory(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method in {"GET", "HEAD"}:
                answer = _fresh(request.get_full_path())
                if answer is not None:
                    return _respond(request, answer)
            return view(request, *args, **kwargs)

        from_memory.__dict__.update(view.__dict__)
        return from_memory

    def remember(self, body: bytes) -> Response:
        """Answer these bytes, and keep them for the next caller."""
        request = self.request._request  # noqa: SLF001
        etag = conditional.etag_of(body)
        if len(_answers) >= MOST:
            _answers.clear()
        now = time.monotonic()
        _answers[request.get_full_path()] = Answer(_revision.at(now), now + LONGEST, etag, body)
        headers = {"ETag": etag, "Cache-Control": CACHE_CONTROL}
        if conditional.is_known(request, etag):
            return Response(None, status=304, headers=headers)
        return Response(body, headers=headers)


def forget_answers() -> None:
    """Empty the memory (after a restore, in tests)."""
    _answers.clear()
    _revision.looked_at = 0.0


def _fresh(address: str) -> Answer | None:
    answer = _answers.get(address)
    now = time.monotonic()
    if answer is None or answer.until < now or answer.revision != _revision.at(now):
        return None
    return answer


def _respond(request: HttpRequest, answer: Answer) -> HttpResponse:
    response: HttpResponse
    if conditional.is_known(request, answer.etag):
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(answer.body, content_type="application/json")
    response.headers["ETag"] = answer.etag
    response.headers["Cache-Control"] = CACHE_CONTROL
    return response
