"""Who calls: a person with a browser session (and CSRF), or another court system with a token."""

import time
from dataclasses import replace

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from academy.access.queries import NOBODY, Viewer, viewer_of
from academy.clients import actions as clients, queries
from academy.clients.queries import ClientPass
from academy.core import clock

REMEMBERED = 30.0  # seconds: how long a token that was taken back may still work in this process
MOST_REMEMBERED = 10_000
CHALLENGE = 'Bearer realm="api"'

_passes: dict[str, tuple[float, ClientPass]] = {}


class SessionViewer(SessionAuthentication):
    """The signed-in account; a changing call must carry the CSRF token."""

    def authenticate(self, request: Request) -> tuple[object, None] | None:
        """The account behind the session, if any."""
        found = super().authenticate(request)
        inner = request._request  # noqa: SLF001 - DRF offers no other way to the request itself
        if found is None:
            inner.viewer = NOBODY  # type: ignore[attr-defined]
            return None
        if not hasattr(inner, "viewer"):
            now = clock.now()
            viewer = viewer_of(found[0].pk, now=now, today=now.date())
            inner.viewer = viewer  # type: ignore[attr-defined]
        return found[0], None

    def authenticate_header(self, request: Request) -> str:
        """Asked for by DRF to say 401 rather than 403."""
        return CHALLENGE


class ClientViewer(BaseAuthentication):
    """The client behind a bearer token, remembered for at most half a minute."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ClientPass] | None:
        """The client's pass; refuses a token that is unknown or over."""
        kind, _space, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        client_pass = remembered(token.strip())
        if client_pass is None:
            raise AuthenticationFailed(_("This token is unknown or over."), "token_invalid")
        viewer = replace(NOBODY, client_id=client_pass.client_id, scopes=client_pass.scopes)
        request._request.viewer = viewer  # type: ignore[attr-defined] # noqa: SLF001
        return AnonymousUser(), client_pass

    def authenticate_header(self, request: Request) -> str:
        """Asked for by DRF to say 401 rather than 403."""
        return CHALLENGE


def remembered(token: str) -> ClientPass | None:
    """The pass behind a token, from this process's memory or from the database."""
    digest, now = queries.digest_of(token), clock.now()
    until, known = _passes.get(digest, (0.0, None))
    if known is not None and until > time.monotonic() and known.expires > now:
        return known
    found = queries.pass_of(digest, now=now)
    if found is None:
        _passes.pop(digest, None)
        return None
    if len(_passes) >= MOST_REMEMBERED:
        _passes.clear()
    _passes[digest] = (time.monotonic() + REMEMBERED, found)
    clients.note_use(found.client_pk, at=now)
    return found


def check_still_known(request: Request) -> None:
    """Refuse whose token was taken back while the call was held."""
    if isinstance(request.auth, ClientPass):
        ClientViewer().authenticate(request)


def forget_tokens() -> None:
    """Empty this process's memory of tokens."""
    _passes.clear()


def viewer_in(request: Request) -> Viewer:
    """Who looks, as one of the two ways above found."""
    return getattr(request._request, "viewer", NOBODY)  # noqa: SLF001
