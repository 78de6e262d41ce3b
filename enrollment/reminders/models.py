"""Rules of reminding: data that the registrar edits."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from academy.core import ids, texts
from enrollment.reminders.enums import Anchor, Recipient, Unit
from enrollment.reminders.timing import Span, Timing, due_span


class ReminderRule(models.Model):
    """Who is reminded of what, how long before (negative) or after the anchor, in which words.

    Anchor and recipient stay for life: another question is another rule. `titles` and `texts` are
    the registrar's own words by language; a language without them speaks the standard ones.
    `planned_until` is how far the clock's tick has planned: nobody edits it. Where it is empty, the
    next tick looks at the whole window again.
    """

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    code = models.SlugField(max_length=40, unique=True)
    names = texts.TextsField()
    anchor = models.CharField(max_length=20, choices=Anchor.choices)
    recipient = models.CharField(max_length=12, choices=Recipient.choices)
    offset = models.SmallIntegerField()
    unit = models.CharField(max_length=12, choices=Unit.choices, default=Unit.HOURS)
    at_time = models.TimeField(null=True, blank=True)  # of that day, on the recipient's clock
    quiet_from = models.TimeField(null=True, blank=True)  # not in these hours, if it can wait
    quiet_until = models.TimeField(null=True, blank=True)
    useless_after_hours = models.IntegerField(default=24)  # after the moment it was due
    is_digest = models.BooleanField(default=False)  # kept for the next morning, with others
    titles = texts.TextsField(blank=True)
    texts = texts.TextsField(blank=True)
    is_active = models.BooleanField(default=True)
    revision = models.IntegerField(default=1)
    planned_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["anchor", "offset", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(useless_after_hours__gt=0), name="reminder_is_of_use"
            ),
            models.CheckConstraint(
                condition=Q(unit="hours") | Q(at_time__isnull=False),
                name="reminder_on_days_has_its_hour",
            ),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="reminder_quiet_hours_begin_and_end",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def distance(self) -> int:
        """How far from the anchor, on whichever side."""
        return abs(self.offset)

    @property
    def timing(self) -> Timing:
        """When it falls due, as the rules of timing read it."""
        return Timing(
            self.offset, Unit(self.unit), self.at_time, timedelta(hours=self.useless_after_hours)
        )

    def span(self, now: datetime) -> Span:
        """What the clock's tick looks at: what fell due since it looked last."""
        return due_span(now, useful=self.timing.useful, planned_until=self.planned_until)
