"""Opinions, consents and rulings: typed steps between asking and getting a seat."""

from django.db import models
from django.db.models import Q

from academy.accounts.models import Account
from academy.core import ids
from academy.courts.models import Court
from academy.people.models import Person
from courses.planning.models import Run
from enrollment.decisions.enums import Decider, Silence, StepKind, StepState
from enrollment.seats.models import Enrollment


class StepRule(models.Model):
    """Which decisions a run asks for, in order. Without any, the run's mode says it."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="step_rules")
    number = models.SmallIntegerField()
    kind = models.CharField(max_length=10, choices=StepKind.choices)
    decider = models.CharField(max_length=10, choices=Decider.choices)
    days = models.SmallIntegerField(default=5)  # working days to answer
    silence = models.CharField(max_length=10, choices=Silence.choices, default=Silence.REFUSE)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="step_rule_once"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.kind}"


class Decision(models.Model):
    """One step on one request: who is asked, by when, and what they said.

    A person never decides on the own request; a deputy acts with both names recorded
    (`decided_by` signed in, `behalf_of` holds the right).
    """

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    enrollment = models.ForeignKey(
        Enrollment, on_delete=models.CASCADE, related_name="decisions", db_index=False
    )
    number = models.SmallIntegerField()
    kind = models.CharField(max_length=10, choices=StepKind.choices)
    decider = models.CharField(max_length=10, choices=Decider.choices)
    court = models.ForeignKey(Court, on_delete=models.PROTECT, null=True)
    silence = models.CharField(max_length=10, choices=Silence.choices)
    state = models.CharField(max_length=10, choices=StepState.choices, default=StepState.OPEN)
    due_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    behalf_of = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "number"], name="decision_once"),
            models.CheckConstraint(
                condition=Q(decider="head", court__isnull=False) | ~Q(decider="head"),
                name="head_decides_for_a_court",
            ),
        ]
        indexes = [
            models.Index(
                fields=["court", "due_at"], name="decision_inbox", condition=Q(state="open")
            ),
            models.Index(fields=["due_at"], name="decision_timers", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
