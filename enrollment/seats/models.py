"""Who claims which run, with which seat: the rows behind every roster and every queue."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q

from academy.core import ids, texts
from academy.courts.models import Court
from academy.people.models import Appointment, Person
from courses.planning.fields import MultiRangeField
from courses.planning.models import Run, Seat
from enrollment.seats.enums import ACTIVE, HOLDING, STANDARD_CLASS, PriorityKind, Source, State


class PriorityRule(models.Model):
    """A published reason to be served earlier: by how many classes. Editable data, seeded.

    What it meant for somebody is frozen on the enrolment; editing a rule moves nobody who waits.
    """

    code = models.CharField(max_length=40, unique=True)
    names = texts.TextsField()
    kind = models.CharField(max_length=20, choices=PriorityKind.choices)
    step = models.SmallIntegerField(default=1)  # classes ahead of the ordinary one
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["-step", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(step__gt=0), name="priority_step_helps"),
        ]

    def __str__(self) -> str:
        return self.code


class Enrollment(models.Model):
    """One person's claim on one run.

    `seats.actions` alone sets the state. An ended row never revives: a new attempt is a new row
    that points to the `previous` one. The queue number is drawn once and never changes. `busy`
    repeats the run's times: the database itself refuses two held seats at the same hour.
    """

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    run = models.ForeignKey(
        Run, on_delete=models.PROTECT, related_name="enrollments", db_index=False
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="enrollments", db_index=False
    )
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, null=True, db_index=False
    )
    court = models.ForeignKey(
        Court, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    state = models.CharField(max_length=12, choices=State.choices)
    seat = models.OneToOneField(
        Seat, on_delete=models.PROTECT, null=True, related_name="enrollment", db_constraint=False
    )
    needs_seat = models.BooleanField(default=True)
    pool_ids = ArrayField(models.BigIntegerField(), default=list)  # most specific first
    queue_number = models.BigIntegerField(null=True)
    priority_class = models.SmallIntegerField(default=STANDARD_CLASS)  # lower is served earlier
    priority_reasons = models.JSONField(default=list, db_default=[])  # codes of rules, frozen
    short_notice = models.BooleanField(default=False, db_default=False)  # "is fine for me"
    auto_accept = models.BooleanField(default=False, db_default=False)  # the person's own choice
    out_of_order = models.BooleanField(default=False, db_default=False)  # promoted past others
    source = models.CharField(max_length=12, choices=Source.choices, default=Source.SELF)
    due_at = models.DateTimeField(null=True)
    lapses = models.SmallIntegerField(default=0)
    busy = MultiRangeField(null=True)
    clash_allowed = models.BooleanField(default=False)
    # Beside which held seats it was allowed; the constraint looks away from all others, too.
    clash_with = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    previous = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="next_attempts", db_index=False
    )
    end_reason = models.CharField(max_length=40, blank=True)
    is_late = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    state_since = models.DateTimeField()
    revision = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "person"],
                name="enrollment_one_active",
                condition=Q(state__in=sorted(ACTIVE)),
            ),
            models.CheckConstraint(
                name="enrollment_seat_fits_state",
                condition=Q(state__in=sorted(HOLDING), needs_seat=True, seat__isnull=False)
                | Q(state__in=sorted(HOLDING), needs_seat=False, seat__isnull=True)
                | Q(state__in=["requested", "closed"])
                | ~Q(state__in=[*sorted(HOLDING), "requested", "closed"]) & Q(seat__isnull=True),
            ),
            models.CheckConstraint(
                name="enrollment_queue_number",
                condition=~Q(state__in=["requested", "waitlisted"]) | Q(queue_number__isnull=False),
            ),
            models.CheckConstraint(
                name="enrollment_deadline",
                condition=~Q(state__in=["offered", "reconfirm"]) | Q(due_at__isnull=False),
            ),
            ExclusionConstraint(
                name="enrollment_no_clash",
                index_type="GIST",
                expressions=[
                    (F("person"), RangeOperators.EQUAL),
                    (F("busy"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state__in=sorted(HOLDING), clash_allowed=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["run", "priority_class", "queue_number"],
                name="enrollment_queue",
                condition=Q(state="waitlisted"),
            ),
            models.Index(
                fields=["due_at"], name="enrollment_timers", condition=Q(due_at__isnull=False)
            ),
            models.Index(fields=["person", "-id"], name="enrollment_person"),
            models.Index(fields=["run", "state"], name="enrollment_run_state"),
            models.Index(fields=["court", "-id"], name="enrollment_court"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.state}"


class PromotionPass(models.Model):
    """One look along the queue after seats came free: why it happened and what was found."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="promotion_passes")
    at = models.DateTimeField()
    cause = models.CharField(max_length=40)
    free_before = models.IntegerField()
    promoted = models.IntegerField(default=0)
    seed = models.BigIntegerField(null=True)  # of a selection: the same seed, the same order

    def __str__(self) -> str:
        return f"{self.run_id} {self.at}"


class PromotionLook(models.Model):
    """What a pass decided about one waiting person, and why: shown to that person."""

    promotion_pass = models.ForeignKey(
        PromotionPass, on_delete=models.CASCADE, related_name="looks"
    )
    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="looks")
    position = models.IntegerField()
    verdict = models.CharField(max_length=20)  # promoted or skipped
    reason = models.CharField(max_length=40, blank=True)
    facts = models.JSONField(default=dict, db_default={})  # what a selection compared

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["promotion_pass", "enrollment"], name="looked_at_once_per_pass"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} {self.verdict}"


class InvariantResult(models.Model):
    """What the monitor found last about one invariant: a row each, written by nobody else."""

    code = models.CharField(max_length=60, primary_key=True)
    checked_at = models.DateTimeField()
    broken_since = models.DateTimeField(null=True)
    count = models.IntegerField(default=0)
    sample = ArrayField(models.BigIntegerField(), default=list)

    def __str__(self) -> str:
        return f"{self.code} {self.count}"
