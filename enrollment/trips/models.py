"""The paper on which a court orders a trip: frozen when issued, followed by newer revisions."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from academy.core import ids
from academy.jobs.models import Job
from courses.planning.models import Run
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


class TripBatch(models.Model):
    """The papers of a large run on their way into files: which, in their order, and who writes.

    A file is written in the transaction that counts it, so a worker that is killed anywhere leaves
    whole files and the next one goes on behind them. They name people, and lie ready for a day.
    """

    job = models.OneToOneField(Job, on_delete=models.CASCADE, primary_key=True)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+")
    papers = ArrayField(models.BigIntegerField())
    lease_until = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-job_id"]

    def __str__(self) -> str:
        return f"{self.run_id} {len(self.papers)}"


class TripFile(models.Model):
    """Some papers of a batch as one file to print."""

    batch = models.ForeignKey(TripBatch, on_delete=models.CASCADE, related_name="files")
    number = models.SmallIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="trip_file_once"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.number}"
