"""The addresses for calendar programs: made, renewed and ended by whom they belong to, and read."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_POST, require_safe

from academy.access.enums import Right
from academy.access.queries import Viewer
from academy.core import clock
from academy.web.http import actor_of, see_other, signed_in, viewer_of
from courses.planning.models import Venue
from enrollment.calendars import access, actions, feeds
from enrollment.calendars.enums import FeedKind

MASKED = "/calendar/….ics"


@require_safe
@signed_in
def calendars(request: HttpRequest) -> HttpResponse:
    """Which addresses I have given to calendar programs."""
    return render(request, "enrollment/calendars.html", _context(viewer_of(request)))


@require_POST
@signed_in
def make(request: HttpRequest) -> HttpResponse:
    """A new address, shown this once: only its digest is kept. An earlier one for it ends."""
    viewer, asked = viewer_of(request), request.POST
    subject = access.subject_for(
        viewer,
        kind=asked.get("kind", ""),
        run=asked.get("run", ""),
        venue=asked.get("venue", ""),
    )
    token = actions.make_feed(
        account=viewer.account_id or 0, subject=subject, actor=actor_of(request)
    )
    address = settings.PUBLIC_URL + reverse("enrollment:calendar", args=[token])
    context = _context(viewer) | {
        "address": address,
        "webcal": f"webcal:{address.partition(':')[2]}",
    }
    return render(request, "enrollment/calendars.html", context)


@require_POST
@signed_in
def end(request: HttpRequest, feed: UUID) -> HttpResponse:
    """Nobody reads under that address any more."""
    actions.end_feed(feed=access.feed_of(viewer_of(request), feed), actor=actor_of(request))
    messages.success(request, _("This calendar address does not work any more."))
    return see_other("enrollment:calendars")


def _context(viewer: Viewer) -> dict[str, object]:
    mine = list(access.feeds_of(viewer))
    plans = viewer.may(Right.READ_ALL)
    return {
        "feeds": mine,
        "lacks_own": viewer.person_id is not None
        and not any(feed.kind == FeedKind.OWN for feed in mine),
        "venues": Venue.objects.order_by("code") if plans else [],
    }


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """A private feed. Whoever has the address reads it, signed in or not."""
    request.path = request.path_info = MASKED  # what is logged of a failure never names the token
    return _feed(request, token)


@conditional_page
def _feed(request: HttpRequest, token: str) -> HttpResponse:
    row, viewer = access.feed_behind(token)
    response = HttpResponse(
        feeds.written(row, viewer, now=clock.now()), content_type="text/calendar; charset=utf-8"
    )
    response["Cache-Control"] = "private, no-cache"
    response["Content-Disposition"] = 'inline; filename="training.ics"'
    response["X-Robots-Tag"] = "noindex"
    return response
