"""Changes of a whole run at the desk: each shows who is affected and what they will be told, first.

The first POST of a form shows the dry run; the second, with the mark of what was shown, does the
deed and leads to its report. If anything has changed between the two, the new dry run is shown.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from academy.access.enums import Right
from academy.core.errors import Missing, Refused
from courses.planning.models import Run
from enrollment.pages.desk.change_forms import (
    CapacityForm,
    MoveForm,
    OtherRunForm,
    ReasonForm,
    SplitForm,
)
from enrollment.pages.desk.frame import actor_of, at_desk, render, see, viewer_of
from enrollment.requests import access, plan_checks, rehearsal, run_changes, surgery
from enrollment.requests.plan_checks import Against
from enrollment.requests.rehearsal import Foreseen, witnessed

EDIT = require_http_methods(["GET", "HEAD", "POST"])
AGREED, AGAIN = "agreed", "again"
SHOWN = 100
Command = Callable[..., Foreseen]
"""A command on a run as `witnessed` carries it out; what is missing is whether it is a dry run."""


@dataclass(frozen=True, slots=True)
class Change:
    """One kind of change as its page words it."""

    run: Run
    form: forms.Form
    command: Callable[[], Command]  # asked for when the form is valid
    title: str
    effects: list[str | Promise]
    submit: str
    done: str
    danger: bool = False
    more: dict[str, Any] = field(default_factory=dict)
    against: Callable[[], Against] | None = None  # what stands against new dates


@EDIT
@at_desk(Right.REGISTER)
def capacity(request: HttpRequest, run: UUID) -> HttpResponse:
    """Change the number of seats: who would be promoted, who stays."""
    row = access.run_to_register(viewer_of(request), run)
    form = CapacityForm(request.POST or None, initial={"capacity": row.capacity})
    change = Change(
        run=row,
        form=form,
        command=lambda: _on(request, row, run_changes.change_capacity, **form.cleaned_data),
        title=_("Change the number of seats of %(code)s") % {"code": row.code},
        effects=[
            _("More seats go to the waiting list first."),
            _("Fewer seats throw nobody out."),
        ],
        submit=_("Change the number of seats"),
        done=_("The number of seats is changed."),
    )
    return in_two_steps(request, change)


@EDIT
@at_desk(Right.REGISTER)
def move(request: HttpRequest, run: UUID) -> HttpResponse:
    """Give a run new dates or another place: people keep their seats and are asked again."""
    row = access.run_to_register(viewer_of(request), run)
    form = MoveForm(request.POST or None, of=row, shift=request.GET.get("days", ""))
    change = Change(
        run=row,
        form=form,
        command=lambda: _on(request, row, run_changes.move_run, **form.asked()),
        title=_("New dates for %(code)s") % {"code": row.code},
        effects=[
            _("Everybody keeps the seat or the place in the queue."),
            _("Who has a seat is asked to confirm again."),
            _("Deadlines move with the run."),
        ],
        submit=_("Move the run"),
        done=_("The run has new dates. Everybody concerned will be told."),
        more={"shifts": form.shift is not None},
        against=lambda: plan_checks.of_move(row, form.asked()["sessions"]),
    )
    return in_two_steps(request, change)


@EDIT
@at_desk(Right.REGISTER)
def postpone(request: HttpRequest, run: UUID) -> HttpResponse:
    """Postpone a run: enrolments are kept until there are new dates."""
    row = access.run_to_register(viewer_of(request), run)
    form = ReasonForm(request.POST or None)
    change = Change(
        run=row,
        form=form,
        command=lambda: _on(request, row, run_changes.postpone_run, **form.cleaned_data),
        title=_("Postpone %(code)s") % {"code": row.code},
        effects=[
            _("Enrolments and places in the queue are kept."),
            _("Once there are new dates, everybody with a seat is asked to confirm again."),
        ],
        submit=_("Postpone the run"),
        done=_("The run is postponed. Everybody concerned will be told."),
        danger=True,
    )
    return in_two_steps(request, change)


@EDIT
@at_desk(Right.REGISTER)
def cancel(request: HttpRequest, run: UUID) -> HttpResponse:
    """Cancel a run: every enrolment ends, everybody is told why."""
    row = access.run_to_register(viewer_of(request), run)
    form = ReasonForm(request.POST or None)
    change = Change(
        run=row,
        form=form,
        command=lambda: _on(request, row, run_changes.cancel_run, **form.cleaned_data),
        title=_("Cancel %(code)s") % {"code": row.code},
        effects=[
            _("Every enrolment in this run ends, also those on the waiting list."),
            _("Everybody concerned and the trainers get a message with the reason."),
            _("This cannot be undone. A new run can be planned at any time."),
        ],
        submit=_("Cancel the run"),
        done=_("The run is cancelled. Everybody concerned will be told."),
        danger=True,
    )
    return in_two_steps(request, change)


@EDIT
@at_desk(Right.REGISTER)
def merge(request: HttpRequest, run: UUID) -> HttpResponse:
    """Bring everybody of a thin run into another one; the emptied run is cancelled."""
    row = access.run_to_register(viewer_of(request), run)
    form = OtherRunForm(request.POST or None, of=row)
    change = Change(
        run=row,
        form=form,
        command=lambda: _between(request, row, surgery.merge_runs, form.other),
        title=_("Merge %(code)s into another run") % {"code": row.code},
        effects=[
            _("Who has a seat keeps one where one is free, and is asked about the new dates."),
            _("Everybody else joins the other run's queue, in the old order."),
            _("This run is cancelled. Each person gets one message."),
        ],
        submit=_("Merge the runs"),
        done=_("The two runs are one now. Everybody concerned will be told."),
        danger=True,
        more={"nowhere": not form.has_choice},
    )
    return in_two_steps(request, change)


@EDIT
@at_desk(Right.REGISTER)
def split(request: HttpRequest, run: UUID) -> HttpResponse:
    """Move some people of a full run into another one."""
    row = access.run_to_register(viewer_of(request), run)
    form = SplitForm(request.POST or None, of=row)
    change = Change(
        run=row,
        form=form,
        command=lambda: partial(
            _between(request, row, surgery.split_run, form.other), enrollments=form.chosen
        ),
        title=_("Move some people of %(code)s to another run") % {"code": row.code},
        effects=[
            _("Who has a seat keeps one where one is free, and is asked about the new dates."),
            _("Seats that come free here go to the waiting list."),
            _("Who moves keeps the order in which they asked."),
        ],
        submit=_("Move these people"),
        done=_("The people have moved. Everybody concerned will be told."),
        more={"nowhere": not form.has_choice},
    )
    return in_two_steps(request, change)


@require_safe
@at_desk(Right.TEACH, Right.READ_ALL)
def report(request: HttpRequest, run: UUID, request_id: str) -> HttpResponse:
    """What one change came to, as the ledger has it."""
    row = access.run_to_read(viewer_of(request), run)
    found = rehearsal.report(row.public_id, request_id)
    if found is None:
        raise Missing("unknown_page", _("There is no such page."))
    return render(request, "desk/change_report.html", {"run": row, "foreseen": shown(found)})


def _on(request: HttpRequest, run: Run, action: Callable[..., Run], **asked: Any) -> Command:
    """A command on this run, by this viewer."""
    return partial(
        witnessed,
        action,
        runs=[run.public_id],
        actor=actor_of(request),
        run=run.public_id,
        **asked,
    )


def _between(request: HttpRequest, run: Run, action: Callable[..., Run], other: UUID) -> Command:
    """A command on this run and another one."""
    return partial(_on(request, run, action, into=other), runs=[run.public_id, other])


def in_two_steps(request: HttpRequest, change: Change) -> HttpResponse:
    """Form, dry run, deed: nothing is done that was not shown before."""
    if request.method != "POST" or AGAIN in request.POST or not change.form.is_valid():
        return _page(request, change)
    agreed = request.POST.get(AGREED, "")
    command = change.command()
    try:
        if agreed:
            command(dry_run=False, agreed=agreed)
            messages.success(request, change.done)
            request_id = getattr(request, "request_id", "")
            return see("run-change-report", run=change.run.public_id, request_id=request_id)
        return _preview(request, change, command(dry_run=True))
    except Missing:
        raise
    except Refused as refusal:
        if refusal.code == rehearsal.CHANGED:
            return _preview(request, change, command(dry_run=True), notice=refusal.sentence)
        change.form.add_error(None, str(refusal.sentence))
        return _page(request, change)


def _page(request: HttpRequest, change: Change) -> HttpResponse:
    context = {"change": change, "run": change.run, **change.more}
    return render(request, "desk/change.html", context)


def _preview(
    request: HttpRequest, change: Change, foreseen: Foreseen, *, notice: object = ""
) -> HttpResponse:
    context = {
        "change": change,
        "run": change.run,
        "answers": _answers(request.POST),
        "agreed": foreseen.mark,
        "foreseen": shown(foreseen),
        "notice": notice,
        "against": change.against() if change.against else None,
        "other": change.form.cleaned_data.get("into"),
    }
    return render(request, "desk/change_preview.html", context)


def _answers(sent: QueryDict) -> list[tuple[str, str]]:
    """What was answered, for the second step."""
    names = [name for name in sent if name not in {"csrfmiddlewaretoken", AGREED, AGAIN}]
    return [(name, str(value)) for name in names for value in sent.getlist(name)]


def shown(foreseen: Foreseen) -> dict[str, Any]:
    """A dry run as the page shows it: a line per person, the first hundred."""
    return {
        "count": len(foreseen.effects),
        "lines": foreseen.effects[:SHOWN],
        "more": max(len(foreseen.effects) - SHOWN, 0),
        "clashes": any(effect.clashes for effect in foreseen.effects),
        "waiting": foreseen.still_waiting[:SHOWN],
        "waiting_count": len(foreseen.still_waiting),
        "trainers": foreseen.trainers,
    }
