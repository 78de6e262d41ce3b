"""What every page view needs of its request: who looks, who acts, where to go after a POST."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from urllib.parse import quote

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import conditional_page

from academy.access.queries import NOBODY, Viewer
from academy.core.actor import Actor
from academy.core.errors import Missing

Rest = ParamSpec("Rest")
View = Callable[Concatenate[HttpRequest, Rest], HttpResponse]


def viewer_of(request: HttpRequest) -> Viewer:
    """Who looks; nobody when signed out."""
    return cast("Viewer", getattr(request, "viewer", NOBODY))


def actor_of(request: HttpRequest) -> Actor:
    """The viewer as the one who acts, under the request's id."""
    return viewer_of(request).actor(getattr(request, "request_id", ""))


def own_person(request: HttpRequest) -> int:
    """The person behind the account; an account without one has no training of its own."""
    person = viewer_of(request).person_id
    if person is None:
        raise Missing("no_person", _("This account belongs to nobody who takes part in training."))
    return person


def see_other(name: str, **kwargs: object) -> HttpResponseRedirect:
    """After a POST: look at the result (303)."""
    return HttpResponseRedirect(reverse(name, kwargs=kwargs or None), status=303)


def handed_over(content: bytes, *, media_type: str, name: str) -> HttpResponse:
    """An uploaded file, to save. A browser never shows a stranger's file as ours.

    Whole, not streamed: the server hands bytes to a slow line by itself, a stream would hold the
    process.
    """
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f"attachment; filename*=utf-8''{quote(name)}"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


def signed_in(view: View[Rest]) -> View[Rest]:
    """Only for people with an account; others sign in first and come back."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        if viewer_of(request).account_id is None:
            back = request.get_full_path() if request.method == "GET" else "/"
            return redirect_to_login(back)
        return view(request, *args, **kwargs)

    return guarded


def public_page(view: View[Rest]) -> View[Rest]:
    """A page that is the same bytes for everybody signed out: an ETag spares sending them again."""

    @wraps(view)
    def tagged(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        if viewer_of(request).account_id is not None:
            return view(request, *args, **kwargs)
        response = conditional_page(view)(request, *args, **kwargs)
        patch_cache_control(response, public=True, no_cache=True)
        patch_vary_headers(response, ["Cookie", "Accept-Language"])
        return response

    return tagged
