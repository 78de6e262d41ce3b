"""A run as it was known on a day and hour: for the one who must explain a decision later."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from academy.access.enums import Right
from academy.core import clock
from enrollment.pages.desk.frame import at_desk, render, viewer_of
from enrollment.requests import access
from enrollment.requests.past import run_as_known


class MomentForm(forms.Form):
    """A day and an hour, on the clock of the run."""

    day = forms.DateField(
        label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    hour = forms.TimeField(
        label=_("Time of day"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )


@require_safe
@at_desk(Right.TEACH, Right.READ_ALL)
def as_known(request: HttpRequest, run: UUID) -> HttpResponse:
    """Roster, queue and seats at a past moment, rebuilt from the ledger; without one, the form."""
    row = access.run_to_read(viewer_of(request), run)
    zone, now = ZoneInfo(row.time_zone), clock.now()
    here = now.astimezone(zone)
    form = MomentForm(request.GET or None, initial={"day": here.date(), "hour": here.time()})
    past = None
    if form.is_valid():
        moment = form.cleaned_data["day"], form.cleaned_data["hour"]
        at = here.combine(*moment, tzinfo=zone)
        if at > now:
            form.add_error(None, _("This moment is still to come. Choose one that has passed."))
        else:
            past = run_as_known(row, at=at)
    return render(request, "desk/as_known.html", {"run": row, "form": form, "past": past})
