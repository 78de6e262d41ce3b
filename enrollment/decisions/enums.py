"""The three kinds of decision and what silence means."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class StepKind(TextChoices):
    """Judges get opinions, staff get consents, the academy rules."""

    OPINION = "opinion", _("opinion")  # recorded, never blocks
    CONSENT = "consent", _("consent")  # blocks
    RULING = "ruling", _("ruling")  # the academy's, final


class Decider(TextChoices):
    """Whose decision it is."""

    HEAD = "head", _("head of court")
    ACADEMY = "academy", _("the academy")


class StepState(TextChoices):
    OPEN = "open", _("open")
    YES = "yes", _("given")
    NO = "no", _("refused")
    LAPSED = "lapsed", _("lapsed without an answer")
    MOOT = "moot", _("no longer needed")


class Silence(TextChoices):
    """What happens when nobody answers in time."""

    LAPSE = "lapse", _("goes on without it")
    APPROVE = "approve", _("counts as given")
    REFUSE = "refuse", _("counts as refused")
    ESCALATE = "escalate", _("goes one level up")
