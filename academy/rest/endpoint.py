"""The base of every endpoint: declared needs, checked input, one way to carry out a command."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from academy.access.queries import Viewer
from academy.clients import actions as clients
from academy.clients.projections import FULL, Projection, projection
from academy.clients.queries import ClientPass
from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Invalid
from academy.rest import conditional, limits
from academy.rest.authentication import CHALLENGE, viewer_in
from academy.rest.behalf import person_named
from academy.rest.idempotency import LONGEST_KEY, KeyedCall, carry_out, fingerprint
from academy.rest.middleware import request_id_of
from academy.rest.pagination import DEFAULT_LIMIT, HIGHEST_LIMIT
from academy.rest.permissions import NeedsByMethod, needs_of
from academy.rest.renderers import to_json
from academy.rest.retiring import Retirement

KEY = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_KEY}}}")


class KeyMissing(APIException):
    """A changing call without a usable Idempotency-Key."""

    status_code = 400
    default_code = "idempotency_key_missing"
    default_detail = _("Send an Idempotency-Key of up to 200 visible ASCII characters.")


class Query(serializers.Serializer[Any]):
    """Parameters of a list; a name that is not among them is refused rather than ignored."""

    def to_internal_value(self, data: Any) -> Any:
        """Read the parameters."""
        if unknown := sorted(set(data) - set(self.fields)):
            sentence = _("Unknown parameter.")
            raise serializers.ValidationError({name: [sentence] for name in unknown})
        return super().to_internal_value(data)


class PageQuery(Query):
    """Parameters of every paged list."""

    cursor = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=500,
        help_text="From the `next` link.",
    )
    limit = serializers.IntegerField(
        required=False, default=DEFAULT_LIMIT, min_value=1, max_value=HIGHEST_LIMIT
    )


class FieldsQuery(PageQuery):
    """Parameters of a list of which a caller may want a part."""

    def get_fields(self) -> dict[str, Any]:
        """The declared ones and `fields`, a name that a serializer keeps for itself."""
        wanted = serializers.CharField(
            required=False,
            default="",
            allow_blank=True,
            max_length=500,
            help_text="Comma-separated fields that are wanted; all of them when empty.",
        )
        return {**super().get_fields(), "fields": wanted}


Body = type[serializers.Serializer[Any]]


class Endpoint(APIView):
    """A view that parses, passes a door, calls one query or action, answers; it holds no rule."""

    needs: ClassVar[NeedsByMethod] = {}
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    allowance: limits.Allowance | None = None
    retirement: ClassVar[Retirement | None] = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Before anything else: whether the address can name something and is still served, who
        calls, and whether a changing call has its key.
        """
        if any("\0" in value for value in kwargs.values() if isinstance(value, str)):
            raise Http404
        if self.retirement:
            self.retirement.check(clock.now())
        super().initial(request, *args, **kwargs)
        method = request.method or ""
        if method not in SAFE_METHODS and self.answers(method) and not KEY.fullmatch(self.key):
            raise KeyMissing

    def check_throttles(self, request: Request) -> None:
        """Count a call of a known caller; refuses the one too many of a minute."""
        caller = self.viewer.client_id or self.viewer.account_public_id
        if caller is None:
            return
        self.allowance = limits.count(
            caller,
            is_client=self.viewer.client_id is not None,
            is_read=request.method in SAFE_METHODS,
        )
        if self.allowance:
            self.allowance.check()

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Say what is left of the minute, and of the address."""
        for notice in (self.allowance, self.retirement):
            for name, value in notice.headers.items() if notice else ():
                response.headers[name] = value
        return super().finalize_response(request, response, *args, **kwargs)

    @property
    def viewer(self) -> Viewer:
        """Who calls."""
        return viewer_in(self.request)

    @property
    def key(self) -> str:
        """What the caller calls this command by (Idempotency-Key)."""
        return str(self.request.META.get("HTTP_IDEMPOTENCY_KEY", ""))

    @property
    def actor(self) -> Actor:
        """The caller as the one who acts."""
        return self.viewer.actor(request_id_of(self.request._request))  # noqa: SLF001

    def answers(self, method: str) -> bool:
        """Whether there is something behind this method."""
        name = method.lower()
        return name in self.http_method_names and hasattr(self, name)

    def right_used(self) -> tuple[Viewer, Actor]:
        """In whose right it is done, and who does it: people their own, a system in a person's."""
        sent = self.request.META.get("HTTP_ON_BEHALF_OF")
        if self.viewer.client_id:
            named = person_named(sent or "", needs_of(self, self.request.method or ""))
            return named, replace(self.actor, behalf_of=named.person_public_id)
        if sent is not None:
            sentence = _("Only another system acts on somebody's behalf.")
            raise unknown_value("On-Behalf-Of", sentence)
        return self.viewer, self.actor

    @property
    def revision(self) -> int | None:
        """The state of the row that the caller has read, if the call says so (If-Match)."""
        return conditional.revision_read(self.request._request)  # noqa: SLF001

    @property
    def projection(self) -> Projection:
        """What of a resource this caller may see; people are bound by their doors instead."""
        if isinstance(self.request.auth, ClientPass):
            return projection(self.request.auth.projection)
        return projection(FULL)

    def is_told(self, kind: str) -> bool:
        """Whether events of this type exist for the caller; people are bound by their doors."""
        return self.viewer.client_id is None or self.projection.shows(kind)

    def get_authenticate_header(self, request: Request) -> str:
        """Always a bearer challenge: a browser is sent to the sign-in page by its own page."""
        return CHALLENGE

    def query(self, kind: type[Query]) -> dict[str, Any]:
        """The checked parameters of a list."""
        form = kind(data=self.request.query_params.dict())
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)

    def body(self, kind: Body) -> dict[str, Any]:
        """The checked body of a command; an empty body is an empty object."""
        form = kind(data=self.request.data or {})
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)

    def command(
        self,
        action: Callable[[KeyedCall], object],
        answer: Callable[[Any], Mapping[str, Any]],
        status: int = 200,
        *,
        asked: object = None,
    ) -> Response:
        """Carry out a command once per Idempotency-Key.

        `asked` is what two calls are compared by where it is not the body itself.
        """
        code, body = carry_out(self._keyed_call(answer, status, asked), action)
        return Response(body, status=code)

    def _keyed_call(
        self, answer: Callable[[Any], Mapping[str, Any]], status: int, asked: object
    ) -> KeyedCall:
        caller = self.viewer.client_id or self.viewer.account_public_id
        if caller is None:
            raise RuntimeError("A command has somebody who calls: its needs are not public.")
        body = self.request.data if asked is None else asked
        digest = fingerprint(self.request.method or "", self.request.path, body)
        return KeyedCall(caller, self.key, digest, answer, status)

    def tagged(self, data: object, revision: int | None = None) -> Response:
        """An answer with its ETag; empty (304) when the caller holds it already."""
        body = to_json(data)
        etag = conditional.etag_of(body, revision)
        headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
        if conditional.is_known(self.request._request, etag):  # noqa: SLF001
            return Response(None, status=304, headers=headers)
        return Response(body, headers=headers)

    def disclosed(self, resource: str, people: Sequence[UUID]) -> None:
        """Record the read when another system made it."""
        if self.viewer.client_id:
            clients.disclose(
                client=self.viewer.client_id,
                resource=resource,
                projection=self.projection.name,
                people=people,
                request_id=request_id_of(self.request._request),  # noqa: SLF001
            )


def unknown_value(name: str, sentence: object) -> Invalid:
    """A parameter or field that names nothing."""
    return Invalid("invalid", sentence, fields={name: [sentence]})


def only(rows: Sequence[Mapping[str, Any]], wanted: str, known: Body) -> list[dict[str, Any]]:
    """The rows with the fields that were asked for (`?fields=a,b`), or with all of them."""
    names = [name.strip() for name in wanted.split(",") if name.strip()]
    if unknown := sorted(set(names) - set(known().fields)):
        raise unknown_value("fields", _("Unknown field: %s.") % ", ".join(unknown))
    if not names:
        return [dict(row) for row in rows]
    return [{name: row[name] for name in names if name in row} for row in rows]
