"""The frame of the desk: who may enter, and the pages that a role finds beside the content."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render as render_page
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from academy.access.enums import Right
from academy.access.queries import Viewer
from academy.core import ids
from academy.core.actor import Actor
from academy.core.errors import Missing
from enrollment.requests import access

Rest = ParamSpec("Rest")
View = Callable[Concatenate[HttpRequest, Rest], HttpResponse]


def viewer_of(request: HttpRequest) -> Viewer:
    """Who is at the desk."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def actor_of(request: HttpRequest) -> Actor:
    """The viewer as the one who acts, under the request's id."""
    return viewer_of(request).actor(getattr(request, "request_id", ""))


def nonce_of(request: HttpRequest) -> UUID:
    """The name that a page carries so that it counts once however often it is sent."""
    try:
        return UUID(request.POST.get("nonce", ""))
    except ValueError:
        return ids.public_id()


def at_desk(*rights: Right) -> Callable[[View[Rest]], View[Rest]]:
    """Let in who has one of the rights; others learn nothing, signed-out people may sign in."""

    def door(view: View[Rest]) -> View[Rest]:
        @wraps(view)
        def guarded(
            request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs
        ) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not any(viewer_of(request).may(right) for right in rights):
                raise Missing("unknown_page", _("There is no such page."))
            return view(request, *args, **kwargs)

        return guarded

    return door


def render(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page of the desk with its side navigation."""
    return render_page(request, template, {**context, "desk_nav": _nav(request)})


def see(name: str, **kwargs: object) -> HttpResponseRedirect:
    """After a POST: look at the result (303)."""
    return HttpResponseRedirect(reverse(f"enrollment:{name}", kwargs=kwargs or None), status=303)


def back_or(request: HttpRequest, name: str, **kwargs: object) -> HttpResponseRedirect:
    """After a POST: to the page of ours from which it came, if the form says so (303)."""
    back = request.POST.get("back", "")
    if back and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return HttpResponseRedirect(back, status=303)
    return see(name, **kwargs)


def _nav(request: HttpRequest) -> list[dict[str, Any]]:
    """The pages that this viewer's rights open, in groups."""
    viewer = viewer_of(request)
    groups = [
        {
            "title": title,
            "links": [
                _link(request, name, label)
                for name, label, opened_by in pages
                if any(viewer.may(right) for right in opened_by)
            ],
        }
        for title, pages in PAGES
    ]
    return [group for group in groups if group["links"]]


def _link(request: HttpRequest, name: str, label: Promise) -> dict[str, Any]:
    url = reverse(f"enrollment:{name}")
    here = request.path == url or (name != "desk" and request.path.startswith(url))
    count = access.decisions_for(viewer_of(request)).count() if name == "decisions" else None
    return {"url": url, "label": label, "count": count, "current": here}


STAFF = (
    Right.CONSENT,
    Right.TEACH,
    Right.NOMINATE,
    Right.READ_ALL,
    Right.PROPOSE,
)
"""The rights that open the desk at all."""

PAGES: list[tuple[str | Promise, list[tuple[str, Promise, set[Right]]]]] = [
    (
        "",
        [
            ("desk", _("Overview"), {*STAFF}),
            ("decisions", _("Decisions"), {Right.CONSENT, Right.REGISTER}),
            ("nominations", _("Nominations"), {Right.NOMINATE, Right.READ_ALL}),
            ("deputies", _("Deputies"), {Right.NAME_DEPUTY}),
        ],
    ),
    (
        _("Courses and runs"),
        [
            ("desk-courses", _("Courses"), {Right.PLAN, Right.READ_ALL}),
            ("runs", _("Runs"), {Right.TEACH, Right.READ_ALL}),
            ("plan", _("Plan of the year"), {Right.READ_ALL}),
            ("needs", _("Needs assessment"), {Right.NOMINATE, Right.READ_ALL, Right.PROPOSE}),
            ("interest", _("Interest in courses"), {Right.READ_ALL}),
            ("proposals", _("Proposals"), {Right.PROPOSE, Right.READ_ALL}),
            ("partners", _("Partner bodies"), {Right.PLAN}),
        ],
    ),
    (
        _("Courts and people"),
        [
            ("desk-owed", _("Who owes what"), {Right.READ_COURT, Right.READ_ALL}),
            ("trips", _("Trips"), {Right.READ_COURT, Right.READ_ALL}),
            ("figures", _("Figures"), {Right.READ_COURT, Right.READ_ALL}),
            ("addresses", _("Addresses that do not work"), {Right.READ_COURT, Right.REGISTER}),
        ],
    ),
    (
        _("Rules"),
        [
            ("priority", _("Priority rules"), {Right.READ_ALL}),
            ("requirements", _("Requirements"), {Right.READ_ALL}),
            ("questionnaires", _("Questionnaires"), {Right.READ_ALL}),
            ("reminders", _("Reminders"), {Right.READ_ALL}),
        ],
    ),
    (
        _("Behind the scenes"),
        [
            ("desk-messages", _("Messages"), {Right.READ_ALL}),
            ("imports", _("Imports"), {Right.REGISTER}),
            ("exports", _("Files of whole lists"), {Right.REGISTER}),
            ("systems", _("Systems"), {Right.READ_ALL}),
            ("health", _("Health"), {Right.READ_ALL}),
            ("invariants", _("Checks"), {Right.READ_ALL}),
        ],
    ),
]
"""The side navigation: groups of pages, and the rights that open each."""
