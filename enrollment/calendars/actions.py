"""Addresses for calendar programs, and what calendars answer to invitations."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from academy.core import clock, ids
from academy.core.actor import Actor
from academy.ledger.actions import Fact, record
from enrollment.calendars import rules
from enrollment.calendars.access import Subject, hash_of
from enrollment.calendars.enums import Method
from enrollment.calendars.models import CalendarFeed, Invitation
from enrollment.seats.enums import HOLDING


def make_feed(*, account: int, subject: Subject, actor: Actor) -> str:
    """A new address for that subject; an earlier one ends. The token, which nobody keeps."""
    at, token = clock.now(), ids.unguessable().lower()
    with transaction.atomic(durable=True):
        feed, _made = CalendarFeed.objects.update_or_create(
            account_id=account,
            kind=subject.kind,
            run=subject.run,
            venue=subject.venue,
            defaults={"token_hash": hash_of(token), "made_at": at},
        )
        record([_feed_fact(feed, "calendar.feed_made")], actor=actor, at=at)
    return token


def end_feed(*, feed: CalendarFeed, actor: Actor) -> None:
    """Nobody reads under this address any more; ending it twice is ending it once."""
    at = clock.now()
    with transaction.atomic(durable=True):
        gone, _by_table = CalendarFeed.objects.filter(pk=feed.pk).delete()
        if gone:
            record([_feed_fact(feed, "calendar.feed_ended")], actor=actor, at=at)


def _feed_fact(feed: CalendarFeed, kind: str) -> Fact:
    run = feed.run.public_id if feed.run else None
    return Fact(kind, "calendar", feed.public_id, context_id=run, data={"kind": str(feed.kind)})


@dataclass(frozen=True, slots=True)
class Reply:
    """What a calendar program answered to one invitation (RFC 5546, METHOD:REPLY)."""

    uid: UUID
    sequence: int
    address: str  # of who answers
    declined: bool
    at: datetime


def record_reply(*, reply: Reply, actor: Actor) -> str:
    """Write down that an invitation was declined, or no longer is; a word on what came of it.

    A decline is a question to the person, never a withdrawal: mail is easily forged, and a click
    in a calendar easily slips. Believed is only who was invited, of the present version, in the
    order in which the answers were given.
    """
    at = clock.now()
    with transaction.atomic(durable=True):
        row = (
            Invitation.objects.select_for_update(of=("self",))
            .select_related("person__account", "enrollment__run", "session")
            .filter(uid=reply.uid)
            .first()
        )
        if word := _why_not(row, reply):
            return word
        if row is None or row.enrollment is None:
            return "unknown"
        was_declined, row.replied_at = row.declined_at is not None, reply.at
        row.declined_at = reply.at if reply.declined else None
        row.save(update_fields=["replied_at", "declined_at"])
        if reply.declined and not was_declined:
            fact = Fact(
                "calendar.declined",
                "enrollment",
                row.enrollment.public_id,
                context_id=row.enrollment.run.public_id,
                person_id=row.person.public_id,
                data={"session": str(row.session.public_id), "sequence": row.sequence},
            )
            record([fact], actor=actor, at=at)
    return "declined" if reply.declined else "kept"


def _why_not(row: Invitation | None, reply: Reply) -> str:
    """Why an answer counts for nothing; empty when it counts."""
    if row is None:
        return "unknown"
    if row.enrollment is None:
        return "of_a_trainer"
    account = getattr(row.person, "account", None)
    known = {row.person.email.lower(), account.email.lower() if account else ""} - {""}
    if reply.address.lower() not in known:
        return "not_the_invited"
    if row.method != Method.REQUEST or row.enrollment.state not in HOLDING:
        return "not_invited_any_more"
    if rules.is_stale(replied_sequence=reply.sequence, sequence=row.sequence):
        return "of_an_older_version"
    if row.replied_at is not None and reply.at <= row.replied_at:
        return "older_than_the_last"
    return ""


def keep_place(*, enrollment: UUID, actor: Actor) -> None:
    """The person says on the page: it was a slip, I am coming. Twice is as good as once."""
    at = clock.now()
    with transaction.atomic(durable=True):
        rows = Invitation.objects.select_for_update(of=("self",)).filter(
            enrollment__public_id=enrollment, declined_at__isnull=False
        )
        first = rows.select_related("enrollment__run", "person").order_by("pk").first()
        if first is None or first.enrollment is None:
            return
        fact = Fact(
            "calendar.kept",
            "enrollment",
            enrollment,
            context_id=first.enrollment.run.public_id,
            person_id=first.person.public_id,
        )
        rows.update(declined_at=None)
        record([fact], actor=actor, at=at)
