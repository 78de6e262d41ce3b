"""The review of proposals at the desk: starting it, deciding, the way into the catalogue."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from academy.access.enums import Right
from academy.core import clock, texts
from academy.core.errors import Missing, Refused
from courses.development import access, queries, reviewing, rules
from courses.development.enums import ProposalState, Verdict
from courses.development.models import Proposal
from enrollment.pages.desk.frame import at_desk, render, see, viewer_of
from enrollment.pages.desk.proposal_forms import CatalogueForm, SendBackForm, VerdictForm, say
from enrollment.pages.desk.proposals import hand_of

EDIT = require_http_methods(["GET", "HEAD", "POST"])


def _in_state(request: HttpRequest, proposal: UUID, state: ProposalState) -> Proposal:
    row = access.proposal_for(viewer_of(request), proposal)
    if row.state != state:
        raise Missing("unknown_page", _("There is no such page."))
    return row


@EDIT
@at_desk(Right.PLAN)
def start(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """Look at the route with its days, then send the proposal on it."""
    row = _in_state(request, proposal, ProposalState.SUBMITTED)
    if request.method == "POST":
        reviewing.take_up(proposal=row, hand=hand_of(request, access.issuer().code))
        messages.success(request, _("The review has begun. The first bodies see it on their desk."))
        return see("proposal", proposal=proposal)
    today = clock.now().date()
    first = min((stop.place for stop in queries.route()), default=0)
    context = {
        "proposal": row,
        "title": queries.title_of(queries.newest(row)),
        "stops": [
            (stop, reviewing.due_day(today, stop.working_days) if stop.place == first else None)
            for stop in queries.route()
        ],
    }
    return render(request, "proposals/start.html", context)


@EDIT
@at_desk(Right.PLAN)
def send_back(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """Return or decline what was submitted, with a reason."""
    row = _in_state(request, proposal, ProposalState.SUBMITTED)
    form = SendBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reviewing.send_back(
                proposal=row,
                verdict=Verdict(form.cleaned_data["verdict"]),
                reason=form.cleaned_data["reason"],
                hand=hand_of(request, access.issuer().code),
            )
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("The author sees the reason."))
            return see("proposal", proposal=proposal)
    return _asked(request, "proposals/send_back.html", row, form)


@EDIT
@at_desk(Right.PROPOSE)
def decide(request: HttpRequest, step: UUID) -> HttpResponse:
    """A body's word on its step; whatever is typed stays when it cannot be taken."""
    row = access.step_of(viewer_of(request), step)
    form = VerdictForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reviewing.decide(
                step=row,
                verdict=Verdict(form.cleaned_data["verdict"]),
                reason=form.cleaned_data["reason"],
                hand=hand_of(request, row.body.code),
            )
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Your decision is in the log."))
            return see("proposal", proposal=row.proposal.public_id)
    open_ = queries.open_objections(row.proposal)
    return _asked(request, "proposals/decide.html", row.proposal, form, step=row, objections=open_)


@EDIT
@at_desk(Right.PLAN)
def catalogue(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """Make an accepted proposal a published course; what is still missing is listed."""
    row = _in_state(request, proposal, ProposalState.ACCEPTED)
    form: forms.Form = CatalogueForm(request.POST if request.method == "POST" else None)
    if row.course is not None:
        form.fields = {}
    if request.method == "POST" and form.is_valid():
        try:
            course = reviewing.put_in_catalogue(
                proposal=row,
                code=form.cleaned_data.get("code", ""),
                provider=form.cleaned_data.get("provider", ""),
                hand=hand_of(request, access.issuer().code),
            )
        except Refused as refusal:
            say(form, refusal)
        else:
            done = _("%(code)s is in the catalogue. Runs that are planned keep their version.")
            messages.success(request, done % {"code": course.code})
            return see("proposal", proposal=proposal)
    shown = queries.published(row)[-1]
    owed = rules.owed(queries.content_of(shown), texts.required())
    return _asked(request, "proposals/catalogue.html", row, form, owed=owed)


def _asked(
    request: HttpRequest, template: str, row: Proposal, form: forms.Form, **more: object
) -> HttpResponse:
    title = queries.title_of(queries.newest(row))
    context = {"proposal": row, "title": title, "form": form, **more}
    response = render(request, template, context)
    response.status_code = 422 if form.errors else 200
    return response
