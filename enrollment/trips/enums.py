"""How a trip's paper stands, and what a check of its number can say."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TripState(TextChoices):
    """Of one person's way to one run: followed from the paper and the present facts, never set."""

    TO_PREPARE = "to_prepare", _("to prepare")
    ISSUED = "issued", _("issued")
    CHANGED = "changed", _("changed since, to prepare anew")
    NEARBY = "nearby", _("no trip: the court lies in the region of the place")


class TripAnswer(TextChoices):
    """What the public check says of a trip's paper."""

    HOLDS = "holds", _("holds")
    OUTDATED = "outdated", _("outdated")
    ENDED = "ended", _("no longer needed")
