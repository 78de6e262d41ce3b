"""The monitor as a page: what must always hold, whether it does, and how to mend it."""

from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_POST, require_safe

from academy.access.enums import Right
from academy.core import clock
from enrollment.pages.desk.frame import actor_of, at_desk, render, see, viewer_of
from enrollment.requests import desk_queries
from enrollment.seats import monitor


@require_safe
@at_desk(Right.READ_ALL)
def invariants(request: HttpRequest) -> HttpResponse:
    """Every invariant with its last answer; the broken ones first, with the rows and a repair."""
    standings = monitor.standings(clock.now())
    broken = [standing for standing in standings if standing.is_broken]
    context = {
        "broken": [(standing, desk_queries.runs_concerned(standing)) for standing in broken],
        "standings": standings,
        "asked": any(standing.result for standing in standings),
        "overdue": any(standing.is_overdue for standing in standings),
        "registers": viewer_of(request).may(Right.REGISTER),
    }
    return render(request, "desk/invariants.html", context)


@require_POST
@at_desk(Right.REGISTER)
def ask_again(request: HttpRequest) -> HttpResponse:
    """Ask every invariant now, as the clock does each minute."""
    broken = monitor.watch(actor=actor_of(request), all_of_them=True)
    if broken:
        sentence = ngettext("%(n)d check fails.", "%(n)d checks fail.", broken)
        notices.error(request, sentence % {"n": broken})
    else:
        notices.success(request, _("Every check holds."))
    return see("invariants")
