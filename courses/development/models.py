"""Courses that several bodies develop: proposals, what is said of them, and the yearly needs."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from academy.accounts.models import Account
from academy.core import ids, texts
from academy.courts.models import Court
from courses.catalogue.models import Course, CourseVersion, Format, Organisation, Topic
from courses.development.enums import (
    CommentKind,
    NeedSource,
    ProposalKind,
    ProposalState,
    Section,
    Verdict,
)


class Proposal(models.Model):
    """A course or programme that a body proposes; what it says is in its versions.

    `course` is the course that it would change, or became; `became` the version it turned into.
    """

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    kind = models.CharField(max_length=10, choices=ProposalKind.choices)
    state = models.CharField(
        max_length=10, choices=ProposalState.choices, default=ProposalState.DRAFT
    )
    body = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="proposals")
    author = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey(
        Course, on_delete=models.PROTECT, null=True, blank=True, related_name="proposals"
    )
    became = models.OneToOneField(
        CourseVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="proposal"
    )
    year = models.SmallIntegerField(null=True, blank=True)  # of the plan that it is meant for
    round = models.SmallIntegerField(default=0)  # of review; a returned proposal starts another
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    revision = models.IntegerField(default=1)

    class Meta:
        ordering = ["-changed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="course") ^ Q(became__isnull=True),
                name="proposal_became_a_version",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body_id} {self.kind} {self.pk}"


class ProposalVersion(models.Model):
    """What a proposal says. Published ones never change; one more may be in the making.

    `texts` holds words by section and language; topics and audiences are codes, which are looked up
    when the proposal becomes a course.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="versions")
    number = models.SmallIntegerField()
    texts = models.JSONField(default=dict, blank=True)
    format = models.ForeignKey(Format, on_delete=models.PROTECT, null=True, blank=True)
    hours = models.DecimalField(max_digits=6, decimal_places=1, null=True, blank=True)
    minutes_per_hour = models.SmallIntegerField(null=True, blank=True)
    languages = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    topics = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    audiences = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    test_required = models.BooleanField(default=False)
    author = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "number"], name="proposal_version_once"),
            models.UniqueConstraint(
                fields=["proposal"],
                condition=Q(published_at__isnull=True),
                name="proposal_one_in_the_making",
            ),
            models.CheckConstraint(
                condition=Q(hours__isnull=True) | Q(hours__gt=0), name="proposed_hours_are_some"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} v{self.number}"


class Comment(models.Model):
    """What a body says of a section of a version. An objection is open until it is settled."""

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    version = models.ForeignKey(ProposalVersion, on_delete=models.CASCADE, related_name="comments")
    section = models.CharField(max_length=10, choices=Section.choices)
    kind = models.CharField(max_length=10, choices=CommentKind.choices)
    body = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.body_id} {self.kind} {self.section}"

    @property
    def is_open(self) -> bool:
        """Whether it is an objection that stands in the way."""
        return self.kind == CommentKind.OBJECT and self.settled_at is None


class RouteStep(models.Model):
    """The institution's way of reviewing, as data: which body, when its turn is, how long it has.

    Bodies of the same place are asked at once.
    """

    place = models.SmallIntegerField()
    body = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    working_days = models.SmallIntegerField(default=10)

    class Meta:
        ordering = ["place", "id"]
        constraints = [
            models.UniqueConstraint(fields=["place", "body"], name="route_step_once"),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.body_id}"


class ReviewStep(models.Model):
    """One body's step in one round of review, and the entry in the decision log that ends it.

    `due_on` is set when its turn comes.
    """

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="steps")
    version = models.ForeignKey(ProposalVersion, on_delete=models.PROTECT, related_name="+")
    round = models.SmallIntegerField()
    place = models.SmallIntegerField()
    body = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    working_days = models.SmallIntegerField()
    opened_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["round", "place", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "round", "place", "body"], name="review_step_once"
            ),
            models.CheckConstraint(
                condition=Q(verdict="") ^ Q(decided_at__isnull=False), name="verdict_has_a_moment"
            ),
        ]
        indexes = [
            # Whose turn it is: what the reminders look at each minute stays as small as that.
            models.Index(
                fields=["due_on"],
                condition=Q(verdict="", opened_at__isnull=False),
                name="review_step_in_turn",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.place} {self.body_id}"


class Reading(models.Model):
    """How far somebody has read a proposal, so that the next visit starts with what is new."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="readings")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    version = models.SmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "account"], name="proposal_read_once"),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.account_id}"


class Assessment(models.Model):
    """The needs assessment for one plan year: open for topics and votes until it closes."""

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    year = models.SmallIntegerField(unique=True)
    opened_at = models.DateTimeField()
    closes_at = models.DateTimeField()

    class Meta:
        ordering = ["-year"]

    def __str__(self) -> str:
        return str(self.year)

    @property
    def last_day(self) -> date:
        """The last day for topics and votes, on the institution's clock."""
        last = self.closes_at - timedelta(seconds=1)
        return last.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


class NeededTopic(models.Model):
    """What somebody needs to be taught next year; shortlisted, it becomes a proposal."""

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="topics")
    title = texts.TextsField()
    reason = models.TextField(blank=True)
    area = models.ForeignKey(Topic, on_delete=models.PROTECT, null=True, blank=True)
    source = models.CharField(max_length=12, choices=NeedSource.choices)
    source_code = models.CharField(max_length=80, blank=True)  # of the course or requirement
    people = models.IntegerField(default=0)  # who waited or owed when it was put on the list
    court = models.ForeignKey(Court, on_delete=models.PROTECT, null=True, blank=True)
    author = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    shortlisted_at = models.DateTimeField(null=True, blank=True)
    proposal = models.OneToOneField(
        Proposal, on_delete=models.PROTECT, null=True, blank=True, related_name="needed_topic"
    )

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "source", "source_code"],
                condition=~Q(source_code=""),
                name="need_listed_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.source}"


class Vote(models.Model):
    """A court's voice for a topic; one each, given and taken back until the assessment closes."""

    topic = models.ForeignKey(NeededTopic, on_delete=models.CASCADE, related_name="votes")
    court = models.ForeignKey(Court, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["topic", "court"], name="court_votes_once"),
        ]

    def __str__(self) -> str:
        return f"{self.topic_id} {self.court_id}"
