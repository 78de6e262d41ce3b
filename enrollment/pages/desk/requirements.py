"""Requirements on the desk: what there is, changing it after a look at whom it touches, reliefs."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from academy.access.enums import Right
from academy.core import clock
from academy.core.errors import Missing, Refused
from academy.people.models import Person
from enrollment.credits import owed_queries, requirement_actions
from enrollment.credits.enums import Basis, Relief, ReliefReason
from enrollment.credits.models import Requirement
from enrollment.pages.desk.frame import actor_of, at_desk, render, see, viewer_of
from enrollment.pages.desk.requirement_forms import ExemptionForm, RequirementForm, say
from enrollment.pages.owed_words import amount

EDIT = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@at_desk(Right.READ_ALL)
def listing(request: HttpRequest) -> HttpResponse:
    """Every requirement in words."""
    rows = [
        {"row": row, "amount": amount(row.amount, row.unit), "when": _when(row)}
        for row in owed_queries.requirements()
    ]
    context = {"rows": rows, "edits": viewer_of(request).may(Right.REGISTER)}
    return render(request, "desk/requirements.html", context)


def _when(row: Requirement) -> str:
    if row.basis == Basis.APPOINTMENT:
        words = ngettext(
            "within %(number)d month of the appointment",
            "within %(number)d months of the appointment",
            row.months,
        )
        return words % {"number": row.months}
    if row.years == 1:
        return _("every calendar year")
    words = ngettext("every %(number)d calendar year", "every %(number)d calendar years", row.years)
    return words % {"number": row.years}


@EDIT
@at_desk(Right.REGISTER)
def new(request: HttpRequest) -> HttpResponse:
    """A requirement that is not there yet; looked at first, then added."""
    return _work(request, RequirementForm(request.POST or None), None)


@EDIT
@at_desk(Right.REGISTER)
def edit(request: HttpRequest, requirement: str) -> HttpResponse:
    """One requirement, said otherwise."""
    row = owed_queries.requirement_of(requirement)
    return _work(request, RequirementForm(request.POST or None, row=row), row)


def _work(request: HttpRequest, form: RequirementForm, row: Requirement | None) -> HttpResponse:
    """Show, preview or save: nothing changes before it was asked for by name."""
    context: dict[str, Any] = {"form": form, "row": row, "people": None}
    if request.method == "POST" and form.is_valid():
        try:
            draft = form.draft()
            requirement_actions.check(draft)
            if "save" in request.POST:
                return _save(request, form, row)
            context["people"] = owed_queries.would_owe(draft.audience, clock.now().date())
            context["touched"] = row.obligations.count() if row else 0
        except Refused as refusal:
            form.say(refusal)
    return render(request, "desk/requirement.html", context)


def _save(request: HttpRequest, form: RequirementForm, row: Requirement | None) -> HttpResponse:
    actor = actor_of(request)
    if row is None:
        requirement_actions.add_requirement(
            code=form.cleaned_data["code"], draft=form.draft(), actor=actor
        )
    else:
        requirement_actions.edit_requirement(
            code=row.code,
            revision=form.cleaned_data["revision"] or 0,
            draft=form.draft(),
            actor=actor,
        )
    messages.success(request, _("Saved. What people owe is reckoned within a few minutes."))
    return see("requirements")


@EDIT
@at_desk(Right.READ_ALL)
def exemptions(request: HttpRequest, requirement: str) -> HttpResponse:
    """Who is relieved of a requirement; the registrar writes down what an authority decided."""
    row = owed_queries.requirement_of(requirement)
    may = viewer_of(request).may(Right.REGISTER)
    if request.method == "POST" and not may:
        raise Missing("unknown_page", _("There is no such page."))
    form = ExemptionForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _granted(request, form, row):
        messages.success(request, _("Written down. What is owed was reckoned anew."))
        return see("exemptions", requirement=row.code)
    context = {"form": form, "row": row, "edits": may, "rows": owed_queries.exemptions_of(row)}
    return render(request, "desk/exemptions.html", context)


def _granted(request: HttpRequest, form: ExemptionForm, row: Requirement) -> bool:
    """Whether it was done; what was wrong stands beside the fields."""
    data = form.cleaned_data
    person = Person.objects.filter(external_id=data["person"]).first()
    if person is None:
        form.add_error("person", _("There is no such person."))
        return False
    try:
        requirement_actions.grant_exemption(
            requirement=row.code,
            person=person.public_id,
            kind=Relief(data["kind"]),
            first_day=data["first_day"],
            last_day=data["last_day"],
            reason=ReliefReason(data["reason"]),
            granted_by=data["granted_by"],
            actor=actor_of(request),
        )
    except Refused as refusal:
        say(form, refusal)
        return False
    return True


@require_POST
@at_desk(Right.REGISTER)
def end(request: HttpRequest, exemption: UUID) -> HttpResponse:
    """It counts no more."""
    row = requirement_actions.end_exemption(exemption=exemption, actor=actor_of(request))
    messages.success(request, _("Taken back. What is owed was reckoned anew."))
    return see("exemptions", requirement=row.requirement.code)
