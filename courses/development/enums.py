"""The closed lists of developing courses together; bodies, steps and topics are data."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _, pgettext_lazy


class ProposalKind(TextChoices):
    """What is proposed. A programme names its courses in its contents."""

    COURSE = "course", _("course")
    PROGRAMME = "programme", _("programme")


class ProposalState(TextChoices):
    """A proposal's way into the catalogue."""

    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    IN_REVIEW = "in_review", _("in review")
    RETURNED = "returned", _("returned to the author")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    COURSE = "course", _("in the catalogue")


class Section(TextChoices):
    """The parts of a proposal, as they are written, commented on and compared."""

    TITLE = "title", pgettext_lazy("section of a proposal", "Title")
    SUMMARY = "summary", _("Summary")
    NEED = "need", _("Need")
    AUDIENCE = "audience", _("Audience")
    AIMS = "aims", _("Aims")
    CONTENTS = "contents", _("Contents")
    HOURS = "hours", _("Length and form")
    ASSESSMENT = "assessment", _("Assessment")
    EVIDENCE = "evidence", _("Evidence")


class CommentKind(TextChoices):
    """What a body says of a section."""

    COMMENT = "comment", _("comment")
    ENDORSE = "endorse", _("endorsement")
    OBJECT = "object", _("objection")


class Verdict(TextChoices):
    """How a body ends its review step."""

    ACCEPT = "accept", _("accept")
    RETURN = "return", _("return to the author")
    DECLINE = "decline", _("decline")


class NeedSource(TextChoices):
    """Where a topic of the yearly needs assessment comes from."""

    COURT = "court", _("suggested by a court")
    INTEREST = "interest", _("asked for on the course's page")
    REQUIREMENT = "requirement", _("owed by a requirement")
