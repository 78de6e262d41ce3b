"""Long work as rows: what was asked, how far it is, what came of it."""

from django.db import models

from academy.core import ids


class Job(models.Model):
    """Long work: an import, an export, a bulk change. A dry run is the same work, undone."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    is_dry_run = models.BooleanField(default=True)
    params = models.JSONField(default=dict)
    total = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    report = models.JSONField(default=list)
    asked_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField(null=True)  # when it last got on, or was told to go on
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class Upload(models.Model):
    """A file on its way in: the bytes, how they are read, and how far the work is.

    `applied` are the rows of the file that are dealt with; it is written in the transaction that
    imports them, so who carries on after a crash does nothing twice. The bytes go when their time
    is over; the report in the job stays.
    """

    class Step(models.TextChoices):
        READ = "read"  # somebody says in which alphabet it is written
        MATCH = "match"  # somebody says which column is which
        CHECK = "check"  # the worker looks what it would do
        READY = "ready"  # somebody looks at that
        APPLY = "apply"  # the worker imports
        OVER = "over"

    job = models.OneToOneField(Job, on_delete=models.CASCADE, primary_key=True)
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    encoding = models.CharField(max_length=20, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    matching = models.JSONField(default=dict)
    step = models.CharField(max_length=5, choices=Step.choices, default=Step.MATCH)
    actor = models.JSONField(default=dict)
    refused = models.JSONField(default=list)
    applied = models.IntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-job_id"]
        indexes = [
            models.Index(
                fields=["job"],
                name="upload_to_carry_on",
                condition=models.Q(step__in=["check", "apply"]),
            ),
            models.Index(
                fields=["expires_at"],
                name="upload_expires",
                condition=models.Q(expires_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job.kind} {self.name}"


class Matching(models.Model):
    """How somebody matched these headings the last time, for the next file that has them."""

    kind = models.CharField(max_length=40)
    headings = models.CharField(max_length=64)  # their fingerprint
    columns = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "headings"], name="matching_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.headings[:8]}"
