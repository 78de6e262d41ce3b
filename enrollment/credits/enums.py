"""The closed lists of what is owed; requirements themselves are data."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Unit(TextChoices):
    """What an amount is counted in."""

    HOURS = "hours", _("academic hours")
    DAYS = "days", _("days of training")
    COURSES = "courses", _("courses of a list")


class Basis(TextChoices):
    """What a period counts from."""

    CYCLE = "cycle", _("calendar years, the same for everybody")
    APPOINTMENT = "appointment", _("the appointment to the post")


class Relief(TextChoices):
    """How somebody is relieved of a requirement for a time."""

    EXEMPTION = "exemption", _("exemption: these months are not counted")
    EXTENSION = "extension", _("extension: what falls due in this time is due at its end")


class ReliefReason(TextChoices):
    """The class of the reason. What it was in detail stays with the authority that decided."""

    ILLNESS = "illness", _("illness")
    FAMILY = "family", _("maternity, parental or care leave")
    SECONDMENT = "secondment", _("secondment")
    STUDY = "study", _("study or research leave")
    NOT_OFFERED = "not_offered", _("no suitable course was offered")
    OTHER = "other", _("another reason")


class Duty(TextChoices):
    """How an obligation stands by the facts, whatever the day: "late" is for the reader's day."""

    OWED = "owed", _("owed")
    MET = "met", _("met")
    EXEMPT = "exempt", _("exempt")
