"""Trips at the desk: by when which court needs papers, how they stand, and all of them to print."""

from uuid import UUID

from django import forms
from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from academy.access.enums import Right
from academy.core import clock
from academy.core.errors import Missing, Refused
from courses.planning import actions as planning
from courses.planning.enums import MOST_TRAVEL_DAYS, Payer
from courses.planning.models import Run
from enrollment.pages.desk.frame import actor_of, at_desk, render, see, viewer_of
from enrollment.seats.models import Enrollment
from enrollment.trips import access, actions, queries
from enrollment.trips.enums import TripState
from enrollment.trips.queries import Journey

SHOWN = 5


class TermsForm(forms.Form):
    """What the papers say beside dates and place."""

    before = forms.IntegerField(
        label=gettext_lazy("Days of travel before"), min_value=0, max_value=MOST_TRAVEL_DAYS
    )
    after = forms.IntegerField(
        label=gettext_lazy("Days of travel after"), min_value=0, max_value=MOST_TRAVEL_DAYS
    )
    payer = forms.ChoiceField(
        label=gettext_lazy("Who pays"),
        choices=[("", gettext_lazy("Please choose")), *Payer.choices],
    )


@require_safe
@at_desk(Right.READ_COURT, Right.READ_ALL)
def listing(request: HttpRequest) -> HttpResponse:
    """The coming runs that people in sight travel to, the most pressing first."""
    viewer, now = viewer_of(request), clock.now()
    journeys = queries.journeys(access.travellers_seen_by(viewer), now=now)
    return render(request, "desk/trips.html", {"journeys": journeys, "today": now.date()})


@require_safe
@at_desk(Right.READ_COURT, Right.READ_ALL)
def show(request: HttpRequest, run: UUID) -> HttpResponse:
    """One run: who goes, and how each paper stands."""
    return _page(request, run_in_sight(request, run), None)


def _page(request: HttpRequest, row: Run, form: TermsForm | None) -> HttpResponse:
    viewer = viewer_of(request)
    registers = viewer.may(Right.REGISTER)
    terms = {"before": row.travel_days_before, "after": row.travel_days_after, "payer": row.payer}
    journey = journey_in_sight(request, row)
    holding = len(queries.holding(journey.travellers))
    context = {
        "run": row,
        "journey": journey,
        "holding": holding,
        "is_many": holding > queries.AT_ONCE,
        "batches": access.batches_of(viewer, row)[:SHOWN],
        "form": form or TermsForm(initial=terms),
        "registers": registers,
        "payer": row.get_payer_display(),
        "nearby": TripState.NEARBY,
    }
    return render(request, "desk/trip.html", context)


def run_in_sight(request: HttpRequest, run: UUID) -> Run:
    """The run, if people in sight go to it."""
    return access.run_to_travel_to(viewer_of(request), run)


def journey_in_sight(request: HttpRequest, row: Run) -> Journey:
    """Those in sight who go there."""
    seen = access.travellers_seen_by(viewer_of(request)).filter(run=row)
    return queries.journey(row, queries.travellers_of(seen))


@require_POST
@at_desk(Right.REGISTER)
def terms(request: HttpRequest, run: UUID) -> HttpResponse:
    """How many days people are on the way, and who pays: papers that say otherwise are outdated."""
    row, form = run_in_sight(request, run), TermsForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form)
    told = form.cleaned_data
    planning.set_travel(
        run=row.public_id,
        before=told["before"],
        after=told["after"],
        payer=Payer(told["payer"]),
        actor=actor_of(request),
    )
    notices.success(request, _("Saved. Papers that said something else are to be prepared anew."))
    return see("trip", run=run)


@require_POST
@at_desk(Right.REGISTER)
def issue(request: HttpRequest, run: UUID) -> HttpResponse:
    """Issue what is missing or outdated; for one person when one is named."""
    row, named = run_in_sight(request, run), request.POST.getlist("enrollment")
    try:
        papers = actions.issue(
            run=row.public_id, enrollments=_known(row, named) or None, actor=actor_of(request)
        )
    except Refused as refusal:
        notices.error(request, str(refusal.sentence))
        return see("trip", run=run)
    sentence = ngettext("%(n)d paper was issued.", "%(n)d papers were issued.", len(papers))
    notices.success(request, sentence % {"n": len(papers)})
    return see("trip", run=run)


def _known(row: Run, named: list[str]) -> list[UUID]:
    """The enrolments of the run that a form names; others are passed over."""
    found = Enrollment.objects.filter(run=row).values_list("public_id", flat=True)
    return [key for key in found if str(key) in named]


@require_safe
@at_desk(Right.READ_COURT, Right.READ_ALL)
def batch(request: HttpRequest, run: UUID) -> HttpResponse:
    """All papers of a run that hold and are in sight, as one file to print; many are a job."""
    row = run_in_sight(request, run)
    papers = queries.holding(journey_in_sight(request, row).travellers)
    if not 1 <= len(papers) <= queries.AT_ONCE:
        raise Missing("unknown_trip", _("There is no such paper."))
    return printed(queries.pdf_of(papers), f"trips-{row.code}.pdf")


def printed(content: bytes, name: str) -> HttpResponse:
    """A page to print, kept by nobody on the way."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
