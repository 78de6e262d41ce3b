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
    """Who is reminded of what, how long before or after the anchor (negative hours lie before).

    `planned_until` is how far the clock's tick has planned: nobody edits it. Clear it when offset
    or usefulness change, and the next tick looks at the whole window again.
    """

    code = models.CharField(max_length=40, unique=True)
    names = texts.TextsField()
    anchor = models.CharField(max_length=20, choices=Anchor.choices)
    recipient = models.CharField(max_length=12, choices=Recipient.choices)
    offset_hours = models.IntegerField()
    useless_after_hours = models.IntegerField(default=24)  # after the moment it was due
    template = models.CharField(max_length=40)
    is_active = models.BooleanField(default=True)
    planned_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(useless_after_hours__gt=0), name="reminder_is_of_use"
            ),
        ]

    def __str__(self) -> str:
        return self.code
