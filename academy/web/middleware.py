"""Who is looking, in which language, and what to do when the institution says no."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from academy.access.queries import NOBODY, Viewer, viewer_of
from academy.core import clock
from academy.core.errors import Refused

Respond = Callable[[HttpRequest], HttpResponse]
SEEN = "seen"
MINUTE = 60
WITHOUT_SECOND_FACTOR = ("/account/", "/sign-out/", "/static/", "/language/", "/healthz", "/readyz")


class ViewerRequest(HttpRequest):
    """A request that knows its viewer."""

    viewer: Viewer
    request_id: str


class ViewerMiddleware:
    """Sets `request.viewer`, speaks the viewer's language, prolongs the session while it is used.

    A session idles out after `IDLE_MINUTES`; it is written at most once a minute. Roles that decide
    over others are not used with a password alone.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        viewer = cast("Viewer", SimpleLazyObject(lambda: _viewer(request)))
        cast("ViewerRequest", request).viewer = viewer
        with translation.override(_language(request, viewer)):
            request.LANGUAGE_CODE = translation.get_language()
            if _is_signed_in(request):
                _stay_signed_in(request, clock.now())
                if _lacks_second_factor(request, viewer):
                    return _ask_for_second_factor(request)
            response = self.get_response(request)
            if _is_signed_in(request):
                _keep_private(response)
            response.headers.setdefault("Content-Language", translation.get_language() or "")
        return response


def _viewer(request: HttpRequest) -> Viewer:
    user = request.user
    if not user.is_authenticated or user.pk is None:
        return NOBODY
    now = clock.now()
    return viewer_of(user.pk, now=now, today=now.date())


def _is_signed_in(request: HttpRequest) -> bool:
    """Whether a session cookie came and belongs to an account; signed-out pages cost no query."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated


def _language(request: HttpRequest, viewer: Viewer) -> str:
    """The choice made on this device, else the account's language, else the browser's."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    known = dict(settings.LANGUAGES)
    if chosen in known:
        return chosen
    if _is_signed_in(request) and viewer.language in known:
        return viewer.language
    return translation.get_language_from_request(request)


def _stay_signed_in(request: HttpRequest, now: datetime) -> None:
    moment = int(now.timestamp())
    if moment - request.session.get(SEEN, 0) >= MINUTE:
        request.session[SEEN] = moment


def _lacks_second_factor(request: HttpRequest, viewer: Viewer) -> bool:
    if not settings.SECOND_FACTOR_REQUIRED or request.path.startswith(WITHOUT_SECOND_FACTOR):
        return False
    needs = viewer.needs_second_factor or getattr(request.user, "is_superuser", False)
    return bool(needs) and not is_mfa_enabled(cast("Any", request.user))


def _ask_for_second_factor(request: HttpRequest) -> HttpResponse:
    """People are led to where they set it up; a script is told in a problem document."""
    if not request.path.startswith("/api/"):
        return HttpResponseRedirect(reverse("mfa_index"))
    body = {
        "type": "/api/docs/problems/second_factor_needed",
        "title": "Forbidden",
        "status": 403,
        "code": "second_factor_needed",
        "detail": _("This role needs a second step when signing in. Set it up first."),
    }
    return JsonResponse(body, status=403, content_type="application/problem+json")


def _keep_private(response: HttpResponse) -> None:
    """Office computers are shared: a page of one person is not shown again by the Back button."""
    if "Cache-Control" not in response.headers:
        patch_cache_control(response, private=True, no_store=True)


class RefusedMiddleware:
    """Turns a refusal into something useful: back to the form with the reason, or a calm page."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a `Refused` raised by a page; everything else is a fault and stays one."""
        if not isinstance(error, Refused):
            return None
        if error.status in {403, 404}:
            return render(request, "404.html", status=404)
        back = request.META.get("HTTP_REFERER", "")
        if request.method == "POST" and url_has_allowed_host_and_scheme(
            back, allowed_hosts={request.get_host()}
        ):
            messages.error(request, str(error.sentence))
            return HttpResponseRedirect(back, status=303)
        return render(request, "web/refused.html", {"refusal": error}, status=error.status)
