"""What a person has earned, and what is owed. Credit is never edited: a correction supersedes."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from academy.core import ids, texts
from academy.people.models import Person
from courses.catalogue.models import Audience, Course, Organisation, Topic
from enrollment.attendance.models import Outcome
from enrollment.credits.enums import Basis, Duty, Relief, ReliefReason, Unit


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
    title = models.CharField(max_length=300, blank=True, db_default="")  # of what is no run of ours
    evidence = models.CharField(max_length=300, blank=True, db_default="")  # who says so, where

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gt=0), name="credit_minutes"),
            models.UniqueConstraint(
                fields=["person", "earned_on", "title"],
                name="credit_from_outside_once",
                condition=Q(kind="outside", superseded_at__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["person", "-year"], name="credit_person_year")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.minutes} min"

    @property
    def hours(self) -> float:
        """Academic hours, to the tenth."""
        return round(self.minutes / self.minutes_per_hour, 1)


class Requirement(models.Model):
    """A rule: who owes how much of what by when. Edited by the registrar, never by code.

    Who: everybody in a post of the audience. How much: `amount` in `unit`; of `courses`, any so
    many of the list. By when: the end of a calendar cycle of `years` (the first begins with the
    year of `valid_from`), or `months` after a post of the audience was taken up; `grace_days` more
    to make up. `caps` says how much of one kind of credit counts at most, in the unit. Periods that
    begin outside `valid_from` to `valid_until` are not owed: another norm is another requirement.
    """

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    code = models.SlugField(max_length=40, unique=True)
    names = texts.TextsField()
    audience = models.ForeignKey(Audience, on_delete=models.PROTECT, related_name="+")
    unit = models.CharField(max_length=10, choices=Unit.choices, default=Unit.HOURS)
    amount = models.DecimalField(max_digits=5, decimal_places=1)
    hours_per_day = models.DecimalField(max_digits=3, decimal_places=1, default=8)
    courses = models.ManyToManyField(Course, blank=True, related_name="+")
    basis = models.CharField(max_length=12, choices=Basis.choices, default=Basis.CYCLE)
    years = models.SmallIntegerField(default=1)
    months = models.SmallIntegerField(default=6)
    first_only = models.BooleanField(default=False)  # only the first such post of a person
    prorates = models.BooleanField(default=True)  # who came late owes for the months since
    caps = models.JSONField(default=dict, blank=True)  # kind of credit -> the most that counts
    carry_cap = models.DecimalField(max_digits=5, decimal_places=1, default=0)
    grace_days = models.SmallIntegerField(default=0)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    revision = models.IntegerField(default=1)
    changed_at = models.DateTimeField()
    # Everybody after this person is still to be reckoned; nothing is to be done when it is empty.
    reckon_after = models.BigIntegerField(null=True, blank=True, default=0)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0) & Q(hours_per_day__gt=0) & Q(years__gte=1),
                name="requirement_amounts",
            ),
            models.CheckConstraint(
                condition=Q(months__gte=1) & Q(carry_cap__gte=0) & Q(grace_days__gte=0),
                name="requirement_times",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="requirement_valid_period",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class TopicMinimum(models.Model):
    """How much of the amount must lie in one topic, or in a narrower one below it."""

    requirement = models.ForeignKey(Requirement, on_delete=models.CASCADE, related_name="minimums")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=5, decimal_places=1)

    class Meta:
        ordering = ["topic__code"]
        constraints = [
            models.UniqueConstraint(fields=["requirement", "topic"], name="topic_minimum_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="topic_minimum_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.requirement_id} {self.topic_id} {self.amount}"


class Exemption(models.Model):
    """Somebody is relieved of a requirement for a time, by an authority with a name."""

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="exemptions")
    requirement = models.ForeignKey(
        Requirement, on_delete=models.PROTECT, related_name="exemptions"
    )
    kind = models.CharField(max_length=10, choices=Relief.choices, default=Relief.EXEMPTION)
    first_day = models.DateField()
    last_day = models.DateField()
    reason = models.CharField(max_length=12, choices=ReliefReason.choices)
    granted_by = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)  # taken back: it counts no more

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="exemption_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.requirement_id} {self.kind}"


class Obligation(models.Model):
    """What one person owes in one period, as reckoned from posts, credit and exemptions.

    A copy of what the rules say of the facts, kept so that "not met and due in this month" is found
    by an index; reckoning anew gives the same rows. Amounts are in the requirement's unit, `due_at`
    is the end of the last day on the institution's clock.
    """

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="obligations")
    requirement = models.ForeignKey(
        Requirement, on_delete=models.PROTECT, related_name="obligations", db_index=False
    )
    first_day = models.DateField()
    last_day = models.DateField()
    due_at = models.DateTimeField()
    needed = models.DecimalField(max_digits=6, decimal_places=1)
    earned = models.DecimalField(max_digits=7, decimal_places=1)
    state = models.CharField(max_length=10, choices=Duty.choices)
    met_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["requirement", "person", "first_day"], name="obligation_once"
            ),
            models.CheckConstraint(
                condition=Q(state="met") | Q(met_on__isnull=True), name="obligation_met_on"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="obligation_due", condition=Q(state="owed")),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.requirement_id} {self.first_day}"

    @property
    def due_on(self) -> date:
        """The last day on which it can be met in time."""
        return self.due_at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()

    @property
    def owed(self) -> Decimal:
        """What is still missing of the amount."""
        return max(self.needed - self.earned, Decimal(0))

    def is_late(self, now: datetime) -> bool:
        """Whether the day has passed without it."""
        return self.state == Duty.OWED and self.due_at < now
