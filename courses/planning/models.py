"""Editions of courses: when, where, in which language, with how many seats, and who teaches."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from academy.core import ids, texts
from academy.courts.models import Court, Region
from academy.jobs.models import Job
from academy.people.models import Person
from courses.catalogue.models import Course, CourseVersion, Format, Organisation
from courses.planning.enums import EnrollmentMode, LapsePolicy, NoAnswer, Payer, PoolScope, RunState
from courses.planning.fields import MultiRangeField


class Venue(models.Model):
    """A place where sessions are held."""

    code = models.CharField(max_length=40, unique=True)
    names = texts.TextsField()
    city = texts.TextsField(blank=True)
    address = texts.TextsField(blank=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, blank=True)
    capacity = models.IntegerField(null=True, blank=True)
    time_zone = models.CharField(max_length=40)
    is_shared = models.BooleanField(default=False, db_default=False)  # halls for several runs

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class Run(models.Model):
    """One edition of a course. Its seats are rows; `capacity` empty means without a limit.

    `busy`, `starts_at` and `ends_at` follow from the sessions and are written with them. `sequence`
    grows with every material change (RFC 5545 SEQUENCE); `revision` with every edit (If-Match).
    """

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    code = models.CharField(max_length=60, unique=True)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="runs")
    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="runs")
    state = models.CharField(max_length=12, choices=RunState.choices, default=RunState.DRAFT)
    enrollment_mode = models.CharField(
        max_length=12, choices=EnrollmentMode.choices, default=EnrollmentMode.OPEN
    )
    format = models.ForeignKey(Format, on_delete=models.PROTECT)
    language = models.CharField(max_length=10)
    time_zone = models.CharField(max_length=40)
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, null=True, blank=True)
    link = models.URLField(max_length=500, blank=True)
    # What the papers of trips say beside dates and place; nobody pays until somebody has said so.
    travel_days_before = models.SmallIntegerField(default=1, db_default=1)
    travel_days_after = models.SmallIntegerField(default=1, db_default=1)
    payer = models.CharField(max_length=10, choices=Payer.choices, blank=True, db_default="")
    capacity = models.IntegerField(null=True, blank=True)
    minimum_size = models.IntegerField(default=0)
    decide_by = models.DateTimeField(null=True, blank=True)  # the go or no-go date
    enrollment_opens_at = models.DateTimeField()
    enrollment_closes_at = models.DateTimeField()
    withdraw_until = models.DateTimeField(null=True, blank=True)
    promote_until = models.DateTimeField(null=True, blank=True)  # no offer after this
    offer_hours = models.SmallIntegerField(default=16)  # working hours of the person's court
    short_notice_hours = models.SmallIntegerField(default=0, db_default=0)  # before the start
    lapse_policy = models.CharField(
        max_length=4,
        choices=LapsePolicy.choices,
        default=LapsePolicy.DROP,
        db_default=LapsePolicy.DROP,
    )
    no_answer = models.CharField(  # after a move, when somebody does not say "still coming"
        max_length=7,
        choices=NoAnswer.choices,
        default=NoAnswer.RELEASE,
        db_default=NoAnswer.RELEASE,
    )
    nominees_answer = models.BooleanField(default=False, db_default=False)  # accept or decline
    selected_at = models.DateTimeField(null=True, blank=True)  # mode selection: the pass was made
    auto_accept = models.BooleanField(default=False)  # a freed seat is given, not offered
    hold_while_pending = models.BooleanField(default=False)
    waiting_list_limit = models.IntegerField(null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    busy = MultiRangeField(null=True, blank=True)
    sequence = models.IntegerField(default=0)
    revision = models.IntegerField(default=1)
    cancel_reason = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    state_since = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(capacity__gte=0), name="run_capacity"
            ),
            models.CheckConstraint(
                condition=Q(enrollment_closes_at__gte=F("enrollment_opens_at")),
                name="run_enrollment_window",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "postponed", "cancelled"])
                | Q(starts_at__isnull=False),
                name="run_in_public_has_dates",
            ),
        ]
        indexes = [
            models.Index(fields=["course", "starts_at"], name="run_course_start"),
            models.Index(fields=["starts_at", "id"], name="run_start"),
            models.Index(fields=["state", "starts_at"], name="run_state_start"),
            # What reminders count from: their cost follows what is near, not what exists.
            models.Index(fields=["enrollment_opens_at"], name="run_enrollment_opens"),
            models.Index(fields=["enrollment_closes_at"], name="run_enrollment_closes"),
            models.Index(
                Coalesce("decide_by", "enrollment_closes_at"),
                name="run_go_or_no_go",
                condition=Q(state="published", minimum_size__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_limited(self) -> bool:
        """Whether seats are counted at all."""
        return self.capacity is not None


class Phase(models.Model):
    """A stage of a run, in order: two weeks online, then one in person."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="phases")
    number = models.SmallIntegerField()
    names = texts.TextsField(blank=True)
    format = models.ForeignKey(Format, on_delete=models.PROTECT)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="phase_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number}"


