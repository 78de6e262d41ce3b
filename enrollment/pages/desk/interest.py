"""Which courses people wait for although no run of them is planned: for the yearly plan."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from academy.access.enums import Right
from academy.core import clock
from courses.planning.queries import wanted_courses
from enrollment.pages.desk.frame import at_desk, render, viewer_of


@require_safe
@at_desk(Right.PLAN, Right.READ_ALL)
def wanted(request: HttpRequest) -> HttpResponse:
    """The courses most waited for first."""
    now = clock.now()
    context = {
        "courses": wanted_courses(year=now.year),
        "year": now.year,
        "plans": viewer_of(request).may(Right.PLAN),
    }
    return render(request, "desk/interest.html", context)
