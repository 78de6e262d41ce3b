"""One operation on many runs: chosen in the list of runs, tried in each, carried out, reported."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from academy.access.enums import Right
from academy.core.errors import Missing, Refused
from academy.core.ids import uuid_of
from academy.core.texts import Texts
from academy.courts.models import Court
from academy.jobs.models import Job
from courses.planning.enums import AHEAD, RunState
from courses.planning.models import Run
from enrollment.pages.desk.bulk_forms import form_of
from enrollment.pages.desk.frame import actor_of, at_desk, render, see, viewer_of
from enrollment.pages.desk.wellness import stopped
from enrollment.requests import access, bulk as many
from enrollment.requests.bulk_operations import OPERATIONS, SHARE
from enrollment.requests.enums import Fate
from enrollment.requests.models import Bulk, BulkLine
from enrollment.requests.share_plans import as_written
from enrollment.seats.enums import State

SHOWN = 30
BUSY = {Job.State.WAITING, Job.State.RUNNING}
STEPS = (gettext_lazy("Trial"), gettext_lazy("Carrying out"), gettext_lazy("Report"))


@require_safe
@at_desk(Right.REGISTER)
def listing(request: HttpRequest) -> HttpResponse:
    """What was done to many runs at once, the newest first."""
    rows = Bulk.objects.select_related("job", "account__person")[:SHOWN]
    lines = [(row, OPERATIONS[row.operation].title, _state(row)) for row in rows]
    return render(request, "desk/bulks.html", {"bulks": lines})


@require_POST
@at_desk(Right.REGISTER)
def choose(request: HttpRequest) -> HttpResponse:
    """From the list of runs: what to do, what it needs, then the dry run in each."""
    operation = request.POST.get("operation", "")
    if operation not in OPERATIONS:
        raise Missing("unknown_operation", _("There is no such operation."))
    runs = _chosen(request)
    is_answer = "go" in request.POST
    form = form_of(operation, request.POST if is_answer else None)
    if is_answer and form.is_valid():
        try:
            made = many.plan(
                operation=operation,
                runs=[run.public_id for run in runs],
                asked=form.cleaned_data,
                viewer=viewer_of(request),
                actor=actor_of(request),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            many.begin(bulk=made.pk)
            return see("bulk", bulk=made.public_id)
    return render(request, "desk/bulk_new.html", _question(operation, runs, form))


def _question(operation: str, runs: list[Run], form: Any) -> dict[str, Any]:
    """The runs chosen, what fits none of them, and what the operation has to be told."""
    fitting = OPERATIONS[operation].from_states
    hidden = [("operation", operation), ("go", "1")]
    return {
        "operation": OPERATIONS[operation],
        "runs": runs,
        "pair": _thin_pair(runs),
        "unfit": [run for run in runs if run.state not in fitting],
        "form": form,
        "hidden": [*hidden, *(("run", str(run.public_id)) for run in runs)],
    }


def _chosen(request: HttpRequest) -> list[Run]:
    """The runs that were ticked, or all of the list's state, up to what one bulk may hold."""
    rows = access.runs_read_by(viewer_of(request)).order_by("starts_at", "pk")
    if "all" in request.POST:
        state = request.POST.get("state", "")
        rows = rows.filter(state=state) if state in RunState.values else rows
        return list(rows[: many.MOST])
    ticked = [one for each in request.POST.getlist("run") if (one := uuid_of(each))]
    return list(rows.filter(public_id__in=ticked)[: many.MOST])


def _thin_pair(runs: list[Run]) -> list[Run]:
    """Two runs ahead of one course, which could as well become one."""
    is_pair = len(runs) == 2 and runs[0].course_id == runs[1].course_id
    return runs if is_pair and all(run.state in AHEAD for run in runs) else []


@require_safe
@at_desk(Right.REGISTER)
def show(request: HttpRequest, bulk: UUID) -> HttpResponse:
    """A line per run: what it would come to, or what it came to, and how to go back."""
    row = _bulk(bulk)
    is_busy = row.job.state in BUSY
    if request.headers.get("HX-Request") == "true":
        if not is_busy:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "desk/_bulk_progress.html", _progress(row))
    lines = list(row.lines.select_related("run__version"))
    context: dict[str, Any] = {
        **_progress(row),
        "operation": OPERATIONS[row.operation],
        "lines": [_line(line) for line in lines],
        "is_busy": is_busy,
        "ready": sum(line.fate == Fate.PLANNED for line in lines),
        "done": sum(line.fate == Fate.DONE for line in lines),
        "refused": sum(line.fate == Fate.REFUSED for line in lines),
        "touched": sum(line.touched for line in lines if line.fate != Fate.REFUSED),
        "may_apply": row.job.is_dry_run and row.job.state == Job.State.DONE,
        "steps": _steps(row),
        "shares": _shares(row),
        "why": stopped(row.job),
    }
    return render(request, "desk/bulk.html", context)


@require_POST
@at_desk(Right.REGISTER)
def apply(request: HttpRequest, bulk: UUID) -> HttpResponse:
    """Carry it out: the first runs at once, the others in the background."""
    row = many.apply(bulk=_bulk(bulk).public_id, actor=actor_of(request))
    many.begin(bulk=row.pk)
    return see("bulk", bulk=bulk)


def _bulk(public_id: UUID) -> Bulk:
    row = Bulk.objects.select_related("job").filter(public_id=public_id).first()
    if row is None:
        raise Missing("unknown_bulk", _("There is no such page."))
    return row


def _shares(row: Bulk) -> list[tuple[Texts, int]]:
    """The seats that each court gets in every run, the most first."""
    if row.operation != SHARE:
        return []
    rows = as_written(row.asked["plan"])
    courts = Court.objects.in_bulk([one.code for one in rows], field_name="code")
    return [(courts[one.code].names, one.seats) for one in sorted(rows, key=lambda x: -x.seats)]


def _progress(row: Bulk) -> dict[str, Any]:
    how_far = _("%(done)s of %(total)s runs") % {"done": row.job.done, "total": row.job.total}
    return {"bulk": row, "job": row.job, "how_far": how_far}


def _line(line: BulkLine) -> tuple[BulkLine, list[tuple[str, int]]]:
    labels = dict(State.choices)
    return line, [(str(labels.get(state, state)), count) for state, count in line.states.items()]


def _steps(row: Bulk) -> list[dict[str, Any]]:
    at = 0 if row.job.is_dry_run else 1 if row.job.state in BUSY else 2
    return [
        {"label": label, "state": "done" if n < at else "current" if n == at else "todo"}
        for n, label in enumerate(STEPS)
    ]


def _state(row: Bulk) -> str:
    if row.job.state == Job.State.FAILED:
        return _("Stopped")
    if row.job.state in BUSY:
        return _("Is being looked at") if row.job.is_dry_run else _("Is being carried out")
    return _("Tried, not carried out") if row.job.is_dry_run else _("Carried out")
