"""Who owes what by when, at the own courts; everywhere for who reads everything."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from academy.access.enums import Right
from academy.core import clock
from enrollment.credits import access, owed_queries
from enrollment.credits.enums import Duty
from enrollment.credits.owed_queries import DUE_SOON, LATE, LATER, OwedFilter
from enrollment.pages.desk.frame import at_desk, render, viewer_of
from enrollment.pages.owed import line

SHOWN = 200
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
    now = clock.now()
    courts = access.courts_in_sight(viewer_of(request))
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
    }
    return render(request, "desk/owed.html", context)
