"""Rules of reminding: data that the registrar edits."""

from django.db import models

from academy.core import texts


class Anchor(models.TextChoices):
    """The moment that a rule counts from."""

    RUN_START = "run_start"
    MARKS_MISSING = "marks_missing"  # end of a session that has no marks yet


class Recipient(models.TextChoices):
    TRAINEE = "trainee"
    TRAINER = "trainer"


class ReminderRule(models.Model):
    """Who is reminded of what, how long before or after the anchor (negative hours lie before)."""

    code = models.CharField(max_length=40, unique=True)
    names = texts.TextsField()
    anchor = models.CharField(max_length=20, choices=Anchor.choices)
    recipient = models.CharField(max_length=12, choices=Recipient.choices)
    offset_hours = models.IntegerField()
    useless_after_hours = models.IntegerField(default=24)  # after the moment it was due
    template = models.CharField(max_length=40)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code
