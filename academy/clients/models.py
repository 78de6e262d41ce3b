"""Other court systems: their keys, what they may read, and what they read."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from oauth2_provider.models import AbstractApplication

from academy.core import ids


class Client(AbstractApplication):
    """Another court system with its own key and its own list of allowed fields."""

    # A client belongs to a system, not to an account; the toolkit's column stays empty.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    public_id = models.UUIDField(default=ids.public_id, unique=True)
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    projection = models.CharField(max_length=40, default="minimal")
    last_used_at = models.DateTimeField(null=True, blank=True)
    # The hash of the secret before the present one, good until then.
    former_secret = models.CharField(max_length=255, blank=True)
    former_until = models.DateTimeField(null=True, blank=True)
    # How far the client says that it has read the feed, and when it said so.
    read_position = models.BigIntegerField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.name)


class Disclosure(models.Model):
    """One read of people's data by a client: what was asked, under which projection.

    One row per read, resolved to the person on view: `person_id` when it was about one person, else
    the range that was read.
    """

    id = models.BigAutoField(primary_key=True)
    client = models.ForeignKey(Client, on_delete=models.PROTECT)
    at = models.DateTimeField()
    resource = models.CharField(max_length=40)
    projection = models.CharField(max_length=40)
    person_id = models.UUIDField(null=True, db_index=True)
    people = ArrayField(models.UUIDField(), default=list)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["client", "-id"], name="disclosure_client"),
            GinIndex(fields=["people"], name="disclosure_people"),
        ]

    def __str__(self) -> str:
        return f"{self.resource} to {self.client_id}"

    @property
    def how_many(self) -> int:
        """How many people's data was read."""
        return 1 if self.person_id else len(self.people)


class Webhook(models.Model):
    """An address of a client that is called when something happened: a wake-up, not the facts.

    It rests after a failure, so that a dead receiver costs one call per step of the backoff and not
    one per event. While a secret is being rotated, calls carry a signature by either.
    """

    class State(models.TextChoices):
        ACTIVE = "active"
        PAUSED = "paused"
        GONE = "gone"  # answered 410
        DEAD = "dead"  # did not answer for three days
        REMOVED = "removed"

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="webhooks")
    url = models.URLField(max_length=500)
    types = ArrayField(models.CharField(max_length=60), default=list)  # none: all that it may see
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    secret = models.BinaryField()
    former_secret = models.BinaryField(null=True)
    former_until = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.url} ({self.state})"


class Call(models.Model):
    """One wake-up of a webhook about one event, from its first try until it was taken or given up.

    Calls about one subject are made in the order of its events.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        TAKEN = "taken"
        GIVEN_UP = "given_up"
        DROPPED = "dropped"  # the webhook was removed, or may not see it any more

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(default=ids.public_id, unique=True)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="calls")
    event_id = models.UUIDField()
    position = models.BigIntegerField(null=True)  # none: a test
    type = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    status = models.SmallIntegerField(null=True)
    answer = models.TextField(blank=True)
    milliseconds = models.IntegerField(null=True)
    created_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webhook", "event_id"], name="call_once"),
        ]
        indexes = [
            models.Index(
                fields=["webhook", "subject", "id"],
                name="call_waiting",
                condition=models.Q(state="waiting"),
            ),
            models.Index(fields=["webhook", "-id"], name="call_log"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.subject} ({self.state})"
