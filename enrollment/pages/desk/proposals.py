"""Proposals at the desk: list, one proposal, writing it, saying something of it, what changed."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from academy.access.enums import Right
from academy.core import clock
from academy.core.errors import Missing, Refused
from courses.development import access, actions, queries
from courses.development.actions import Hand
from courses.development.enums import CommentKind, ProposalKind, ProposalState, Section
from courses.development.models import Proposal
from courses.development.rules import EDITABLE
from enrollment.pages.desk.frame import actor_of, at_desk, render, see, viewer_of
from enrollment.pages.desk.proposal_forms import (
    AnswerForm,
    CommentForm,
    ProposalForm,
    initial_of,
    say,
)
from enrollment.pages.desk.proposal_words import page_of, versions_apart

EDIT = require_http_methods(["GET", "HEAD", "POST"])


def hand_of(request: HttpRequest, body: str) -> Hand:
    """The viewer as one who acts in the name of a body."""
    viewer = viewer_of(request)
    return Hand(viewer.account_id or 0, access.body_of(viewer, body), actor_of(request))


@require_safe
@at_desk(Right.PROPOSE, Right.READ_ALL)
def listing(request: HttpRequest) -> HttpResponse:
    """Proposals of all bodies; what waits for the viewer comes first."""
    viewer, state = viewer_of(request), request.GET.get("state", "")
    state = state if state in ProposalState.values else ""
    context = {
        "lines": queries.lines(viewer, today=clock.now().date(), state=state),
        "state": state,
        "states": [("", _("All")), *ProposalState.choices],
        "proposes": access.bodies_of(viewer).exists(),
        "plans": viewer.may(Right.PLAN),
    }
    return render(request, "proposals/list.html", context)


@require_safe
@at_desk(Right.PROPOSE, Right.READ_ALL)
def show(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """One proposal: what it says, what was said of it, where it stands, what can be done next."""
    row = access.proposal_for(viewer_of(request), proposal)
    section = request.GET.get("section", "")
    initial = {"section": section} if section in Section.values else {}
    return _shown(request, row, _comment_form(request, initial=initial))


def _comment_form(request: HttpRequest, data: Any = None, **more: Any) -> CommentForm:
    return CommentForm(data, bodies=list(access.bodies_of(viewer_of(request))), **more)


def _shown(request: HttpRequest, row: Proposal, form: CommentForm) -> HttpResponse:
    context = {"page": page_of(viewer_of(request), row), "form": form}
    response = render(request, "proposals/show.html", context)
    response.status_code = 422 if form.errors else 200
    return response


@EDIT
@at_desk(Right.PROPOSE)
def new(request: HttpRequest) -> HttpResponse:
    """Propose a course; nothing typed is lost, and nobody else sees it before it is published."""
    bodies = list(access.bodies_of(viewer_of(request)))
    form = ProposalForm(request.POST or None, bodies=bodies, is_new=True)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        row = actions.draft_proposal(
            kind=ProposalKind(data["kind"]),
            content=form.content(),
            course=data["course"],
            hand=hand_of(request, data["body"]),
        )
        messages.success(request, _("Saved. Other bodies see it when you publish the version."))
        return see("proposal", proposal=row.public_id)
    return _written(request, form, None)


@EDIT
@at_desk(Right.PROPOSE)
def edit(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """Write the next version."""
    row = access.own_proposal(viewer_of(request), proposal)
    if row.state not in EDITABLE:
        raise Missing("unknown_page", _("There is no such page."))
    version = queries.newest(row)
    initial = initial_of(queries.content_of(version), row.revision) if version else {}
    form = ProposalForm(request.POST or None, bodies=[row.body], is_new=False, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.write_proposal(
                proposal=row,
                content=form.content(),
                revision=form.cleaned_data["revision"],
                hand=hand_of(request, row.body.code),
            )
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Saved. Others see it when you publish the version."))
            return see("proposal", proposal=row.public_id)
    return _written(request, form, row)


def _written(request: HttpRequest, form: ProposalForm, row: Proposal | None) -> HttpResponse:
    response = render(request, "proposals/edit.html", {"form": form, "proposal": row})
    response.status_code = 422 if form.errors else 200
    return response


@require_POST
@at_desk(Right.PROPOSE)
def publish(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """Show the others the version that was written."""
    row = access.own_proposal(viewer_of(request), proposal)
    version = actions.publish_version(proposal=row, hand=hand_of(request, row.body.code))
    done = _("Version %(number)d is published. Others can read and comment on it.")
    messages.success(request, done % {"number": version.number})
    return see("proposal", proposal=proposal)


@require_POST
@at_desk(Right.PROPOSE)
def submit(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """Ask for the review."""
    row = access.own_proposal(viewer_of(request), proposal)
    actions.submit(proposal=row, hand=hand_of(request, row.body.code))
    messages.success(request, _("Submitted. The academy starts the review or sends it back."))
    return see("proposal", proposal=proposal)


@require_POST
@at_desk(Right.PROPOSE)
def comment(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """Say something of a section; on bad input the page comes back with every word in place."""
    row = access.proposal_for(viewer_of(request), proposal)
    form = _comment_form(request, request.POST)
    if not form.is_valid() or not _said(request, row, form):
        return _shown(request, row, form)
    messages.success(request, _("Your word stands beside the section."))
    return see("proposal", proposal=proposal)


def _said(request: HttpRequest, row: Proposal, form: CommentForm) -> bool:
    data = form.cleaned_data
    try:
        actions.comment(
            proposal=row,
            section=Section(data["section"]),
            kind=CommentKind(data["kind"]),
            text=data["text"],
            hand=hand_of(request, data["body"]),
        )
    except Refused as refusal:
        say(form, refusal)
        return False
    return True


@EDIT
@at_desk(Right.PROPOSE)
def answer(request: HttpRequest, comment: UUID) -> HttpResponse:
    """The author answers a comment, and may settle an objection by it."""
    said = access.comment_to_answer(viewer_of(request), comment)
    row = said.version.proposal
    form: forms.Form = AnswerForm(request.POST or None, initial={"text": said.answer})
    if said.kind != CommentKind.OBJECT:
        del form.fields["settles"]
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        hand = hand_of(request, row.body.code)
        actions.answer(
            comment=said, text=data["text"], settles=data.get("settles", False), hand=hand
        )
        messages.success(request, _("Your answer stands below the comment."))
        return see("proposal", proposal=row.public_id)
    context = {"form": form, "comment": said, "proposal": row, "by": queries.name_of(said.author)}
    return render(request, "proposals/answer.html", context)


@require_safe
@at_desk(Right.PROPOSE, Right.READ_ALL)
def compare(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """Two versions side by side; without a choice, the newest and the one before."""
    row = access.proposal_for(viewer_of(request), proposal)
    versions = queries.published(row)
    if not versions:
        raise Missing("unknown_page", _("There is no such page."))
    by_number = {str(version.number): version for version in versions}
    older = by_number.get(request.GET.get("old", ""), versions[-2:][0])
    newer = by_number.get(request.GET.get("new", ""), versions[-1])
    context = {
        "proposal": row,
        "title": queries.title_of(newer),
        "versions": versions,
        "older": older,
        "newer": newer,
        "differences": versions_apart(older, newer),
        "all": request.GET.get("all") == "1",
    }
    return render(request, "proposals/compare.html", context)


@require_POST
@at_desk(Right.PROPOSE, Right.READ_ALL)
def read(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """Remember that the viewer has read it up to here."""
    viewer = viewer_of(request)
    row = access.proposal_for(viewer, proposal)
    actions.note_reading(proposal=row, account=viewer.account_id or 0)
    messages.success(request, _("Noted. Next time you see what is new since now."))
    return see("proposal", proposal=proposal)
