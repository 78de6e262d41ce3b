"""The inbox of those who decide."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from academy.access.enums import Right
from enrollment.pages.desk.forms import DecisionForm
from enrollment.pages.desk.frame import actor_of, at_desk, render, see, viewer_of
from enrollment.requests import access, actions, desk_queries


@require_safe
@at_desk(Right.CONSENT, Right.REGISTER)
def inbox(request: HttpRequest) -> HttpResponse:
    """Every open decision, the most pressing first."""
    rows = access.decisions_for(viewer_of(request))
    return render(request, "desk/decisions.html", {"decisions": rows[:100], "total": rows.count()})


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.CONSENT, Right.REGISTER)
def decide(request: HttpRequest, decision: UUID) -> HttpResponse:
    """One decision, with what decides; yes or no, a no with its reason."""
    viewer = viewer_of(request)
    row = access.decision_for(viewer, decision)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.decide(
            decision=decision,
            yes=form.says_yes,
            account=viewer.account_id,
            actor=actor_of(request),
            reason=form.cleaned_data["reason"],
            note=form.cleaned_data["note"],
        )
        messages.success(request, _("Your decision is recorded. The person will be told."))
        return see("decisions")
    context = {"decision": row, "form": form, "facts": desk_queries.what_decides(row)}
    return render(request, "desk/decision.html", context)