class Session(models.Model):
    """A dated meeting, the unit of attendance. Moved in place, so that its identity lasts."""

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="sessions", db_index=False)
    phase = models.ForeignKey(
        Phase, on_delete=models.SET_NULL, null=True, blank=True, related_name="sessions"
    )
    number = models.SmallIntegerField()
    period = DateTimeRangeField()
    minutes = models.SmallIntegerField()  # of teaching, breaks not counted
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, null=True, blank=True)
    link = models.URLField(max_length=500, blank=True)
    is_cancelled = models.BooleanField(default=False)
    holds_venue = models.BooleanField(default=False, db_default=False)  # nobody else may have it

    class Meta:
        ordering = ["number"]
        constraints = [
            ExclusionConstraint(
                name="venue_held_once",
                index_type="GIST",
                expressions=[
                    (F("venue"), RangeOperators.EQUAL),
                    (F("period"), RangeOperators.OVERLAPS),
                ],
                condition=Q(holds_venue=True, is_cancelled=False),
            ),
            models.UniqueConstraint(fields=["run", "number"], name="session_number_once"),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="session_has_minutes"),
        ]
        indexes = [
            models.Index(models.Func(F("period"), function="upper"), name="session_end"),
            models.Index(models.Func(F("period"), function="lower"), name="session_start"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}#{self.number}"


class TrainerAssignment(models.Model):
    """Who teaches a run, and when that keeps the person busy: once the run is before the public."""

    run = models.ForeignKey(
        Run, on_delete=models.CASCADE, related_name="assignments", db_index=False
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="teaching")
    is_lead = models.BooleanField(default=False)
    busy = MultiRangeField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="trainer_teaches_once",
                index_type="GIST",
                expressions=[
                    (F("person"), RangeOperators.EQUAL),
                    (F("busy"), RangeOperators.OVERLAPS),
                ],
            ),
            models.UniqueConstraint(fields=["run", "person"], name="trainer_assigned_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} teaches {self.run_id}"


class SeatPool(models.Model):
    """Seats of a run kept for some people. On the release date the free ones fall to the parent."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="pools", db_index=False)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True)
    scope = models.CharField(max_length=10, choices=PoolScope.choices, default=PoolScope.EVERYONE)
    court = models.ForeignKey(Court, on_delete=models.PROTECT, null=True, blank=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, blank=True)
    value = models.CharField(max_length=20, blank=True)  # a position category, a language
    release_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "scope", "court", "region", "value"],
                name="pool_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(scope="court", court__isnull=False, region__isnull=True, value="")
                | Q(scope="region", court__isnull=True, region__isnull=False, value="")
                | Q(scope="everyone", court__isnull=True, region__isnull=True, value="")
                | Q(scope__in=["category", "language"], court__isnull=True, region__isnull=True)
                & ~Q(value=""),
                name="pool_scope_has_its_value",
            ),
        ]
        indexes = [
            models.Index(
                fields=["release_at"],
                name="pool_to_release",
                condition=Q(released_at__isnull=True, release_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.scope}"


class Seat(models.Model):
    """One place in one run: a row, free or held by one enrolment. Never deleted, only retired."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="seats", db_index=False)
    pool = models.ForeignKey(SeatPool, on_delete=models.PROTECT, related_name="seats")
    number = models.IntegerField()
    free = models.BooleanField(default=True)
    is_retired = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="seat_number_once"),
            models.UniqueConstraint(fields=["id", "run"], name="seat_of_run"),
            models.CheckConstraint(
                condition=~Q(free=True, is_retired=True), name="retired_seat_is_not_free"
            ),
        ]
        indexes = [
            models.Index(fields=["pool", "number"], name="seat_free", condition=Q(free=True)),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.number}"


class PlanYear(models.Model):
    """The plan of one year, as far as it is more than its runs: the bodies that approve it."""

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    year = models.SmallIntegerField(unique=True)

    def __str__(self) -> str:
        return str(self.year)


class PlanApproval(models.Model):
    """One body that approves the plan of a year, and since which day it has."""

    plan = models.ForeignKey(
        PlanYear, on_delete=models.CASCADE, related_name="approvals", db_index=False
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    approved_on = models.DateField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "organisation"], name="approves_plan_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.approved_on}"


class CopiedRun(models.Model):
    """A run that a copy made of another one. With a year, once only: then a plan was copied."""

    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="copied_runs")
    source = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="copies", db_index=False)
    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="copy_of")
    year = models.SmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "year"], name="copied_once_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} -> {self.run_id}"


class Interest(models.Model):
    """A wish to hear when a course is held: counted for the plan, answered at publication."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="interests")
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="interests", db_index=False
    )
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)  # a run was published and the person was told

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "course"], name="interest_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.course_id}"
