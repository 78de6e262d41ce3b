"""What a person has earned. Never edited: a correction supersedes."""

from django.db import models

from academy.core import ids
from academy.people.models import Person
from courses.catalogue.models import Course
from enrollment.attendance.models import Outcome


class CreditEntry(models.Model):
    """Credit earned in one year, with its kind and its evidence.

    `minutes` is what was attended; the hours shown are minutes divided by `minutes_per_hour`, the
    length of an academic hour under which the course was held.
    """

    class Kind(models.TextChoices):
        COURSE = "course"
        TEACHING = "teaching"
        OUTSIDE = "outside"

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="credits", db_index=False
    )
    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True)
    outcome = models.OneToOneField(Outcome, on_delete=models.PROTECT, null=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.COURSE)
    year = models.SmallIntegerField()
    earned_on = models.DateField()
    minutes = models.IntegerField()
    minutes_per_hour = models.SmallIntegerField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(minutes__gt=0), name="credit_minutes")
        ]
        indexes = [models.Index(fields=["person", "-year"], name="credit_person_year")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.minutes} min"

    @property
    def hours(self) -> float:
        """Academic hours, to the tenth."""
        return round(self.minutes / self.minutes_per_hour, 1)
