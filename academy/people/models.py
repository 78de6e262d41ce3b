"""Who learns and who holds posts, as HR knows them. A person need not have an account."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat, Lower

from academy.core import ids
from academy.courts.models import Court, Position


class SortKey(Func):
    """The alphabetical key of a name, the same on every server (an SQL function)."""

    function = "academy_sort_key"
    output_field = models.TextField()


class Person(models.Model):
    """A judge, a court official, a trainer: known to HR or to the academy, with or without account.

    The identification number is optional, encrypted, and found by a keyed hash. A person who left
    keeps the row: the record of learning outlives the service.
    """

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    external_id = models.CharField(max_length=64, null=True, blank=True, unique=True)
    family_name = models.CharField(max_length=120)
    given_name = models.CharField(max_length=120)
    patronymic = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=10)
    iin_cipher = models.BinaryField(null=True, blank=True)
    iin_hash = models.CharField(max_length=64, null=True, blank=True, unique=True)
    # What HR's system calls the person where it follows single changes, and since when it does.
    user_name = models.CharField(max_length=254, blank=True)
    employee_number = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    deprovisioned_at = models.DateTimeField(null=True, blank=True)
    in_service_since = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    sort_key = models.GeneratedField(
        expression=SortKey(
            Concat(
                F("family_name"),
                Value(" "),
                F("given_name"),
                Value(" "),
                F("patronymic"),
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("user_name"), condition=~Q(user_name=""), name="person_user_name_any_case"
            ),
        ]
        indexes = [models.Index(fields=["sort_key", "id"], name="person_sorted")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """Family name first, as on every list of the courts."""
        return " ".join(filter(None, (self.family_name, self.given_name, self.patronymic)))

    @property
    def short_name(self) -> str:
        """Family name and initials."""
        initials = "".join(f" {part[0]}." for part in (self.given_name, self.patronymic) if part)
        return f"{self.family_name}{initials}"


class Appointment(models.Model):
    """Who holds which post where, from when to when. Acting and seconded people hold two at a time.

    What a person may ask for, and under whose consent, follows the appointment valid on the day.
    """

    class Kind(models.TextChoices):
        PERMANENT = "permanent"
        ACTING = "acting"
        SECONDMENT = "secondment"

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    court = models.ForeignKey(Court, on_delete=models.PROTECT, related_name="appointments")
    position = models.ForeignKey(Position, on_delete=models.PROTECT)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.PERMANENT)
    period = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="appointment_once_at_a_time",
                expressions=[
                    (F("person"), RangeOperators.EQUAL),
                    (F("court"), RangeOperators.EQUAL),
                    (F("position"), RangeOperators.EQUAL),
                    (F("period"), RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="appointment_one_permanent",
                expressions=[
                    (F("person"), RangeOperators.EQUAL),
                    (F("period"), RangeOperators.OVERLAPS),
                ],
                condition=Q(kind="permanent"),
            ),
        ]
        indexes = [models.Index(fields=["court", "person"], name="appointment_court")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.position_id} at {self.court_id}"
