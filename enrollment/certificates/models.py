"""Issued statements of an outcome: verifiable, revocable, replaceable, never edited."""

from django.db import models
from django.db.models import Q

from academy.core import ids
from enrollment.attendance.models import Outcome


class Certificate(models.Model):
    """A statement that a person completed a run. `paper` freezes what the paper shows.

    `expires_at` is the end of the last day on which it holds, by the institution's clock; empty: it
    holds for ever. It is frozen at issue: another validity of the course does not reach it.
    """

    class State(models.TextChoices):
        VALID = "valid"
        REVOKED = "revoked"
        REPLACED = "replaced"

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    serial = models.CharField(max_length=26, default=ids.unguessable, unique=True)
    outcome = models.ForeignKey(Outcome, on_delete=models.PROTECT, related_name="certificates")
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.VALID)
    paper = models.JSONField()
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["outcome"], name="certificate_one_valid", condition=Q(state="valid")
            ),
            models.CheckConstraint(
                condition=Q(state="valid") | ~Q(end_reason=""), name="certificate_end_has_reason"
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                name="certificate_expiring",
                condition=Q(state="valid", expires_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.state}"
