"""Runs at the desk: list, one run, its queue, and what the registrar does with it."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from academy.access.enums import Right
from academy.core import clock
from courses.planning.actions import plan_run
from courses.planning.bookings import PLANNED, clashes_of
from courses.planning.enums import TRANSITIONS, RunState
from courses.planning.year_queries import off_days
from enrollment.attendance.queries import obstacle_of, sheet_of
from enrollment.classroom.access import prepares
from enrollment.classroom.queries import needs_in
from enrollment.pages.desk.forms import RunForm
from enrollment.pages.desk.frame import actor_of, at_desk, back_or, render, see, viewer_of
from enrollment.reminders.queries import interested_in
from enrollment.requests import access, desk_queries, plan_checks, run_actions
from enrollment.requests.bulk import MOST
from enrollment.requests.bulk_operations import OPERATIONS

PAGE, AGREED = 30, "agreed"
EDIT = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@at_desk(Right.TEACH, Right.READ_ALL)
def listing(request: HttpRequest) -> HttpResponse:
    """Own runs, or all for registrar and auditor, by state."""
    state = request.GET.get("state", "")
    state = state if state in RunState.values else ""
    after = request.GET.get("after", "")
    rows = desk_queries.runs_page(
        access.runs_read_by(viewer_of(request)),
        state=state,
        after=int(after) if after.isdigit() else None,
        limit=PAGE,
    )
    context = {
        "runs": rows[:PAGE],
        "next_after": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "state": state,
        "states": [("", _("All")), *RunState.choices],
        "plans": viewer_of(request).may(Right.PLAN),
        "operations": list(OPERATIONS.items()) if viewer_of(request).may(Right.REGISTER) else [],
        "most": MOST,
    }
    return render(request, "desk/runs.html", context)


@require_safe
@at_desk(Right.TEACH, Right.READ_ALL)
def show(request: HttpRequest, run: UUID) -> HttpResponse:
    """One run: what it is, who is in it, what can be done next."""
    viewer = viewer_of(request)
    row = access.run_to_read(viewer, run)
    sheet = sheet_of(row)
    next_states = TRANSITIONS[RunState(row.state)]
    scans = () if viewer.may(Right.TEACH) else ("scans",)  # who teaches finds them at the marks
    context = {
        "run": row,
        "sessions": row.sessions.order_by("number").prefetch_related(*scans),
        "trainers": row.assignments.select_related("person").order_by("-is_lead", "pk"),
        "roster": desk_queries.roster(row),
        "free_seats": row.seats.filter(free=True).count(),
        "sheet": sheet,
        "obstacle": obstacle_of(sheet, at=clock.now()) if row.state == RunState.FINISHED else None,
        "clashes": clashes_of(row) if row.state == RunState.DRAFT else [],
        "off_days": off_days([row.pk]).get(row.pk, []) if row.state in PLANNED else [],
        "needs": needs_in(row, clock.now()) if prepares(viewer, row) else None,
        "registers": viewer.may(Right.REGISTER),
        "teaches": viewer.may(Right.TEACH),
        "reads_all": viewer.may(Right.READ_ALL),
        "next": {state.value for state in next_states},
        "movable": RunState.CANCELLED in next_states and row.state != RunState.RUNNING,
    }
    return render(request, "desk/run.html", context)


@EDIT
@at_desk(Right.PLAN)
def new(request: HttpRequest) -> HttpResponse:
    """Plan a run: a draft that nobody sees until it is published."""
    form = RunForm(
        request.POST or None,
        time_zone=settings.TIME_ZONE,
        languages=list(settings.LANGUAGES),
        initial={"course": request.GET.get("course", "")},
    )
    against = None
    if request.method == "POST" and form.is_valid():
        plan = form.plan(now=clock.now())
        against = plan_checks.of_plan(plan, actor=actor_of(request))
        if against.mark == request.POST.get(AGREED, ""):
            row = plan_run(plan=plan, actor=actor_of(request))
            done = _("The run is planned as a draft. Publish it when it is ready.")
            messages.success(request, done)
            return see("run", run=row.public_id)
    hidden = [(AGREED, against.mark)] if against else []
    context = {"form": form, "against": against, "hidden": hidden}
    return render(request, "desk/run_new.html", context)


@EDIT
@at_desk(Right.REGISTER)
def publish(request: HttpRequest, run: UUID) -> HttpResponse:
    """Open a run to the public; asked by its address, first what that means and what is missing."""
    if request.method != "POST":
        row = access.run_to_register(viewer_of(request), run)
        context = {
            "run": row,
            "against": plan_checks.of_run(row),
            "told": len(interested_in([row.public_id])),
            "trainers": row.assignments.count(),
            "is_draft": row.state == RunState.DRAFT,
        }
        return render(request, "desk/run_publish.html", context)
    run_actions.publish_run(run=_door(request, run), actor=actor_of(request))
    messages.success(request, _("The run is published. People can find it now."))
    return back_or(request, "run", run=run)


@require_POST
@at_desk(Right.REGISTER)
def go_ahead(request: HttpRequest, run: UUID) -> HttpResponse:
    """Say that a run will be held."""
    run_actions.go_ahead(run=_door(request, run), actor=actor_of(request))
    messages.success(request, _("The run is going ahead."))
    return back_or(request, "run", run=run)


def _door(request: HttpRequest, run: UUID) -> UUID:
    return access.run_to_register(viewer_of(request), run).public_id
