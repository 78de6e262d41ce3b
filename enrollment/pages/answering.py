"""Answering an offer or new dates from a mail, without signing in. Looking changes nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Invalid, Missing
from enrollment.reminders.answer_links import question_of
from enrollment.requests import access, actions
from enrollment.seats.enums import State
from enrollment.seats.models import Enrollment

ACTOR = "requests.mail_link"
YES = {State.OFFERED: actions.accept, State.RECONFIRM: actions.confirm}


@csrf_exempt  # the token in the address is the right to answer; there is no session to abuse
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """The question with its two buttons; after one is pressed, what came of it."""
    row = _asked(token)
    language = row.person.language
    with translation.override(language if translation.check_for_language(language) else None):
        given = request.POST.get("answer", "") if request.method == "POST" else ""
        if request.method == "POST":
            _act(row, given)
        context = {"enrollment": row, "run": row.run, "given": given}
        response = render(request, "enrollment/answer.html", context)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _asked(token: str) -> Enrollment:
    """The enrolment whose question is still the one that the link asks."""
    question = question_of(token)
    row = access.asked_by_link(question.enrollment) if question else None
    still = (
        row is not None
        and question is not None
        and (row.state, row.due_at) == (question.state, question.due_at)
        and question.due_at > clock.now()
    )
    if row is None or not still:
        raise Missing(
            "link_over",
            _("This link has been used, or its time is over. Sign in to see how things stand."),
        )
    return row


def _act(row: Enrollment, given: str) -> None:
    actor = Actor.system(ACTOR).for_person(row.person.public_id)
    if given == "yes":
        YES[State(row.state)](enrollment=row.public_id, actor=actor)
    elif given == "no":
        actions.decline(enrollment=row.public_id, actor=actor)
    else:
        raise Invalid("no_answer", _("Press one of the two buttons."))
