"""My training: one clear next step, what waits for me, what is coming, asked for and done."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from academy.access.enums import Right
from academy.core import clock
from academy.web.http import viewer_of
from courses.planning.enums import RunState
from enrollment.credits.owed_queries import present_obligations
from enrollment.credits.queries import credits_of
from enrollment.feedback.queries import waiting_for
from enrollment.pages.cases import Shown, shown
from enrollment.pages.owed import line
from enrollment.requests.own_queries import enrollments_of
from enrollment.seats.enums import HOLDING, TIMED, State


@require_safe
def my_training(request: HttpRequest) -> HttpResponse:
    """The start page of whoever takes part; everybody else begins at the catalogue or the desk."""
    viewer = viewer_of(request)
    if viewer.account_id is None:
        return redirect("courses:catalogue")
    if viewer.person_id is None:
        return redirect("enrollment:desk")
    now = clock.now()
    lines = [shown(own, now) for own in enrollments_of(viewer.person_id, now=now)]
    context = _sorted(lines) | {
        "credits": credits_of(viewer.person_id, now.year),
        "year": now.year,
        "questionnaires": waiting_for(viewer.person_id, now=now),
        "owed": [line(row) for row in present_obligations(viewer.person_id, now)],
    }
    return render(request, "enrollment/my.html", context)


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Where one lands after signing in: at the desk whose work is there, else at My training."""
    viewer = viewer_of(request)
    works_at_desk = viewer.may(Right.TEACH) or viewer.may(Right.READ_ALL)
    return redirect("enrollment:desk" if works_at_desk else "enrollment:my")


def _sorted(lines: list[Shown]) -> dict[str, Any]:
    """Each enrolment in one place only; the next step is the most pressing of them."""
    waits = [line for line in lines if line.own.state in TIMED]
    waits.sort(key=lambda line: line.own.due_at or line.own.created_at)
    held = [line for line in lines if line.own.state in HOLDING - TIMED]
    coming = [line for line in held if line.own.run_state != RunState.FINISHED]
    recorded = [line for line in held if line.own.run_state == RunState.FINISHED]
    asked = [line for line in lines if line.own.state in {State.REQUESTED, State.WAITLISTED}]
    done = [line for line in lines if line.own.state == State.CLOSED]
    placed = {line.own.id for line in (*waits, *held, *asked, *done)}
    return {
        "next": next((line for line in coming if _is_dated(line)), None),
        "waits": waits,
        "coming": coming,
        "asked": asked,
        "recorded": recorded,
        "done": sorted(done, key=lambda line: line.own.state_since, reverse=True),
        "ended": [line for line in lines if line.own.id not in placed],
        "has_any": bool(lines),
    }


def _is_dated(line: Shown) -> bool:
    return line.own.next_starts_at is not None and line.own.run_state != RunState.POSTPONED
