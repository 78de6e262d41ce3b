"""What is taught, for whom and how long. A published course changes by a new version."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from academy.core import ids, texts
from academy.courts.models import CourtKind, CourtLevel, Position
from courses.catalogue.enums import AudienceBasis, CourseStatus, HoursBasis


class Organisation(models.Model):
    """A body that teaches, owns or helps to develop courses."""

    code = models.CharField(max_length=40, unique=True)
    names = texts.TextsField()
    country = models.CharField(max_length=10, blank=True)
    is_own = models.BooleanField(default=False)  # of this judiciary, not only a source of courses
    is_issuer = models.BooleanField(
        default=False
    )  # certificates are its statements, whoever taught

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                "is_issuer", condition=Q(is_issuer=True), name="courses_one_issuer"
            ),
            models.CheckConstraint(
                condition=Q(is_own=True) | Q(is_issuer=False), name="courses_issuer_is_own"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Topic(models.Model):
    """An area of law or of court work, an editable list; a narrower one names its parent."""

    code = models.CharField(max_length=40, unique=True)
    names = texts.TextsField()
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class Format(models.Model):
    """In person, online live, self-paced...: an editable list. Some are in a room and online."""

    code = models.CharField(max_length=40, unique=True)
    names = texts.TextsField()
    in_room = models.BooleanField(default=True)
    online = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class Audience(models.Model):
    """For whom a course is: a rule over the post that a person holds.

    An empty list puts no condition; `max_months_in_post` says "new in the post".
    """

    code = models.CharField(max_length=40, unique=True)
    names = texts.TextsField()
    basis = models.CharField(
        max_length=10, choices=AudienceBasis.choices, default=AudienceBasis.POST
    )
    categories = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    positions = models.ManyToManyField(Position, blank=True)
    court_levels = models.ManyToManyField(CourtLevel, blank=True)
    court_kinds = models.ManyToManyField(CourtKind, blank=True)
    max_months_in_post = models.SmallIntegerField(null=True, blank=True)
    remote_only = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class Course(models.Model):
    """A catalogue entry by its code; what it says is in its versions."""

    Status = CourseStatus

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    code = models.CharField(max_length=40, unique=True)
    status = models.CharField(
        max_length=10, choices=CourseStatus.choices, default=CourseStatus.DRAFT
    )
    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="courses")
    owners = models.ManyToManyField(Organisation, blank=True, related_name="owned_courses")
    current = models.OneToOneField(
        "CourseVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_demo = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()
    revision = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="published") | Q(current__isnull=False),
                name="published_course_has_version",
            ),
        ]
        indexes = [models.Index(fields=["status", "code"], name="course_status_code")]

    def __str__(self) -> str:
        return self.code


class CourseVersion(models.Model):
    """What a course says: texts, length, audience, completion rule.

    Runs keep the version they were planned with.
    `hours` and `days` stay empty where nothing was published: unknown is not zero. An academic hour
    is `minutes_per_hour` minutes long.
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="versions")
    number = models.SmallIntegerField()
    title = texts.TextsField()
    summary = texts.TextsField(blank=True)
    objectives = models.JSONField(default=dict, blank=True)  # language -> list of sentences
    demo_translations = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    format = models.ForeignKey(Format, on_delete=models.PROTECT)
    languages = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    topics = models.ManyToManyField(Topic, blank=True, related_name="versions")
    audiences = models.ManyToManyField(Audience, blank=True, related_name="versions")
    prerequisites = models.ManyToManyField(Course, blank=True, related_name="+")
    hours = models.DecimalField(max_digits=6, decimal_places=1, null=True, blank=True)
    hours_basis = models.CharField(max_length=10, choices=HoursBasis.choices, blank=True)
    minutes_per_hour = models.SmallIntegerField(null=True, blank=True)
    days = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    duration_published = models.CharField(max_length=200, blank=True)
    year = models.SmallIntegerField(null=True, blank=True)
    provider_course_code = models.CharField(max_length=60, blank=True)
    source_url = models.URLField(max_length=500, blank=True)
    min_attendance_share = models.DecimalField(
        max_digits=3, decimal_places=2, default=Decimal("0.80")
    )
    test_required = models.BooleanField(default=False)
    validity_months = models.SmallIntegerField(null=True, blank=True)  # of its certificates
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="course_version_once"),
            models.CheckConstraint(
                condition=Q(min_attendance_share__gte=0) & Q(min_attendance_share__lte=1),
                name="attendance_share_is_a_share",
            ),
            models.CheckConstraint(
                condition=(Q(hours__isnull=True) | Q(hours__gt=0))
                & (Q(days__isnull=True) | Q(days__gt=0)),
                name="unknown_length_is_null",
            ),
            models.CheckConstraint(
                condition=Q(validity_months__isnull=True) | Q(validity_months__gt=0),
                name="course_validity_is_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_id} v{self.number}"
