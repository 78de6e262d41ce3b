"""Nominations, and places whose post has ended."""

from django.db import models
from django.db.models import Q

from academy.accounts.models import Account
from academy.core import ids, texts
from academy.courts.models import Court
from academy.jobs.models import Job
from academy.people.models import Appointment, Person
from courses.planning.models import Run
from enrollment.requests.enums import Fate
from enrollment.seats.models import Enrollment


class Nomination(models.Model):
    """A list of people for one run: first what would come of it, then, if wanted, the deed.

    The job says how far it is; who asked stands there (an account or another system), and here
    again where it is an account, because its rights are looked at once more for each person.
    """

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="nominations")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="nomination")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    court = models.ForeignKey(Court, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.run_id} {self.public_id}"


class Nominee(models.Model):
    """One line of the list. `state` is what was foreseen, then what it became at the time."""

    nomination = models.ForeignKey(Nomination, on_delete=models.CASCADE, related_name="nominees")
    number = models.IntegerField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    written = models.CharField(max_length=64, blank=True)  # what stood in a file and is nobody
    fate = models.CharField(max_length=10, choices=Fate.choices, default=Fate.PLANNED)
    state = models.CharField(max_length=12, blank=True)
    code = models.CharField(max_length=40, blank=True)  # why it is refused
    sentence = models.TextField(blank=True)
    enrollment = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, null=True, related_name="nominees"
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["nomination", "number"], name="nominee_number"),
            models.UniqueConstraint(fields=["nomination", "person"], name="nominee_once"),
            models.CheckConstraint(
                name="nominee_done_is_enrolled",
                condition=Q(fate="done", enrollment__isnull=False)
                | ~Q(fate="done") & Q(enrollment__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["nomination", "number"], name="nominee_to_do", condition=Q(fate="planned")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.fate}"


class PostCheck(models.Model):
    """From that moment the places of a person are to be looked at: a post or the service ends.

    Written by the handler of HR's events, taken away when everything has followed.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    due_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["due_at", "person"], name="post_check_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.due_at}"


class LostPost(models.Model):
    """A place whose post has ended and that does not follow to another: kept or cancelled by hand.

    `appointment` is the post that was lost; with `kept_at` the registrar has let the place stand.
    """

    enrollment = models.OneToOneField(
        Enrollment, on_delete=models.CASCADE, related_name="lost_post"
    )
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    lost_at = models.DateTimeField()
    kept_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["lost_at"], name="lost_post_open", condition=Q(kept_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} {self.lost_at}"


class Bulk(models.Model):
    """One operation on many runs: first what it would come to in each, then, if wanted, the deed.

    The job says how far it is. `asked` is what the operation needs (a reason, days, words); whose
    hand it is stands in `account`, whose rights are looked at once more for each run.
    """

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="bulk")
    operation = models.CharField(max_length=20)
    asked = models.JSONField(default=dict)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.operation} {self.public_id}"


class BulkLine(models.Model):
    """One run of it. `public_id` is the request under which its change stands in the ledger.

    `mark` is that of the dry run: what is done comes to exactly what was shown, or it is not done.
    """

    bulk = models.ForeignKey(Bulk, on_delete=models.CASCADE, related_name="lines")
    public_id = models.UUIDField(default=ids.public_id, unique=True)
    number = models.IntegerField()
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+")
    fate = models.CharField(max_length=10, choices=Fate.choices, default=Fate.PLANNED)
    is_tried = models.BooleanField(default=False)
    mark = models.CharField(max_length=32, blank=True)
    touched = models.IntegerField(default=0)  # people
    states = models.JSONField(default=dict)  # how many of them end up in which
    trainers = models.IntegerField(default=0)  # who are told
    code = models.CharField(max_length=40, blank=True)  # why it is refused
    said = texts.TextsField(blank=True)  # the same in words, for whoever reads it

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["bulk", "number"], name="bulk_line_number"),
            models.UniqueConstraint(fields=["bulk", "run"], name="bulk_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.bulk_id} {self.run_id}"
