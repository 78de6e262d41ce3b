"""Who was there, for how many minutes, and what follows from it."""

from django.db import models
from django.db.models import Q

from academy.core import ids
from courses.planning.models import Session
from enrollment.attendance.enums import MarkStatus, OutcomeKind
from enrollment.seats.models import Enrollment


class Mark(models.Model):
    """One person's attendance at one session, in minutes; append-only, the newest one counts.

    `nonce` comes from the device that marked: a mark that is sent twice is one mark.
    """

    id = models.BigAutoField(primary_key=True)
    enrollment = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, related_name="marks", db_index=False
    )
    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, related_name="marks", db_index=False
    )
    status = models.CharField(max_length=10, choices=MarkStatus.choices)
    minutes = models.SmallIntegerField()
    nonce = models.UUIDField(default=ids.public_id)
    marked_by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "session", "nonce"], name="mark_sent_once"
            ),
            models.CheckConstraint(condition=models.Q(minutes__gte=0), name="mark_minutes"),
        ]
        indexes = [models.Index(fields=["session", "enrollment", "-id"], name="mark_newest")]

    def __str__(self) -> str:
        return f"{self.enrollment_id} {self.status}"


class SheetScan(models.Model):
    """The list that was signed at a session, as it was scanned or photographed: evidence.

    Added, never changed; for those who may see the marks. The file goes when its time is over
    (`rules.last_day_kept`); the row and the ledger keep its digest, so that a copy on paper or
    elsewhere can still be told to be the one that was here.
    """

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="scans")
    file = models.FileField(upload_to="sheets/", max_length=200, blank=True)
    media_type = models.CharField(max_length=100)
    size = models.IntegerField()  # bytes
    digest = models.CharField(max_length=64)  # SHA-256 of the file
    added_by = models.UUIDField(null=True)
    added_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["session", "digest"], name="sheet_scanned_once"),
            models.CheckConstraint(
                condition=~Q(file="") & Q(erased_at__isnull=True)
                | Q(file="", erased_at__isnull=False),
                name="scan_has_file_or_is_erased",
            ),
        ]
        indexes = [
            models.Index(
                fields=["added_at"], name="scan_to_erase", condition=Q(erased_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class TestResult(models.Model):
    """Whether a person passed the run's test. Never a score: none is kept. Append-only."""

    enrollment = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, related_name="test_results", db_index=False
    )
    passed = models.BooleanField()
    recorded_by = models.UUIDField(null=True)
    at = models.DateTimeField()

    __test__ = False  # not a test of ours

    class Meta:
        indexes = [models.Index(fields=["enrollment", "-id"], name="test_result_newest")]

    def __str__(self) -> str:
        return f"{self.enrollment_id} {self.passed}"


class Outcome(models.Model):
    """What a run came to for one person, frozen at finalisation; a correction is a new revision."""

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    enrollment = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, related_name="outcomes", db_index=False
    )
    revision = models.SmallIntegerField(default=1)
    outcome = models.CharField(max_length=10, choices=OutcomeKind.choices)
    minutes_attended = models.IntegerField()
    minutes_planned = models.IntegerField()
    test_passed = models.BooleanField(null=True)
    frozen_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)
    reason = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "revision"], name="outcome_revision_once"
            ),
            models.UniqueConstraint(
                fields=["enrollment"],
                name="outcome_one_current",
                condition=models.Q(is_current=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} {self.outcome}"
