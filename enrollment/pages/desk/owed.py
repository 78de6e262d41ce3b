"""Who owes what by when, at the own courts; everywhere for who reads everything.

A court has a second page: the seats that are kept for it, and who was refused how often.
"""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from academy.access.enums import Right
from academy.core import clock
from enrollment.credits import access, owed_queries
from enrollment.credits.enums import Duty
from enrollment.credits.owed_queries import DUE_SOON, LATE, LATER, OwedFilter
from enrollment.pages.desk.frame import at_desk, render, viewer_of
from enrollment.pages.owed import line
from enrollment.requests import court_queries

SHOWN = 200
REFUSED_WITHIN = timedelta(days=730)
STATES = {
    LATE: _("not met in time"),
    DUE_SOON: _("due within 90 days"),
    LATER: _("due later"),
    Duty.MET.value: _("met"),
    Duty.EXEMPT.value: _("exempt"),
}


@require_safe
@at_desk(Right.READ_COURT, Right.READ_ALL)
def listing(request: HttpRequest) -> HttpResponse:
    """Counts by requirement, and the people behind one of them."""
    now, viewer = clock.now(), viewer_of(request)
    courts = access.courts_in_sight(viewer)
    state = request.GET.get("state", "")
    wanted = OwedFilter(
        courts, request.GET.get("requirement", "")[:40], state if state in STATES else ""
    )
    rows = list(owed_queries.owed_in(wanted, now, now.date())[: SHOWN + 1])
    counts = owed_queries.owed_counts(courts, now, now.date())
    context = {
        "states": list(STATES.items()),
        "counts": [
            (requirement, [(code, label, found.get(code, 0)) for code, label in STATES.items()])
            for requirement, found in counts
        ],
        "wanted": wanted,
        "lines": [line(row) for row in rows[:SHOWN]],
        "has_more": len(rows) > SHOWN,
        "tabs": _tabs(request),
    }
    return render(request, "desk/owed.html", context)


@require_safe
@at_desk(Right.READ_COURT)
def court(request: HttpRequest) -> HttpResponse:
    """The seats kept for the own courts, used and left; and who was refused how often."""
    now, viewer = clock.now(), viewer_of(request)
    context = {
        "places": court_queries.places_of(viewer.courts, now=now),
        "refused": court_queries.refused_at(
            viewer.courts, today=now.date(), since=now - REFUSED_WITHIN
        ),
        "nominates": viewer.may(Right.NOMINATE),
        "tabs": _tabs(request),
    }
    return render(request, "desk/court.html", context)


def _tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """A court's two pages; the academy sees seats and refusals with each run."""
    if not viewer_of(request).may(Right.READ_COURT):
        return []
    pages = (("desk-owed", _("What is owed")), ("desk-court", _("Seats and refusals")))
    found = [(reverse(f"enrollment:{name}"), label) for name, label in pages]
    return [{"url": url, "label": label, "current": request.path == url} for url, label in found]
