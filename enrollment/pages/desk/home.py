"""What needs me now."""

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from academy.access.enums import Right
from academy.access.queries import Viewer
from academy.core import clock
from academy.messages import queries as messages
from courses.development import queries as developing
from enrollment.pages.desk.frame import STAFF, at_desk, render, viewer_of
from enrollment.requests import access, desk_queries, inbox
from enrollment.trips import access as trip_access, queries as trips

SOON = timedelta(days=7)


@require_safe
@at_desk(*STAFF)
def overview(request: HttpRequest) -> HttpResponse:
    """The decisions, runs and marks that wait for the viewer."""
    viewer, now = viewer_of(request), clock.now()
    taught = access.runs_read_by(viewer)
    context = {
        "now": now,
        "lines": inbox.lines(list(access.decisions_for(viewer)[:5])),
        "to_finalise": desk_queries.to_finalise(taught)[:10] if viewer.may(Right.TEACH) else [],
        "coming": desk_queries.coming(taught, now=now)[:10] if viewer.may(Right.TEACH) else [],
        "at_risk": desk_queries.at_risk(taught, now=now)[:10] if viewer.may(Right.PLAN) else [],
        "lost": desk_queries.lost_posts()[:20] if viewer.may(Right.REGISTER) else [],
        "trips": _trips(viewer, now),
        "unreachable": len(_unreachable(viewer, now)),
        "proposals": developing.waiting_for(viewer, today=now.date())[:10],
        "nominates": viewer.may(Right.NOMINATE),
    }
    return render(request, "desk/overview.html", context)


def _trips(viewer: Viewer, now: datetime) -> list[trips.Journey]:
    """Runs whose trips have no papers although courts need them within days: the registrar's."""
    if not viewer.may(Right.REGISTER):
        return []
    seen = trips.journeys(trip_access.travellers_seen_by(viewer), now=now, ahead=3 * SOON)
    soon = now.date() + SOON
    return [one for one in seen if one.waiting and one.needed_by and one.needed_by <= soon][:10]


def _unreachable(viewer: Viewer, now: datetime) -> list[messages.Unreachable]:
    """Whose mails do not arrive: a task of the court's coordinator, and of the registrar."""
    if not viewer.may(Right.READ_COURT) and not viewer.may(Right.REGISTER):
        return []
    courts = None if viewer.may(Right.REGISTER) else viewer.courts
    return messages.unreachable(courts=courts, today=now.date())
