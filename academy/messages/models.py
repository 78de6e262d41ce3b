"""What must be told to whom, once: the messages and the record of what became of them."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import ExpressionWrapper, Q

from academy.core import ids
from academy.messages.enums import Convenience
from academy.people.models import Person


class Message(models.Model):
    """Something to be told to one person, once.

    Written before anything is sent, under a key that makes a second one impossible. Rendered at the
    time of sending, in the language of the person; dropped, saying why, when it is no longer true.

    While it waits, its place is among the outgoing ones (`Outgoing`), and only there does anything
    change. No index holds what changes when it is settled, so that then too the row alone is
    rewritten: a million reminders are settled in half the time.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        DROPPED = "dropped"  # no longer true, or nobody to send it to
        FAILED = "failed"  # given up after retries

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(default=ids.public_id, unique=True)
    # No index of its own: the unique key below begins with the person.
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="messages", db_index=False
    )
    kind = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    occurrence = models.CharField(max_length=80)
    facts = models.JSONField(default=dict)  # ids and codes that the resolver needs; no words
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    urgent = models.BooleanField(default=False)
    in_digest = models.BooleanField(default=False, db_default=False)  # with others, in one mail
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()  # not before
    useless_after = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)  # how often it was tried, once it is settled
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=60, blank=True)  # why dropped or failed
    is_failed = models.GeneratedField(
        expression=ExpressionWrapper(Q(state="failed"), output_field=models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    channel = models.CharField(max_length=20, default="email")
    address = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=10, blank=True)
    title = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    read_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)  # a mail server sent it back, after all
    again_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, db_index=False, related_name="sent_again"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "subject_id", "kind", "occurrence"], name="message_once"
            ),
        ]
        indexes = [
            models.Index(fields=["-id"], name="message_given_up", condition=Q(is_failed=True)),
            # Rows are appended in this order, so a few pages of index cover millions of them.
            BrinIndex(fields=["created_at"], name="message_written"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.person_id}"


class Outgoing(models.Model):
    """The place of a waiting message among those to be sent; gone once the message is settled.

    A worker that has claimed it holds it until `lease_until`. A lease that ran out means that the
    worker died; nothing else leaves one behind.
    """

    # Written in one statement with the message, which is never removed: nothing to be checked.
    message = models.OneToOneField(
        Message, on_delete=models.CASCADE, primary_key=True, db_constraint=False
    )
    urgent = models.BooleanField()
    next_at = models.DateTimeField()  # not before; a failed try moves it
    digest_of = models.BigIntegerField(null=True)  # the person in whose digest it lies
    lease_until = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    outcome = models.CharField(max_length=60, blank=True)  # why it was put off

    class Meta:
        indexes = [
            models.Index(fields=["-urgent", "next_at", "message"], name="outgoing_in_order"),
            models.Index(
                fields=["digest_of", "next_at"],
                name="outgoing_digest",
                condition=Q(digest_of__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.message_id} from {self.next_at}"


class MailChoice(models.Model):
    """How somebody wants what is not duty: by mail, by text message, only on the pages, or not at
    all; how often.

    Without a row: by mail, each by itself. What is duty is always mailed. The number for text
    messages is the person's own word, and goes with the choice.
    """

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="mail_choice")
    conveniences = models.CharField(
        max_length=5, choices=Convenience.choices, default=Convenience.MAIL
    )
    wants_digest = models.BooleanField(default=False)
    phone = models.CharField(max_length=16, blank=True, default="", db_default="")  # E.164

    def __str__(self) -> str:
        return f"{self.person_id} {self.conveniences}"


class DeadAddress(models.Model):
    """An address that a mail server called unknown. Nothing is sent there until it is cleared.

    Somebody whose address is on record here is a task of the court's coordinator.
    """

    address = models.EmailField(primary_key=True)  # in small letters
    since = models.DateTimeField()
    status = models.CharField(max_length=20)  # RFC 3463: 5.1.1
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return self.address


class MailHost(models.Model):
    """A mail host that takes only so many mails in a minute: data that the academy edits.

    `credit` mails may go at once; it grows with time, to a minute's worth at most.
    """

    host = models.CharField(max_length=253, primary_key=True)  # behind the @, in small letters
    per_minute = models.PositiveIntegerField()
    credit = models.FloatField(default=0, editable=False)
    counted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["host"]
        constraints = [
            models.CheckConstraint(condition=Q(per_minute__gt=0), name="mail_host_takes_some"),
        ]

    def __str__(self) -> str:
        return self.host
