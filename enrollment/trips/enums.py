"""How a trip's paper stands, and what a check of its number can say."""

from django.db.models import TextChoices


class TripState(TextChoices):
    """Of one person's way to one run: followed from the paper and the present facts, never set."""

    TO_PREPARE = "to_prepare"
    ISSUED = "issued"
    CHANGED = "changed"  # since the paper was issued: a new revision is due
    NEARBY = "nearby"  # the court lies in the region of the place: no trip is ordered


class TripAnswer(TextChoices):
    """What the public check says of a trip's paper."""

    HOLDS = "holds"
    OUTDATED = "outdated"
    ENDED = "ended"  # the person no longer has the place
