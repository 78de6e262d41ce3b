"""The inbox of those who decide."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from academy.access.enums import Right
from academy.core.ids import uuid_of
from academy.people.models import Person
from enrollment.decisions.enums import StepState
from enrollment.decisions.models import Decision
from enrollment.pages.desk.forms import DecisionForm
from enrollment.pages.desk.frame import actor_of, at_desk, render, see, viewer_of
from enrollment.requests import access, deciding, inbox as waiting

SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.CONSENT, Right.REGISTER)
def inbox(request: HttpRequest) -> HttpResponse:
    """Every open decision with what decides, the most pressing first; one answer to those ticked.

    Each is a decision of its own: some may be refused, and the page says which and why.
    """
    form = DecisionForm(request.POST if request.method == "POST" else None)
    rows = access.decisions_for(viewer_of(request))
    if request.method == "POST":
        ticked = {one for each in request.POST.getlist("chosen") if (one := uuid_of(each))}
        if form.is_valid() and ticked:
            return _answer(request, form, ticked)
        if not ticked:
            form.add_error(None, _("Tick at least one request."))
        return _page(request, rows, form, {str(one) for one in ticked})
    return _page(request, rows, form, set())


def _answer(request: HttpRequest, form: DecisionForm, ticked: set[UUID]) -> HttpResponse:
    viewer = viewer_of(request)
    answered = deciding.decide_many(
        viewer=viewer,
        decisions=access.decisions_among(viewer, ticked),
        yes=form.says_yes,
        actor=actor_of(request),
        reason=form.cleaned_data["reason"],
        note=form.cleaned_data["note"],
    )
    done = sum(one.refusal is None for one in answered)
    context = {"answered": answered, "done": done, "yes": form.says_yes}
    return render(request, "desk/decided.html", context)


def _page(
    request: HttpRequest, rows: QuerySet[Decision], form: DecisionForm, ticked: set[str]
) -> HttpResponse:
    runs, run = waiting.by_run(rows), uuid_of(request.GET.get("run", ""))
    shown = list((rows.filter(enrollment__run__public_id=run) if run else rows)[:SHOWN])
    context: dict[str, Any] = {
        "lines": waiting.lines(shown),
        "total": sum(one["count"] for one in runs),
        "runs": runs,
        "run": run,
        "form": form,
        "ticked": {str(one.public_id) for one in shown} if "all" in request.GET else ticked,
        "principals": _principals(request),
    }
    return render(request, "desk/decisions.html", context)


def _principals(request: HttpRequest) -> list[Person]:
    """The heads in whose place the viewer decides now."""
    ids = [head.person_id for head in viewer_of(request).stands_in_for]
    return list(Person.objects.filter(pk__in=ids).order_by("sort_key")) if ids else []


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.CONSENT, Right.REGISTER)
def decide(request: HttpRequest, decision: UUID) -> HttpResponse:
    """One decision, with what decides; yes or no, a no with its reason."""
    viewer = viewer_of(request)
    row = access.decision_for(viewer, decision)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        deciding.decide_as(
            viewer=viewer,
            decision=row,
            yes=form.says_yes,
            actor=actor_of(request),
            reason=form.cleaned_data["reason"],
            note=form.cleaned_data["note"],
        )
        messages.success(request, _("Your decision is recorded. The person will be told."))
        return see("decisions")
    head = deciding.principal_for(viewer, row)
    context = {
        "line": waiting.lines([row])[0],
        "decision": row,
        "form": form,
        "is_open": row.state == StepState.OPEN,
        "principal": Person.objects.get(pk=head.person_id) if head else None,
    }
    return render(request, "desk/decision.html", context)
