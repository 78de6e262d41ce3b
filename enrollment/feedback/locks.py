"""The locks of the room, in their order: the round, then one invitation of it."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from academy.core.errors import Missing
from enrollment.feedback.models import AnswerInvitation, FeedbackRound, Questionnaire


def invitation_with_round_locked(public_id: UUID, person: int) -> AnswerInvitation:
    """A person's invitation as it is now. Answers of one round wait for each other: each of them
    writes every count and every text of the round.
    """
    rows = AnswerInvitation.objects.filter(public_id=public_id, enrollment__person=person)
    round_id = rows.values_list("round_id", flat=True).first()
    if round_id is None:
        raise Missing("unknown_questionnaire", _("There is no such questionnaire."))
    rounds = FeedbackRound.objects.select_related("questionnaire", "run")
    held = rounds.select_for_update(of=("self",)).get(pk=round_id)
    invitation = rows.select_for_update(of=("self",)).get()
    invitation.round = held
    return invitation


def questionnaire_locked(code: str) -> Questionnaire | None:
    """The present revision, if there is one; the next is written by one hand at a time."""
    rows = Questionnaire.objects.filter(code=code, is_current=True)
    return rows.select_for_update().first()
