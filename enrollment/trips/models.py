"""The paper on which a court orders a trip: frozen when issued, followed by newer revisions."""

from django.db import models
from django.db.models import Q

from academy.core import ids
from enrollment.seats.models import Enrollment


class TripPaper(models.Model):
    """Who goes where, when and at whose cost. `trip` freezes what the paper shows.

    Whether it still holds is asked of the present facts; nothing here is ever edited but `current`.
    """

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    serial = models.CharField(max_length=26, default=ids.unguessable, unique=True)
    enrollment = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, related_name="trip_papers", db_index=False
    )
    revision = models.SmallIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    trip = models.JSONField()
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "revision"], name="trip_revision_once"),
            models.UniqueConstraint(
                fields=["enrollment"], name="trip_one_current", condition=Q(is_current=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} r{self.revision}"
