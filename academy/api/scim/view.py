"""The door of SCIM: tokens of systems, limits, and the request id; the rest is the protocol's.

The protocol's core is loaded with the first call: it weighs 35 MB, and most processes serve none.
"""

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import Throttled

from academy.access.queries import NOBODY
from academy.clients.queries import ClientPass
from academy.core.actor import Actor, ActorKind
from academy.rest import limits
from academy.rest.authentication import CHALLENGE, remembered
from academy.rest.middleware import request_id_of
from academy.rest.renderers import LARGEST_BODY

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


@csrf_exempt  # a token is no cookie: no other site can send it
def scim(request: HttpRequest, path: str) -> HttpResponse:
    """One call of the HR system."""
    from academy.api.scim import service  # noqa: PLC0415 - see above

    token = _token(request)
    known = remembered(token) if token else None
    request.viewer = NOBODY  # type: ignore[attr-defined]
    if known and (spent := _spent(request, known)):
        return spent
    if len(request.body) > LARGEST_BODY:
        return _error(413, "The body is longer than a million bytes.")
    caller = service.Caller(_actor(request, known), known.scopes) if known else None
    asked = service.request_from(
        method=request.method or "",
        path=path,
        query=request.GET.dict(),
        headers=dict(request.headers),
        body=request.body,
    )
    with translation.override("en"):
        answer = service.answer(caller, asked)
    body = b"" if answer.body is None else orjson.dumps(answer.body)
    response = HttpResponse(body, status=answer.status)
    for name, value in answer.headers.items():
        response.headers[name] = value
    if answer.status == 401:
        response.headers["WWW-Authenticate"] = CHALLENGE
    return response


def _token(request: HttpRequest) -> str:
    kind, _space, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _actor(request: HttpRequest, known: ClientPass) -> Actor:
    return Actor(ActorKind.CLIENT, id=known.client_id, request_id=request_id_of(request))


def _spent(request: HttpRequest, known: ClientPass) -> HttpResponse | None:
    """The refusal of a call that is one too many of its minute."""
    is_read = request.method in {"GET", "HEAD", "OPTIONS"}
    allowance = limits.count(known.client_id, is_client=True, is_read=is_read)
    try:
        if allowance:
            allowance.check()
    except Throttled:
        response = _error(429, "Too many calls in one minute.")
        response.headers["Retry-After"] = str(allowance.reset if allowance else 1)
        return response
    return None


def _error(status: int, detail: str) -> HttpResponse:
    body = {"schemas": [ERROR], "status": str(status), "detail": detail}
    return HttpResponse(orjson.dumps(body), status=status, content_type="application/scim+json")
