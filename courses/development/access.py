"""The doors to proposals and needs: in whose name somebody acts, and what they may open."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from academy.access.enums import Right
from academy.access.queries import Viewer
from academy.core.errors import Missing
from academy.courts.models import Court
from courses.catalogue.models import Organisation
from courses.development.models import (
    Assessment,
    Comment,
    NeededTopic,
    Proposal,
    ProposalVersion,
    ReviewStep,
)


def bodies_of(viewer: Viewer) -> QuerySet[Organisation]:
    """The bodies in whose name the viewer acts; who plans acts for the academy, the issuer."""
    mine = Q(code__in=viewer.bodies)
    if viewer.may(Right.PLAN):
        mine |= Q(is_issuer=True)
    return Organisation.objects.filter(mine)


def issuer() -> Organisation:
    """The academy itself, in whose name those who plan act."""
    body = Organisation.objects.filter(is_issuer=True).first()
    if body is None:
        raise Missing("unknown_body", _("You do not act in the name of this body."))
    return body


def body_of(viewer: Viewer, code: str) -> Organisation:
    """One of them; unknown and not one's own look alike."""
    body = bodies_of(viewer).filter(code=code).first()
    if body is None:
        raise Missing("unknown_body", _("You do not act in the name of this body."))
    return body


def proposals_for(viewer: Viewer) -> QuerySet[Proposal]:
    """What was shown to others, for all who develop together; the rest only of the own bodies."""
    rows = Proposal.objects.select_related("body", "course", "author__person")
    if viewer.may(Right.READ_ALL):
        return rows
    if not viewer.may(Right.PROPOSE):
        return rows.none()
    shown = ProposalVersion.objects.filter(proposal=OuterRef("pk"), published_at__isnull=False)
    return rows.filter(Exists(shown) | Q(body__in=bodies_of(viewer)))


def proposal_for(viewer: Viewer, public_id: UUID) -> Proposal:
    """One proposal that the viewer may read."""
    row = proposals_for(viewer).filter(public_id=public_id).first()
    if row is None:
        raise _unknown()
    return row


def own_proposal(viewer: Viewer, public_id: UUID) -> Proposal:
    """One proposal of a body in whose name the viewer acts."""
    row = proposal_for(viewer, public_id)
    if not writes(viewer, row):
        raise _unknown()
    return row


def writes(viewer: Viewer, proposal: Proposal) -> bool:
    """Whether the viewer acts in the name of the body that proposes it."""
    return bodies_of(viewer).filter(pk=proposal.body_id).exists()


def step_of(viewer: Viewer, public_id: UUID) -> ReviewStep:
    """A review step of one of the viewer's bodies."""
    step = (
        ReviewStep.objects.filter(public_id=public_id, body__in=bodies_of(viewer))
        .select_related("proposal", "body")
        .first()
    )
    if step is None:
        raise Missing("unknown_step", _("There is no such review step."))
    return step


def comment_to_answer(viewer: Viewer, public_id: UUID) -> Comment:
    """A comment on a proposal of one of the viewer's bodies."""
    comment = (
        Comment.objects.filter(public_id=public_id, version__proposal__body__in=bodies_of(viewer))
        .select_related("version__proposal", "body")
        .first()
    )
    if comment is None:
        raise Missing("unknown_comment", _("There is no such comment."))
    return comment


def votes_for(viewer: Viewer) -> QuerySet[Court]:
    """The courts for which the viewer suggests topics and votes."""
    courts = viewer.courts if viewer.may(Right.NOMINATE) else frozenset()
    return Court.objects.filter(pk__in=courts)


def voting_court(viewer: Viewer, code: str) -> Court:
    """One of them; without a code, the only one."""
    courts = votes_for(viewer)
    court = (courts.filter(code=code) if code else courts).first()
    if court is None:
        raise Missing("unknown_court", _("There is no such court."))
    return court


def assessment_of(year: int) -> Assessment:
    """The needs assessment of a year."""
    row = Assessment.objects.filter(year=year).first()
    if row is None:
        raise Missing("unknown_assessment", _("There is no needs assessment for this year."))
    return row


def topic_of(public_id: UUID) -> NeededTopic:
    """One topic of an assessment."""
    row = NeededTopic.objects.filter(public_id=public_id).select_related("assessment").first()
    if row is None:
        raise Missing("unknown_topic", _("There is no such topic."))
    return row


def _unknown() -> Missing:
    return Missing("unknown_proposal", _("There is no such proposal."))
