"""Every error as a problem document (RFC 9457) with a stable code."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from math import ceil
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.signals import got_request_exception
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.encoding import force_str
from django.utils.translation import gettext as _
from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure
from psycopg_pool import PoolTimeout
from rest_framework import exceptions
from rest_framework.response import Response

from academy.core.errors import Refused
from academy.rest.idempotency import InFlight
from academy.rest.renderers import to_json

CONTENT_TYPE = "application/problem+json"
TYPE_PREFIX = "/api/docs/problems/"

log = structlog.get_logger(__name__)

Problem = dict[str, Any]


def problem(
    status: int, code: str, detail: object = "", errors: list[dict[str, str]] | None = None
) -> Problem:
    """The body of a problem document; `errors` names what to mend, one entry per field."""
    body: Problem = {
        "type": f"{TYPE_PREFIX}{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": force_str(detail),
    }
    return {**body, "errors": errors} if errors else body


def plain_response(status: int, code: str, detail: object = "") -> HttpResponse:
    """The same outside DRF."""
    body = to_json(problem(status, code, detail))
    return HttpResponse(body, status=status, content_type=CONTENT_TYPE)


def handle(error: Exception, context: Mapping[str, Any]) -> Response:
    """DRF's exception handler: whatever went wrong becomes a problem document."""
    headers: dict[str, str] = {}
    body = _of(error) or _of_django(error) or _unexpected(error, context["request"])
    if retry_after := getattr(error, "wait", None):
        headers["Retry-After"] = str(ceil(retry_after))
    elif body["status"] == HTTPStatus.SERVICE_UNAVAILABLE or isinstance(error, InFlight):
        headers["Retry-After"] = "1"
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    return Response(body, status=body["status"], headers=headers, content_type=CONTENT_TYPE)


def _of(error: Exception) -> Problem | None:
    match error:
        case Refused():
            return problem(error.status, error.code, error.sentence, _of_fields(error.fields))
        case exceptions.ValidationError():
            detail = _("Some of what was sent cannot be accepted.")
            return problem(422, "invalid", detail, list(_pointed(error.get_full_details())))
        case exceptions.MethodNotAllowed():
            return problem(405, "method_not_allowed", error.detail)
        case exceptions.APIException():
            return problem(error.status_code, _code_of(error), error.detail)
        case _:
            return None


def _of_django(error: Exception) -> Problem | None:
    match error:
        case Http404():
            return not_found()
        case PermissionDenied():
            return problem(403, "forbidden", _("You may not do this."))
        case RequestDataTooBig():
            return problem(413, "body_too_large", _("The body is too large."))
        case OperationalError() if _is_busy(error):
            return problem(503, "busy", _("The same thing is being changed; try again."))
        case _:
            return None


def not_found() -> Problem:
    """Unknown and forbidden look alike."""
    return problem(404, "not_found", _("There is no such thing, or not for you."))


def _code_of(error: exceptions.APIException) -> str:
    codes = error.get_codes()
    return codes if isinstance(codes, str) else str(error.default_code)


def _is_busy(error: OperationalError) -> bool:
    causes = (LockNotAvailable, DeadlockDetected, SerializationFailure, PoolTimeout)
    return isinstance(error.__cause__, causes)


def _of_fields(fields: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {"pointer": f"/{name.replace('.', '/')}", "code": "invalid", "detail": force_str(sentence)}
        for name, sentences in fields.items()
        for sentence in (sentences or [""])
    ]


def _pointed(details: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    """DRF's nested details, flattened: one entry per complaint, with a pointer to the field."""
    if isinstance(details, Mapping) and {"message", "code"} <= set(details):
        yield {
            "pointer": pointer,
            "code": force_str(details["code"]),
            "detail": force_str(details["message"]),
        }
    elif isinstance(details, Mapping):
        for name, inner in details.items():
            step = "" if name == "non_field_errors" else f"/{_escaped(str(name))}"
            yield from _pointed(inner, pointer + step)
    elif isinstance(details, list):
        leaf = all(isinstance(one, Mapping) and "message" in one for one in details)
        for number, inner in enumerate(details):
            yield from _pointed(inner, pointer if leaf else f"{pointer}/{number}")


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _unexpected(error: Exception, request: HttpRequest) -> Problem:
    """A fault of ours: logged with the request's id, told without its inside."""
    log.error("rest.unexpected", exc_info=error, path=request.path)
    got_request_exception.send(sender=None, request=getattr(request, "_request", request))
    return problem(500, "server_error", _("This is our fault. It was noted."))
