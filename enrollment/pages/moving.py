"""A promised seat moves: to another run of the course, or to a colleague."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods

from academy.access.enums import Right
from academy.core import clock
from academy.core.errors import Missing, Refused
from academy.people.models import Person
from academy.web.http import actor_of, see_other, signed_in, viewer_of
from courses.planning.models import Run
from enrollment.pages.desk.change_forms import run_in_words
from enrollment.pages.forms import WITHDRAW_REASONS
from enrollment.requests import access, moving_queries, transfers
from enrollment.seats.models import Enrollment

EDIT = require_http_methods(["GET", "HEAD", "POST"])


class _MoveForm(forms.Form):
    """Why, in the words of a withdrawal; needed only where the rules ask for it."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Needed once the time to withdraw is over."),
        choices=WITHDRAW_REASONS,
        required=False,
    )
    field_order = ("run", "person", "reason")


class TransferForm(_MoveForm):
    """Which other run."""

    run = forms.ModelChoiceField(
        Run.objects.none(),
        to_field_name="public_id",
        label=gettext_lazy("To which run?"),
        empty_label=gettext_lazy("Choose a run"),
    )


class SubstituteForm(_MoveForm):
    """Which colleague."""

    person = forms.ModelChoiceField(
        Person.objects.none(),
        to_field_name="public_id",
        label=gettext_lazy("Who takes the seat?"),
        empty_label=gettext_lazy("Choose a person"),
    )


@EDIT
@signed_in
def transfer(request: HttpRequest, enrollment: UUID) -> HttpResponse:
    """Choose another run of the course; the seat there must be free for this person."""
    row = access.enrollment_to_move(viewer_of(request), enrollment)
    form = TransferForm(request.POST or None)
    runs = moving_queries.runs_to_move_to(row.run, now=clock.now())
    form.fields["run"].queryset = runs  # type: ignore[attr-defined]
    form.fields["run"].label_from_instance = run_in_words  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        new = _tried(
            form,
            transfers.transfer,
            enrollment=enrollment,
            to_run=form.cleaned_data["run"].public_id,
            reason=form.cleaned_data["reason"],
            source=access.moves_as(viewer_of(request), row),
            actor=actor_of(request),
        )
        if new:
            messages.success(request, _("The seat has moved to the other run."))
            return _back(request, row, new)
    context = {
        "title": _("Move to another run"),
        "submit": _("Move the seat"),
        "effects": [
            _("It works only if a seat is free there and nobody waits for it."),
            _("The seat in this run goes to the next person on the waiting list."),
        ],
        "nobody": "" if runs else _("No other run of this course takes people now."),
    }
    return _page(request, row, context | {"form": form})


@EDIT
@signed_in
def substitute(request: HttpRequest, enrollment: UUID) -> HttpResponse:
    """Choose a colleague of the own court who takes over the very seat."""
    row = access.enrollment_to_move(viewer_of(request), enrollment)
    form = SubstituteForm(request.POST or None)
    colleagues = moving_queries.colleagues_of(row, now=clock.now())
    form.fields["person"].queryset = colleagues  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        new = _tried(
            form,
            transfers.substitute,
            enrollment=enrollment,
            person=form.cleaned_data["person"].public_id,
            reason=form.cleaned_data["reason"],
            source=access.moves_as(viewer_of(request), row),
            actor=actor_of(request),
        )
        if new:
            messages.success(request, _("The colleague has the seat and will be told."))
            return _back(request, row, row)
    context = {
        "title": _("Let a colleague take the seat"),
        "submit": _("Hand over the seat"),
        "effects": [
            _("The colleague gets this very seat; the waiting list is not asked."),
            _("This enrolment ends, and both people are told."),
        ],
        "nobody": "" if colleagues else _("Nobody else of this court could take the seat."),
    }
    return _page(request, row, context | {"form": form})


def _tried(form: forms.Form, action: Any, **asked: Any) -> Enrollment | None:
    """The new row; a refusal is said in the form, with everything that was filled in."""
    try:
        new: Enrollment = action(**asked)
    except Missing:
        raise
    except Refused as refusal:
        named = next((name for name in refusal.fields if name in form.fields), None)
        form.add_error(named, str(refusal.sentence))
        return None
    return new


def _back(request: HttpRequest, row: Enrollment, shown: Enrollment) -> HttpResponse:
    """To the enrolment, where the reader may see it; a coordinator goes back to the desk."""
    viewer = viewer_of(request)
    if row.person_id == viewer.person_id or viewer.may(Right.READ_ALL):
        return see_other("enrollment:enrollment", enrollment=shown.public_id)
    return see_other("enrollment:desk")


def _page(request: HttpRequest, row: Enrollment, context: dict[str, Any]) -> HttpResponse:
    frame = {
        "lead": f"{row.person.full_name} · {row.run.code}",
        "enrollment": row,
        "cancel_url": reverse("enrollment:enrollment", args=[row.public_id]),
    }
    return render(request, "enrollment/moving.html", frame | context)
