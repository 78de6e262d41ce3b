"""Who may answer. Nobody answers for somebody else, and nobody sees whose turn it is."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from academy.access.queries import Viewer
from academy.core.errors import Missing
from enrollment.feedback.models import AnswerInvitation, Questionnaire


def invitations_of(person: int | None) -> QuerySet[AnswerInvitation]:
    """The own invitations, of every round."""
    rows = AnswerInvitation.objects.select_related(
        "round__questionnaire", "round__run__version", "enrollment"
    )
    return rows.filter(enrollment__person=person) if person else rows.none()


def invitation_for(viewer: Viewer, public_id: UUID) -> AnswerInvitation:
    """One own invitation; another person's does not exist, for the registrar neither."""
    row = invitations_of(viewer.person_id).filter(public_id=public_id).first()
    if row is None:
        raise Missing("unknown_questionnaire", _("There is no such questionnaire."))
    return row


def questionnaire(code: str) -> Questionnaire:
    """The present revision of a questionnaire; who reads it stands at the desk's door."""
    row = Questionnaire.objects.filter(code=code, is_current=True).first()
    if row is None:
        raise Missing("unknown_questionnaire", _("There is no such questionnaire."))
    return row
