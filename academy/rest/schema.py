"""How endpoints describe themselves: OpenAPI 3.1 with every error, header and scope."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.utils.functional import Promise
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    inline_serializer,
)
from rest_framework import serializers

from academy.clients.scopes import SCOPES
from academy.rest.permissions import needs_of
from academy.rest.problems import CONTENT_TYPE, problem

Method = TypeVar("Method", bound=Callable[..., Any])
Body = type[serializers.Serializer[Any]]

TITLES = {
    400: "The call cannot be read, or lacks its Idempotency-Key.",
    401: "Not signed in, or the token is over.",
    403: "The caller's rights or scopes do not cover this.",
    404: "There is no such thing, or not for this caller.",
    406: "Only JSON is spoken here.",
    409: "The institution refuses, and says why; or the same call is in flight.",
    410: "The address was taken out of service.",
    412: "It has changed since the caller read it (If-Match).",
    413: "The body is longer than a million bytes.",
    415: "The body is not of the kind that is read here: JSON, for imports a form with a file.",
    422: "Something that was sent cannot be accepted; `errors` says what.",
    429: "Too many calls.",
    500: "A fault of the service.",
    503: "Busy: the same call may succeed in a moment.",
}
PROBLEMS = {
    400: "idempotency_key_missing",
    401: "not_authenticated",
    403: "forbidden",
    404: "not_found",
    406: "not_acceptable",
    409: "idempotency_key_in_flight",
    410: "retired",
    412: "stale",
    413: "body_too_large",
    415: "unsupported_media_type",
    422: "invalid",
    429: "throttled",
    500: "server_error",
    503: "busy",
}
READ_ERRORS = (406, 422, 429, 500, 503)
WRITE_ERRORS = (400, 406, 409, 412, 413, 415, 422, 429, 500, 503)

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": r"^[\x21-\x7e]{1,200}$", "example": "enrol-2026-000017"},
    OpenApiParameter.HEADER,
    required=True,
    description="Up to 200 visible ASCII characters, new for each command. "
    "The same key with the same body gets the same answer for 24 hours.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    {
        "type": "string",
        "pattern": r'^(\*|(W/)?"[!#-~]*")$',
        "example": '"3-9a5b01c2"',
    },
    OpenApiParameter.HEADER,
    description="The ETag of the state that was read.",
)
ON_BEHALF_OF = OpenApiParameter(
    "On-Behalf-Of",
    UUID,
    OpenApiParameter.HEADER,
    description="Of systems only, and needed there: the person in whose right this is done.",
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="The ETag that the caller holds."
)


class ProblemErrorOut(serializers.Serializer[Any]):
    """One thing to mend."""

    pointer = serializers.CharField(help_text="JSON pointer into the body, or /parameter.")
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemOut(serializers.Serializer[Any]):
    """A problem document (RFC 9457)."""

    type = serializers.CharField(help_text="Address that explains the code.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="Stable; compare this, not the sentences.")
    detail = serializers.CharField(help_text="For people, in their language.")
    errors = ProblemErrorOut(many=True, required=False)  # type: ignore[assignment]


class Schema(AutoSchema):
    """Excludes the spellings with a trailing slash; takes security from the declared needs."""

    def is_excluded(self) -> bool:
        """Each address is documented once."""
        return self.path.endswith("/")

    def get_auth(self) -> list[dict[str, Any]]:
        """Session or token with its scope, as the view declares; the base registers the schemes."""
        super().get_auth()
        needs = needs_of(self.view, self.method)
        if needs is None:
            return []
        session: dict[str, Any] = {"session": []}
        token: list[dict[str, Any]] = [{"oauth2": [needs.scope]}] if needs.scope else []
        return [{}] if needs.is_public else [session, *token]

    def is_deprecated(self) -> bool:
        """An address that was announced to go."""
        return getattr(self.view, "retirement", None) is not None

    def get_tags(self) -> list[str]:
        """The resource's noun."""
        return [self.path.removeprefix("/api/v1/").split("/")[0]]


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a browser signs in."""

    target_class = "academy.rest.authentication.SessionViewer"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """The session cookie."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "The session of a signed-in browser. Changing calls also send the "
            "`csrftoken` cookie's value as `X-CSRFToken`.",
        }


class ClientScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How another court system signs in."""

    target_class = "academy.rest.authentication.ClientViewer"
    name = "oauth2"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """OAuth 2 client credentials."""
        scopes = {name: str(opens) for name, opens in SCOPES.items()}
        flow = {"tokenUrl": "/oauth/token/", "scopes": scopes}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}


def describe(
    operation_id: str,
    summary: str,
    *,
    answer: Any = None,
    status: int = 200,
    body: Body | None = None,
    query: Body | None = None,
    errors: Sequence[int] = (),
    headers: Sequence[OpenApiParameter] = (),
    examples: Sequence[OpenApiExample] = (),
    description: str | Promise = "",
) -> Callable[[Method], Method]:
    """Describe one operation: a read, or (with `body`) a command under an Idempotency-Key."""
    is_command = body is not None
    # Of public operations, too: who shows a token that is over, or a role without its second
    # step, hears of it there.
    codes = {*(WRITE_ERRORS if is_command else READ_ERRORS), 401, 403, *errors}
    codes |= {400} if ON_BEHALF_OF in headers else set()
    parameters: list[Any] = [*headers]
    parameters += [IDEMPOTENCY_KEY] if is_command else []
    parameters += [query] if query else []
    responses: dict[Any, Any] = {status: OpenApiResponse(answer, description=f"{summary}: done.")}
    if IF_NONE_MATCH in headers:
        responses[304] = OpenApiResponse(description="The caller holds this already.")
    for code in sorted(codes):
        responses[(code, CONTENT_TYPE)] = OpenApiResponse(ProblemOut, description=TITLES[code])
    refusals = [_refused(code) for code in sorted(codes)]
    return extend_schema(
        operation_id=operation_id,
        summary=summary,
        description=str(description),
        parameters=parameters,
        request=body if is_command else None,
        responses=responses,
        examples=[*examples, *refusals],
    )


def page_of(item: Body) -> serializers.Serializer[Any]:
    """The shape of a page of these items."""
    return inline_serializer(
        name=f"{item.__name__.removesuffix('Out')}Page",
        fields={
            "items": item(many=True),
            "next": serializers.CharField(
                allow_null=True, help_text="The next page, relative to this host; null at the end."
            ),
        },
    )


def _refused(status: int) -> OpenApiExample:
    """What a problem document of this status looks like."""
    return OpenApiExample(
        PROBLEMS[status],
        value=problem(status, PROBLEMS[status], TITLES[status]),
        response_only=True,
        media_type=CONTENT_TYPE,
        status_codes=[str(status)],
    )


def asked(name: str, value: Any) -> OpenApiExample:
    """An example of what is sent."""
    return OpenApiExample(name, value=value, request_only=True)


def answered(name: str, value: Any, status: int = 200) -> OpenApiExample:
    """An example of what comes back."""
    return OpenApiExample(name, value=value, response_only=True, status_codes=[str(status)])


class EmptyInput(serializers.Serializer[Any]):
    """Nothing needs to be sent."""
