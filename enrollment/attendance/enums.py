"""What a mark and an outcome can be."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MarkStatus(TextChoices):
    PRESENT = "present", _("present")
    LATE = "late", _("late")
    LEFT = "left", _("left early")
    EXCUSED = "excused", _("excused")
    ABSENT = "absent", _("absent")


class OutcomeKind(TextChoices):
    COMPLETED = "completed", _("completed")
    PARTIAL = "partial", _("attended in part")
    EXCUSED = "excused", _("excused")
    NO_SHOW = "no_show", _("did not attend")
