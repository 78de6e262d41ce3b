"""What was told to people's calendars, and the addresses under which calendars may ask."""

from django.db import models
from django.db.models import Q

from academy.accounts.models import Account
from academy.core import ids
from academy.people.models import Person
from courses.planning.models import Run, Session, Venue
from enrollment.calendars.enums import FeedKind, Method
from enrollment.seats.models import Enrollment


class Invitation(models.Model):
    """What one person's calendar was told last of one session.

    The `uid` is the event's for life. `sequence` grows with every version that may have left the
    house, and is committed before that version leaves: so no two versions share a number, and the
    database refuses a smaller one. Without an enrolment it is a trainer's.
    """

    uid = models.UUIDField(unique=True)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="invitations", db_index=False
    )
    enrollment = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, null=True, related_name="invitations", db_index=False
    )
    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, related_name="invitations", db_index=False
    )
    method = models.CharField(max_length=7, choices=Method.choices, blank=True)
    sequence = models.IntegerField(default=0)
    version = models.CharField(max_length=64, blank=True)  # of what was told: a digest
    told_at = models.DateTimeField(null=True)
    told_by = models.BigIntegerField(null=True)  # the message that brought this version
    replied_at = models.DateTimeField(null=True)  # as the reply itself says
    declined_at = models.DateTimeField(null=True)  # declined, and no answer on the page yet

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "session"],
                name="invitation_of_enrollment",
                condition=Q(enrollment__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["person", "session"],
                name="invitation_of_trainer",
                condition=Q(enrollment__isnull=True),
            ),
            models.CheckConstraint(condition=Q(sequence__gte=0), name="invitation_sequence"),
        ]
        indexes = [models.Index(fields=["session"], name="invitation_session")]

    def __str__(self) -> str:
        return f"{self.uid} {self.method} {self.sequence}"


class CalendarFeed(models.Model):
    """A private address for calendar programs, kept as a hash: who has the address may read.

    What it shows is what its account may see at the moment of reading.
    """

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, related_name="calendar_feeds", db_index=False
    )
    kind = models.CharField(max_length=5, choices=FeedKind.choices)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, null=True, blank=True)
    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, null=True, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "run", "venue"],
                name="feed_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(kind="own", run__isnull=True, venue__isnull=True)
                | Q(kind="run", run__isnull=False, venue__isnull=True)
                | Q(kind="venue", run__isnull=True, venue__isnull=False),
                name="feed_names_its_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.account_id}"
