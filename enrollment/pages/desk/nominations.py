"""Nominating at the desk: a run, a list of people, what it would come to, what became of each."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from academy.access.enums import Right
from academy.access.queries import Viewer
from academy.core import clock
from academy.core.errors import Refused
from academy.courts.models import PositionCategory
from academy.jobs.models import Job
from academy.jobs.tables import read_table
from courses.planning.models import Run
from enrollment.pages.desk.court_forms import NominationForm
from enrollment.pages.desk.frame import actor_of, at_desk, render, see, viewer_of
from enrollment.pages.desk.nominee_words import next_step
from enrollment.requests import access, desk_queries, naming, nominations, nominee_queries
from enrollment.requests.naming import Named
from enrollment.requests.nominating_rules import TOLD

SHOWN = 200
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NARROWED_BY = ("search", "court", "category", "post")
CATEGORIES: Mapping[str, str | Promise] = {
    PositionCategory.JUDGE: gettext_lazy("Judges"),
    PositionCategory.STAFF: gettext_lazy("Court officials"),
    PositionCategory.OTHER: gettext_lazy("Others"),
}
NOMINATORS = (Right.NOMINATE, Right.REGISTER)


@require_safe
@at_desk(*NOMINATORS, Right.READ_ALL)
def listing(request: HttpRequest) -> HttpResponse:
    """The runs that people can be nominated for now, and the nominations so far."""
    viewer = viewer_of(request)
    may = any(viewer.may(right) for right in NOMINATORS)
    runs = desk_queries.asking_now(now=clock.now())[:SHOWN] if may else []
    made = nominee_queries.with_counts(access.nominations_seen_by(viewer))[:50]
    return render(request, "desk/nominations.html", {"runs": runs, "nominations": made, "may": may})


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(*NOMINATORS)
def nominate(request: HttpRequest, run: UUID) -> HttpResponse:
    """The people of the court, those longest without training first; then the dry run."""
    viewer, today = viewer_of(request), clock.now().date()
    row = access.run_to_nominate_for(viewer, run)
    form = NominationForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        try:
            named = _named(viewer, form, today)
            made = nominations.plan(run=run, named=named, viewer=viewer, actor=actor_of(request))
            return see("nomination", nomination=made.public_id)
        except Refused as refusal:
            form.add_error("file" if form.cleaned_data["file"] else None, str(refusal.sentence))
    return _pick_list(request, row, form, viewer, today)


def _named(viewer: Viewer, form: NominationForm, today: date) -> Named:
    sent = form.cleaned_data["file"]
    ticked = form.cleaned_data["people"]
    if sent is None:
        return naming.named_by_ids(viewer, ticked, day=today)
    table = read_table(sent.name or "", sent.read())
    return naming.named_in(viewer, table, day=today, ticked=ticked)


def _pick_list(
    request: HttpRequest, run: Run, form: NominationForm, viewer: Viewer, today: date
) -> HttpResponse:
    wanted = _wanted(request)
    everywhere = viewer.may(Right.REGISTER)
    courts = None if everywhere else viewer.courts
    people = []
    if not everywhere or wanted["search"].strip() or wanted["court"].strip():
        people = nominee_queries.by_need(run, courts=courts, day=today, most=SHOWN, **wanted)
    context = {
        "run": run,
        "people": people,
        "form": form,
        **wanted,
        "everywhere": everywhere,
        "categories": [("", _("All")), *CATEGORIES.items()],
        "posts": nominee_queries.posts_at(courts, today),
        "ticked": set(request.POST.getlist("people")),
        "is_full": len(people) == SHOWN,
    }
    return render(request, "desk/nominate.html", context)


def _wanted(request: HttpRequest) -> dict[str, str]:
    """Whom the list is narrowed to; a category that does not exist narrows nothing."""
    wanted = {name: request.GET.get(name, "")[:80] for name in NARROWED_BY}
    if wanted["category"] not in PositionCategory.values:
        wanted["category"] = ""
    return wanted


@require_safe
@at_desk(*NOMINATORS, Right.READ_ALL)
def show(request: HttpRequest, nomination: UUID) -> HttpResponse:
    """A line per person: what would come of it, or what came of it and how it stands now."""
    viewer = viewer_of(request)
    row = access.nomination_for(viewer, nomination)
    lines = nominee_queries.nominees_of(row)
    job = row.job
    context: dict[str, Any] = {
        "nomination": row,
        "job": job,
        "run": row.run,
        "lines": [
            (line, TOLD.get(line.state, "") if job.is_dry_run else next_step(line))
            for line in lines
        ],
        "summary": nominee_queries.summary_of(lines),
        "bad": sum(not line.state and bool(line.sentence) for line in lines),
        "is_running": not job.is_dry_run and job.state in {Job.State.WAITING, Job.State.RUNNING},
        "may_apply": job.is_dry_run and job.asked_by == viewer.account_public_id,
        "how_far": _("%(done)s of %(total)s people") % {"done": job.done, "total": job.total},
    }
    return render(request, "desk/nomination.html", context)


@require_safe
@at_desk(*NOMINATORS, Right.READ_ALL)
def to_mend(request: HttpRequest, nomination: UUID) -> HttpResponse:
    """Those who cannot be nominated, each with what to mend; mended, the file is a new list."""
    row = access.nomination_for(viewer_of(request), nomination)
    rows = nominee_queries.rows_to_mend(nominee_queries.nominees_of(row))
    answer = HttpResponse(rows, content_type=SHEET)
    answer["Content-Disposition"] = f'attachment; filename="to-mend-{nomination}.xlsx"'
    return answer


@require_POST
@at_desk(*NOMINATORS)
def apply(request: HttpRequest, nomination: UUID) -> HttpResponse:
    """Nominate everybody on the list: the first at once, the others in the background."""
    viewer = viewer_of(request)
    row = access.nomination_to_apply(viewer, nomination, by=viewer.account_public_id)
    nominations.apply(nomination=row.public_id, actor=actor_of(request))
    nominations.carry_on(nomination=row.pk, limit=nominations.FIRST_SLICE)
    return see("nomination", nomination=nomination)
