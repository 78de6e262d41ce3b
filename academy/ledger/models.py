"""Tables of the ledger. Only `ledger.actions` writes; the database refuses change and deletion."""

from django.db import models

from academy.core import ids


class Event(models.Model):
    """A fact that happened, written once, in the transaction of the change.

    Holds ids, codes and numbers only. Names and free text live in `Note`, which can be erased, so
    that the ledger can be eternal and a person forgotten. Attribute names follow CloudEvents 1.0.
    """

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(default=ids.public_id)
    type = models.CharField(max_length=60)
    time = models.DateTimeField()
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    context_id = models.UUIDField(null=True)  # the run, or what else the subject belongs to
    person_id = models.UUIDField(null=True)
    data = models.JSONField(default=dict)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=60, blank=True)
    behalf_of = models.UUIDField(null=True)
    reason = models.CharField(max_length=40, blank=True)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_id", "id"], name="event_subject"),
            models.Index(
                fields=["context_id", "id"],
                name="event_context",
                condition=models.Q(context_id__isnull=False),
            ),
            models.Index(
                fields=["person_id", "id"],
                name="event_person",
                condition=models.Q(person_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.subject_kind}/{self.subject_id}"


class Inbox(models.Model):
    """Events not yet in the feed. A trigger drops each new event's id here."""

    event_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.event_id)


class FeedEntry(models.Model):
    """The event's place in the feed: positions without gaps, in an order that never changes."""

    position = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="entry")

    def __str__(self) -> str:
        return f"{self.position}"


class Cursor(models.Model):
    """How far one handler has read the feed."""

    name = models.CharField(max_length=60, primary_key=True)
    position = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0)
    last_error = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.name} at {self.position}"


class Note(models.Model):
    """Words that belong to an event and can be erased: a reason in free text, a comment."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="notes")
    person_id = models.UUIDField(null=True, db_index=True)
    text = models.TextField()

    def __str__(self) -> str:
        return self.text[:60]
