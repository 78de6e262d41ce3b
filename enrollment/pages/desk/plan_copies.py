"""A run or a year's plan copied: what would come of it, then the deed, then the way back."""

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from academy.access.enums import Right
from academy.core.errors import Missing, Refused
from academy.core.texts import Texts
from academy.jobs.models import Job
from academy.web import dates
from courses.planning import copying
from courses.planning.enums import NotCopied
from courses.planning.models import Run
from courses.planning.phrases import Clash, OffDay
from courses.planning.years import FIRST_YEAR, LAST_YEAR, check_year
from enrollment.pages.desk.frame import actor_of, at_desk, render, see, viewer_of
from enrollment.pages.desk.plan_frame import LABELS, wanted_of
from enrollment.requests import access, plan_copies
from enrollment.requests.plan_copy_rules import Fate, Row

EDIT = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 50


class YearForm(forms.Form):
    """Into which year."""

    to = forms.IntegerField(
        label=gettext_lazy("Copy into the year"), min_value=FIRST_YEAR, max_value=LAST_YEAR
    )


class DayForm(forms.Form):
    """On which day the copy of a run begins."""

    first = forms.DateField(
        label=gettext_lazy("The copy begins on"),
        help_text=gettext_lazy("A day off becomes the next working day."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


@EDIT
@at_desk(Right.PLAN)
def of_year(request: HttpRequest, year: int) -> HttpResponse:
    """Choose the year into which a plan, or what the filters leave of it, is copied."""
    check_year(year)
    wanted = wanted_of(request)
    form = YearForm(request.POST or None, initial={"to": year + 1})
    if request.method == "POST" and form.is_valid():
        try:
            job = plan_copies.ask_year_copy(
                year=year, to=form.cleaned_data["to"], wanted=wanted, actor=actor_of(request)
            )
            return see("plan-copy", copy=job.public_id)
        except Missing:
            raise
        except Refused as refusal:
            form.add_error(None, str(refusal.sentence))
    query = f"?{urlencode(wanted)}" if wanted else ""
    context = {
        "form": form,
        "title": _("Copy the plan of %(year)s") % {"year": year},
        "kicker": _("Plan of %(year)s") % {"year": year},
        "back": reverse("enrollment:plan-board", args=[year]) + query,
        "narrowed": [f"{LABELS[name]}: {value}" for name, value in wanted.items()],
        "is_year": True,
    }
    return render(request, "desk/plan_copy_new.html", context)


@EDIT
@at_desk(Right.PLAN)
def of_run(request: HttpRequest, run: UUID) -> HttpResponse:
    """Choose the day on which the copy of a run begins; four weeks later at first."""
    row = access.run_to_read(viewer_of(request), run)
    first = _next_day(row)
    form = DayForm(request.POST or None, initial={"first": first})
    if request.method == "POST" and form.is_valid():
        try:
            job = plan_copies.ask_run_copy(
                run=run, first=form.cleaned_data["first"], actor=actor_of(request)
            )
            return see("plan-copy", copy=job.public_id)
        except Missing:
            raise
        except Refused as refusal:
            form.add_error(None, str(refusal.sentence))
    context = {
        "form": form,
        "title": _("Copy %(code)s") % {"code": row.code},
        "kicker": row.code,
        "back": reverse("enrollment:run", args=[run]),
    }
    return render(request, "desk/plan_copy_new.html", context)


def _next_day(run: Run) -> date | None:
    return run.starts_at.date() + timedelta(weeks=4) if run.starts_at else None


@require_safe
@at_desk(Right.READ_ALL)
def show(request: HttpRequest, copy: UUID) -> HttpResponse:
    """A line per run: what would become of it, or has; fifty a page, warnings first if wished."""
    job = plan_copies.copy_of(copy)
    rows = [Row(**row) for row in job.report]
    sent = request.GET.get("after", "")
    begin = int(sent) if sent.isdigit() else 0
    only = request.GET.get("show", "")
    chosen = [row for row in rows if _is_shown(row, only)]
    to = job.params.get("to")
    runs = job.params.get("run")
    context = {
        "job": job,
        "is_open": job.state in {Job.State.WAITING, Job.State.RUNNING},
        "is_undone": "undone_at" in job.params,
        "lines": _lines(chosen[begin : begin + PAGE]),
        "next_after": begin + PAGE if len(chosen) > begin + PAGE else None,
        "only": only,
        "counts": _counts(rows),
        "to": to,
        "back": reverse("enrollment:plan-board", args=[to or _year_of(job)]),
        "again": reverse("enrollment:run-copy", args=[runs])
        if runs
        else reverse("enrollment:plan-year-copy", args=[job.params["from"]]),
        "knows_days_off": to is None or copying.has_calendar(to),
        "plans": viewer_of(request).may(Right.PLAN),
        "how_far": _("%(done)s of %(total)s runs") % {"done": job.done, "total": job.total},
    }
    return render(request, "desk/plan_copy.html", context)


def _year_of(job: Job) -> int:
    return date.fromisoformat(job.params["first"]).year


def _is_shown(row: Row, only: str) -> bool:
    match only:
        case "look":
            return row.fate != Fate.LEFT_OUT and row.needs_a_look
        case "left":
            return row.fate == Fate.LEFT_OUT
    return True


def _counts(rows: list[Row]) -> dict[str, int]:
    left = sum(row.fate == Fate.LEFT_OUT for row in rows)
    return {
        "all": len(rows),
        "made": len(rows) - left,
        "look": sum(_is_shown(row, "look") for row in rows),
        "left": left,
    }


def _lines(rows: list[Row]) -> list[dict[str, Any]]:
    """The lines of one page with the titles of their courses."""
    sources = Run.objects.filter(pk__in=[row.source for row in rows]).select_related("version")
    titles: dict[int, Texts] = {run.pk: run.version.title for run in sources}
    return [
        {
            "row": row,
            "title": titles.get(row.source),
            "reason": NotCopied(row.reason).label if row.reason else "",
            "starts": datetime.fromisoformat(row.starts_at) if row.starts_at else None,
            "ends": datetime.fromisoformat(row.ends_at) if row.ends_at else None,
            "notes": _notes(row),
        }
        for row in rows
    ]


def _notes(row: Row) -> list[str]:
    """What a person should know before the copy is made, in sentences."""
    moved = _("%(now)s instead of %(was)s, which is a day off.")
    off = [OffDay(date.fromisoformat(day), names).sentence for day, names in row.off]
    clashes = [
        Clash(trainer, venue, run, datetime.fromisoformat(starts), zone).sentence
        for trainer, venue, run, starts, zone in row.clashes
    ]
    gone = _("%(name)s has left and is not taken over: name a trainer.")
    return [
        *(moved % {"was": _day(meant), "now": _day(now)} for meant, now in row.moved),
        *off,
        *clashes,
        *(gone % {"name": name} for name in row.without),
    ]


def _day(text: str) -> str:
    return dates.day(date.fromisoformat(text), "short")


@require_POST
@at_desk(Right.PLAN)
def apply(request: HttpRequest, copy: UUID) -> HttpResponse:
    """Make the copy: the first runs at once, the others in the background."""
    plan_copies.apply(copy=copy, actor=actor_of(request))
    return see("plan-copy", copy=copy)


@require_POST
@at_desk(Right.PLAN)
def undo(request: HttpRequest, copy: UUID) -> HttpResponse:
    """Take the drafts of a copy out of the plan again."""
    try:
        count = plan_copies.undo(copy=copy, actor=actor_of(request))
    except Missing:
        raise
    except Refused as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        done = _("The copy is taken back: %(count)s drafts are gone from the plan.")
        messages.success(request, done % {"count": count})
    return see("plan-copy", copy=copy)
