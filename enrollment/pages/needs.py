"""What I need on the day of a run: told by who has a seat, seen by who prepares the run."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods

from academy.web.http import see_other, signed_in, viewer_of
from enrollment.classroom import access, actions
from enrollment.classroom.enums import Diet
from enrollment.classroom.models import Needs
from enrollment.classroom.rules import Told
from enrollment.seats.models import Enrollment


class NeedsForm(forms.Form):
    """Everything may stay empty: an empty form erases what was told before."""

    access = forms.CharField(
        label=gettext_lazy("What helps you to take part"),
        help_text=gettext_lazy("For example a ramp, a seat near the front, a sign interpreter."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
    )
    diets = forms.MultipleChoiceField(
        label=gettext_lazy("Meals"),
        choices=Diet.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    diet_note = forms.CharField(
        label=gettext_lazy("Anything else about meals"), max_length=300, required=False
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def needs(request: HttpRequest, enrollment: UUID) -> HttpResponse:
    """Tell it, change it, or take it back by leaving everything empty."""
    row = access.own_needs_of(viewer_of(request), enrollment)
    form = NeedsForm(request.POST if request.method == "POST" else None, initial=_told(row))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        told = Told(given["access"].strip(), tuple(given["diets"]), given["diet_note"].strip())
        actions.tell_needs(enrollment=row, told=told)
        messages.success(request, _said(told))
        return see_other("enrollment:enrollment", enrollment=row.public_id)
    context = {
        "form": form,
        "run": row.run,
        "cancel_url": reverse("enrollment:enrollment", args=[row.public_id]),
    }
    return render(request, "enrollment/needs.html", context)


def _told(row: Enrollment) -> dict[str, object]:
    found = Needs.objects.filter(enrollment=row).first()
    names = ("access", "diets", "diet_note")
    return {name: getattr(found, name) for name in names} if found else {}


def _said(told: Told) -> str:
    if told:
        return _("Thank you. Those who prepare the run see it.")
    return _("Nothing is kept of what you need.")
