"""Seats of a run shared out: what is so now, what a plan would come to, and the deed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods

from academy.access.enums import Right
from academy.core.errors import Invalid
from academy.web import dates
from courses.planning import pools
from courses.planning.models import Run, SeatPool
from courses.planning.pools import Moved, PoolLine
from enrollment.pages.desk.frame import actor_of, at_desk, render, see, viewer_of
from enrollment.pages.desk.share_forms import FileForm, HandForm, PlanForm, PostsForm
from enrollment.requests import access, phrases, pool_actions
from enrollment.requests.pool_actions import Foreseen
from enrollment.requests.share_plans import Written, as_text, shares_of
from enrollment.seats.models import Enrollment

WAYS = {"hand": HandForm, "posts": PostsForm, "file": FileForm}
APPLY = "apply"


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.REGISTER)
def share(request: HttpRequest, run: UUID) -> HttpResponse:
    """The pools and three ways to change them; every one is shown in words before it acts."""
    row = access.run_to_register(viewer_of(request), run)
    way = request.POST.get("way", "")
    forms: dict[str, Any] = {name: kind(prefix=name) for name, kind in WAYS.items()}
    if way == APPLY:
        return _apply(request, row)
    context: dict[str, Any] = {}
    if way in WAYS:
        forms[way] = form = WAYS[way](request.POST, request.FILES, prefix=way)
        if form.is_valid():
            context = _preview(request, row, form)
    context |= {
        "run": row,
        "forms": forms,
        "lines": [_shown(line, row) for line in pools.lines_of(row)],
        "apply": APPLY,
    }
    response = render(request, "desk/pools.html", context)
    response.status_code = 422 if any(form.errors for form in forms.values()) else 200
    return response


def _apply(request: HttpRequest, run: Run) -> HttpResponse:
    form = PlanForm(request.POST)
    if not form.is_valid():
        raise Invalid("share_rows", _("The plan cannot be read; nothing was changed."))
    moved = pool_actions.share_seats(
        run=run.public_id, shares=shares_of(run, form.rows), actor=actor_of(request)
    )
    messages.success(request, _said_of_all(moved))
    return see("run-pools", run=run.public_id)


def _preview(request: HttpRequest, run: Run, form: Any) -> dict[str, Any]:
    """The plan in words; what cannot be is said at the form."""
    try:
        rows: Sequence[Written] = form.rows
        foreseen = pool_actions.preview_shares(
            run=run.public_id, shares=shares_of(run, rows), actor=actor_of(request)
        )
    except Invalid as refusal:
        form.add_error(None, str(refusal.sentence))
        for sentences in refusal.fields.values():
            form.add_error(None, [str(sentence) for sentence in sentences])
        return {}
    return {"foreseen": _foreseen(foreseen, run), "plan": as_text(rows)}


def _foreseen(foreseen: Foreseen, run: Run) -> dict[str, Any]:
    effects = [_moved(step) for step in foreseen.moved] or [_("No seat changes its place.")]
    return {
        "effects": [*effects, _("Who holds a seat keeps it.")],
        "promoted": [_person(one) for one in foreseen.promoted],
        "passed_over": [one.person.full_name for one in foreseen.passed_over],
        "lines": [_shown(line, run) for line in foreseen.lines],
    }


def _person(enrollment: Enrollment) -> dict[str, Any]:
    return {"name": enrollment.person.full_name, "state": enrollment.state}


def _said_of_all(moved: Sequence[Moved]) -> str:
    return " ".join(map(_moved, moved)) or _("No seat changes its place.")


def _moved(step: Moved) -> str:
    words = ngettext(
        "%(count)s seat goes from “%(source)s” to “%(target)s”.",
        "%(count)s seats go from “%(source)s” to “%(target)s”.",
        step.seats,
    )
    named = {"source": _label(step.source), "target": _label(step.target)}
    return words % {"count": step.seats, **named}


def _label(pool: SeatPool) -> str:
    place = pool.court or pool.region
    return phrases.group(pool.scope, pool.value, place.names if place else None)


def _shown(line: PoolLine, run: Run) -> dict[str, Any]:
    """A pool as the table shows it."""
    pool = line.pool
    return {
        "label": _label(pool),
        "seats": line.seats,
        "taken": line.taken,
        "free": line.free,
        "falls": _falls(pool, run),
    }


def _falls(pool: SeatPool, run: Run) -> str:
    if pool.parent is None:
        return ""
    to = {"to": _label(pool.parent)}
    moment = pool.released_at or pool.release_at
    if moment is None:
        return _("stays until it is given back")
    to["day"] = dates.day(moment.astimezone(ZoneInfo(run.time_zone)).date())
    if pool.released_at:
        return _("free seats went to “%(to)s” on %(day)s") % to
    return _("free seats go to “%(to)s” on %(day)s") % to
