"""The academy ends one enrolment: who gets the seat is shown first."""

from functools import partial
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _, gettext_lazy

from academy.access.enums import Right
from enrollment.pages.desk.changes import EDIT, Change, in_two_steps
from enrollment.pages.desk.frame import actor_of, at_desk, viewer_of
from enrollment.requests import access, actions
from enrollment.requests.enums import CallOff
from enrollment.requests.rehearsal import witnessed
from enrollment.seats.enums import HOLDING


class CallOffForm(forms.Form):
    """Why one enrolment ends."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=[("", gettext_lazy("Choose a reason")), *CallOff.choices],
        help_text=gettext_lazy("The person reads it."),
    )
    note = forms.CharField(
        label=gettext_lazy("A word for the record"),
        help_text=gettext_lazy("It stays with the academy."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
    )


@EDIT
@at_desk(Right.REGISTER)
def cancel(request: HttpRequest, enrollment: UUID) -> HttpResponse:
    """End one enrolment, with a reason."""
    row = access.enrollment_to_call_off(viewer_of(request), enrollment)
    form = CallOffForm(request.POST or None)
    name = row.person.full_name
    seat = _("The seat goes to the first person on the waiting list whom it suits.")
    change = Change(
        run=row.run,
        form=form,
        command=lambda: partial(
            witnessed,
            actions.cancel_enrollment,
            runs=[row.run.public_id],
            actor=actor_of(request),
            enrollment=row.public_id,
            **form.cleaned_data,
        ),
        title=_("Cancel the enrolment of %(name)s") % {"name": name},
        effects=[
            _("The enrolment ends. %(name)s is told, with the reason.") % {"name": name},
            *([seat] if row.state in HOLDING else []),
            _("This cannot be undone. The person is free to ask for a place again."),
        ],
        submit=_("Cancel the enrolment"),
        done=_("The enrolment is cancelled. Everybody concerned will be told."),
        danger=True,
    )
    return in_two_steps(request, change)
