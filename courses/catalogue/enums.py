"""The closed lists of the catalogue; topics, formats, audiences and bodies are data."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CourseStatus(TextChoices):
    """A course's way into the catalogue and out of it."""

    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")
    PUBLISHED = "published", _("published")
    ARCHIVED = "archived", _("archived")


class ArchiveReason(TextChoices):
    """Why a course leaves the catalogue."""

    REPLACED = "replaced", _("another course has taken its place")
    OUTDATED = "outdated", _("its content is out of date")
    LAW_CHANGED = "law_changed", _("the law has changed")
    NOT_WANTED = "not_wanted", _("nobody asks for it any more")
    OTHER = "other", _("another reason")


class AudienceBasis(TextChoices):
    """How one knows that somebody belongs to an audience."""

    POST = "post", _("by post")
    LIST = "list", _("by a list that the academy keeps")
    EXTERNAL = "external", _("outside the courts")


class HoursBasis(TextChoices):
    """Where hours come from, so that a derived figure never passes for a published one."""

    PUBLISHED = "published", _("as published")
    DERIVED = "derived", _("derived from the times of the sessions")
    EDITION = "edition", _("set for this academy's edition")


TRANSITIONS: dict[CourseStatus, frozenset[CourseStatus]] = {
    CourseStatus.DRAFT: frozenset({CourseStatus.IN_REVIEW, CourseStatus.ARCHIVED}),
    CourseStatus.IN_REVIEW: frozenset(
        {CourseStatus.DRAFT, CourseStatus.PUBLISHED, CourseStatus.ARCHIVED}
    ),
    # Published to published: a newer version takes the place of the present one.
    CourseStatus.PUBLISHED: frozenset({CourseStatus.PUBLISHED, CourseStatus.ARCHIVED}),
    # Back to the public if it was before it once, else to the review that it never had.
    CourseStatus.ARCHIVED: frozenset({CourseStatus.IN_REVIEW, CourseStatus.PUBLISHED}),
}
