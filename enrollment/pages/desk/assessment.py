"""The yearly needs assessment: courts suggest and vote, the academy makes it proposals."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from academy.access.enums import Right
from academy.core import clock
from academy.core.errors import Missing, Refused
from courses.development import access, needs, queries
from courses.development.models import Assessment, NeededTopic
from enrollment.pages.desk.assessment_forms import AssessmentForm, TopicForm
from enrollment.pages.desk.frame import actor_of, at_desk, render, see, viewer_of
from enrollment.pages.desk.proposal_forms import say
from enrollment.pages.desk.proposals import hand_of

EDIT = require_http_methods(["GET", "HEAD", "POST"])


@EDIT
@at_desk(Right.NOMINATE, Right.READ_ALL, Right.PROPOSE)
def years(request: HttpRequest) -> HttpResponse:
    """The plan years that courts were asked about; who plans opens one more, or moves its close."""
    plans = viewer_of(request).may(Right.PLAN)
    if request.method == "POST" and not plans:
        raise Missing("unknown_page", _("There is no such page."))
    now = clock.now()
    form = AssessmentForm(request.POST or None, initial={"year": now.year + 1})
    if request.method == "POST" and form.is_valid():
        try:
            row = needs.open_assessment(
                year=form.cleaned_data["year"],
                closes_at=form.closes_at(),
                actor=actor_of(request),
            )
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("The courts can suggest topics and vote."))
            return see("assessment", year=row.year)
    context = {"years": queries.assessments(), "form": form, "plans": plans, "now": now}
    response = render(request, "proposals/needs.html", context)
    response.status_code = 422 if form.errors else 200
    return response


@EDIT
@at_desk(Right.NOMINATE, Right.READ_ALL, Right.PROPOSE)
def assessment(request: HttpRequest, year: int) -> HttpResponse:
    """The topics of a year by votes, what is counted beside them, a form to suggest one more."""
    row, viewer = access.assessment_of(year), viewer_of(request)
    courts = list(access.votes_for(viewer))
    form = TopicForm(request.POST if request.method == "POST" else None, courts=courts)
    if request.method == "POST" and form.is_valid() and _suggested(request, row, form):
        messages.success(request, _("The topic is on the list with the vote of your court."))
        return see("assessment", year=year)
    now = clock.now()
    context = {
        "assessment": row,
        "is_open": row.closes_at > now,
        "lines": queries.topics_in(row, access.votes_for(viewer)),
        "counted": queries.counted_needs(row, now) if viewer.may(Right.READ_ALL) else [],
        "courts": courts,
        "form": form,
        "plans": viewer.may(Right.PLAN),
    }
    response = render(request, "proposals/assessment.html", context)
    response.status_code = 422 if form.errors else 200
    return response


def _suggested(request: HttpRequest, row: Assessment, form: TopicForm) -> bool:
    viewer, data = viewer_of(request), form.cleaned_data
    try:
        needs.suggest(
            assessment=row,
            title={get_language() or "en": data["title"]},
            reason=data["reason"],
            area=data["area"],
            court=access.voting_court(viewer, data["court"]),
            account=viewer.account_id or 0,
            actor=actor_of(request),
        )
    except Refused as refusal:
        say(form, refusal)
        return False
    return True


@require_POST
@at_desk(Right.NOMINATE)
def vote(request: HttpRequest, topic: UUID) -> HttpResponse:
    """Give the court's voice, or take it back."""
    row, viewer = access.topic_of(topic), viewer_of(request)
    court = access.voting_court(viewer, request.POST.get("court", ""))
    if "take_back" in request.POST:
        needs.take_back_vote(topic=row, court=court, actor=actor_of(request))
        messages.success(request, _("Your court's vote is taken back."))
    else:
        needs.vote(topic=row, court=court, account=viewer.account_id or 0, actor=actor_of(request))
        messages.success(request, _("Your court's vote counts. You can change it until the close."))
    return see("assessment", year=row.assessment.year)


@require_POST
@at_desk(Right.PLAN)
def take_in(request: HttpRequest, year: int) -> HttpResponse:
    """Put a counted need on the list of topics."""
    row, now = access.assessment_of(year), clock.now()
    wanted = request.POST.get("need", "")
    found = {f"{one.source}:{one.code}": one for one in queries.counted_needs(row, now)}
    if wanted not in found:
        raise Missing("unknown_topic", _("There is no such topic."))
    account = viewer_of(request).account_id or 0
    needs.list_counted(assessment=row, need=found[wanted], account=account, actor=actor_of(request))
    messages.success(request, _("It is on the list of topics."))
    return see("assessment", year=year)


@require_POST
@at_desk(Right.PLAN)
def shortlist(request: HttpRequest, topic: UUID) -> HttpResponse:
    """Put a topic on the shortlist, or take it off."""
    row = access.topic_of(topic)
    needs.set_shortlisted(topic=row, listed="take_off" not in request.POST, actor=actor_of(request))
    return see("assessment", year=row.assessment.year)


@require_POST
@at_desk(Right.PLAN)
def propose(request: HttpRequest, topic: UUID) -> HttpResponse:
    """Make a shortlisted topic a proposal of the academy for the plan year."""
    row: NeededTopic = access.topic_of(topic)
    made = needs.propose(topic=row, hand=hand_of(request, access.issuer().code))
    messages.success(request, _("The proposal is drafted with the figures of the assessment."))
    return see("proposal", proposal=made.public_id)
