"""What is to be told to systems that we call, and what one of them told us."""

from django.db import models
from django.db.models import Q

from courses.planning.models import Run
from enrollment.connectors.enums import Connector, ErrandState
from enrollment.seats.models import Enrollment


class Errand(models.Model):
    """One thing to tell one system, once. `key` follows from its cause, so that it is one row.

    `body` is written with the errand: what is told twice, because an answer was lost, is the same.
    """

    key = models.UUIDField(unique=True)
    connector = models.CharField(max_length=10, choices=Connector.choices)
    kind = models.CharField(max_length=12)
    subject_id = models.UUIDField(db_index=True)
    person_id = models.UUIDField(null=True, db_index=True)  # who may see what was told of them
    body = models.JSONField(default=dict)
    state = models.CharField(
        max_length=10, choices=ErrandState.choices, default=ErrandState.WAITING
    )
    attempts = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["connector", "id"], name="errand_waiting", condition=Q(state="waiting")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connector} {self.kind} {self.subject_id}"


class MoodleCourse(models.Model):
    """In which course of Moodle the online part of a run is held."""

    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="moodle_course")
    number = models.BigIntegerField()
    linked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.run_id} in {self.number}"


class MoodleCompletion(models.Model):
    """What Moodle said last of one enrolment: for the trainer to go by, no mark follows from it."""

    enrollment = models.OneToOneField(
        Enrollment, on_delete=models.CASCADE, related_name="moodle_completion"
    )
    completed_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.enrollment_id} {self.completed_at}"
