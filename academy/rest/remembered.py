"""Public answers as bytes in this process's memory, for as long as nothing has happened.

The number of committed events is the revision of everything that is public: every change writes an
event, so equal numbers mean equal bytes. It is looked up at most once a second; what is shown may
be that old.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from rest_framework.response import Response

from academy.ledger import queries as ledger
from academy.rest import conditional
from academy.rest.endpoint import Endpoint

LOOK_EVERY = 1.0  # seconds
LONGEST = 60.0  # seconds: "the next run" also changes by the clock
MOST = 200  # answers, then the memory starts anew
LARGEST = 250_000  # bytes

SHARED = {"public", "no-cache"}
CACHE_CONTROL = "public, no-cache"
ASKED_WITH = ("HTTP_HOST", "HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "HTTP_COOKIE", "HTTP_HX_REQUEST")

Address = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The bytes of one address and when they were right."""

    revision: int
    until: float
    body: bytes
    headers: dict[str, str]


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


_answers: dict[Address, Answer] = {}
_revision = Revision()


class RememberedMiddleware:
    """Answers a stranger's GET from memory, before sessions, languages and templates.

    Kept is what its view calls public, to be asked for again (`Cache-Control: public, no-cache`
    with an ETag), and only for callers without any cookie but that of the chosen language.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not _is_strangers(request):
            return self.get_response(request)
        address = (request.get_full_path(), *(request.META.get(name, "") for name in ASKED_WITH))
        now = time.monotonic()
        answer = _answers.get(address)
        if answer and now < answer.until and answer.revision == _revision.at(now):
            return _respond(request, answer)
        response = self.get_response(request)
        if _is_public(response):
            _keep(address, response, now)
        return response


class RememberedEndpoint(Endpoint):
    """A public read whose answer depends on its address alone."""

    def remember(self, body: bytes) -> Response:
        """Answer these bytes, and let them be kept for the next caller."""
        etag = conditional.etag_of(body)
        headers = {"ETag": etag, "Cache-Control": CACHE_CONTROL}
        if conditional.is_known(self.request._request, etag):  # noqa: SLF001
            return Response(None, status=304, headers=headers)
        return Response(body, headers=headers)


def forget_answers() -> None:
    """Empty the memory (after a restore, in tests)."""
    _answers.clear()
    _revision.looked_at = 0.0


def _is_strangers(request: HttpRequest) -> bool:
    return (
        request.method == "GET"
        and "HTTP_AUTHORIZATION" not in request.META
        and request.COOKIES.keys() <= {settings.LANGUAGE_COOKIE_NAME}
    )


def _is_public(response: HttpResponse) -> bool:
    said = {word.strip() for word in response.headers.get("Cache-Control", "").split(",")}
    return (
        response.status_code == 200
        and said == SHARED
        and "ETag" in response.headers
        and not response.cookies
        and not response.streaming
        and len(response.content) <= LARGEST
    )


def _keep(address: Address, response: HttpResponse, now: float) -> None:
    if len(_answers) >= MOST:
        _answers.clear()
    headers = dict(response.headers)
    _answers[address] = Answer(_revision.at(now), now + LONGEST, response.content, headers)


def _respond(request: HttpRequest, answer: Answer) -> HttpResponse:
    is_known = conditional.is_known(request, answer.headers["ETag"])
    response = HttpResponseNotModified() if is_known else HttpResponse(answer.body)
    for name, value in answer.headers.items():
        if not is_known or name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response
