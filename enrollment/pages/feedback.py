"""Answering a questionnaire: one page, and a word of thanks."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_http_methods, require_safe

from academy.core import clock
from academy.core.errors import Invalid, Missing, Refused
from academy.web.http import own_person, see_other, signed_in, viewer_of
from enrollment.feedback import access, actions
from enrollment.feedback.models import AnswerInvitation
from enrollment.feedback.queries import least
from enrollment.pages.feedback_forms import AnswerForm


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def questionnaire(request: HttpRequest, invitation: UUID) -> HttpResponse:
    """The questions, and what is kept of the answers; what is wrong stands beside its question."""
    row = access.invitation_for(viewer_of(request), invitation)
    if row.answered:
        return see_other("enrollment:questionnaire-thanks", invitation=invitation)
    form = AnswerForm(request.POST if request.method == "POST" else None, of=row.round)
    if request.method == "POST" and _counted_in(request, row, form):
        return see_other("enrollment:questionnaire-thanks", invitation=invitation)
    context = {
        "form": form,
        "round": row.round,
        "run": row.round.run,
        "is_open": row.round.opens_at <= clock.now() < row.round.closes_at,
        "least": least(),
    }
    response = render(request, "enrollment/questionnaire.html", context)
    response["Cache-Control"] = "no-store"  # what was typed stays out of the browser's store
    return response


def _counted_in(request: HttpRequest, row: AnswerInvitation, form: AnswerForm) -> bool:
    """Whether the answers are in; a second press of the button is thanked like the first."""
    try:
        actions.answer(
            invitation=row.public_id,
            person=own_person(request),
            given=form.given,
            language=translation.get_language() or "",
        )
    except Invalid as refusal:
        form.say(refusal)
        return False
    except Refused as refusal:
        return refusal.code == "answered_already" or _closed(form, refusal)
    return True


def _closed(form: AnswerForm, refusal: Refused) -> bool:
    form.add_error(None, str(refusal.sentence))
    return False


@require_safe
@signed_in
def thanks(request: HttpRequest, invitation: UUID) -> HttpResponse:
    """After answering."""
    row = access.invitation_for(viewer_of(request), invitation)
    if not row.answered:
        raise Missing("unknown_page", "")
    context = {"round": row.round, "run": row.round.run, "least": least()}
    return render(request, "enrollment/questionnaire_thanks.html", context)
