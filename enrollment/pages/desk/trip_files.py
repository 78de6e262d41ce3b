"""The papers of a large run as files: asked for, watched while they are written, fetched."""

from typing import Any
from uuid import UUID

from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from academy.access.enums import Right
from academy.core.errors import Missing, Refused
from academy.jobs.models import Job
from enrollment.pages.desk.frame import actor_of, at_desk, render, see, viewer_of
from enrollment.pages.desk.trips import journey_in_sight, printed, run_in_sight
from enrollment.pages.desk.wellness import stopped
from enrollment.trips import access, actions, queries
from enrollment.trips.models import TripBatch

OPEN = {Job.State.WAITING, Job.State.RUNNING}


@require_POST
@at_desk(Right.READ_COURT, Right.READ_ALL)
def ask(request: HttpRequest, run: UUID) -> HttpResponse:
    """Have all papers that hold and are in sight written, in the background."""
    row = run_in_sight(request, run)
    papers = queries.holding(journey_in_sight(request, row).travellers)
    try:
        batch = actions.ask_files(run=row, papers=papers, actor=actor_of(request))
    except Refused as refusal:
        notices.error(request, str(refusal.sentence))
        return see("trip", run=run)
    return see("trip-files", batch=batch.job.public_id)


@require_safe
@at_desk(Right.READ_COURT, Right.READ_ALL)
def show(request: HttpRequest, batch: UUID) -> HttpResponse:
    """How far it is; then the files, each by itself or all as one."""
    row = access.batch_for(viewer_of(request), batch)
    is_busy = row.job.state in OPEN
    if request.headers.get("HX-Request") == "true":
        if not is_busy:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "desk/_trip_files_progress.html", _progress(row))
    context = _progress(row) | {
        "run": row.run,
        "is_busy": is_busy,
        "why": stopped(row.job),
        "files": queries.files_of(row),
        "is_over": row.job.state == Job.State.DONE and row.expires_at is None,
    }
    return render(request, "desk/trip_files.html", context)


def _progress(row: TripBatch) -> dict[str, Any]:
    told = {"done": row.job.done, "total": row.job.total}
    return {"batch": row, "job": row.job, "how_far": _("%(done)s of %(total)s papers") % told}


@require_safe
@at_desk(Right.READ_COURT, Right.READ_ALL)
def fetch(request: HttpRequest, batch: UUID, number: int) -> HttpResponse:
    """One file to print."""
    row = access.batch_for(viewer_of(request), batch)
    return printed(queries.file_of(row, number), f"trips-{row.run.code}-{number}.pdf")


@require_safe
@at_desk(Right.READ_COURT, Right.READ_ALL)
def archive(request: HttpRequest, batch: UUID) -> HttpResponse:
    """All files as one, once the last is written."""
    row = access.batch_for(viewer_of(request), batch)
    if row.expires_at is None:
        raise Missing("unknown_trip", _("There is no such paper."))
    response = HttpResponse(queries.archive_of(row), content_type="application/zip")
    name = f"trips-{row.run.code}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
