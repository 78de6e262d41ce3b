"""What calendar programs answer, out of the mails that bring it (RFC 5546 and 6047)."""

import email
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import Message as Mail
from uuid import UUID

import structlog
from icalendar import Calendar, Component

from academy.core.actor import Actor
from enrollment.calendars.actions import Reply, record_reply

LARGEST = 1_000_000  # bytes of a mail that is looked at: an answer is small
READER = Actor.system("calendars.replies")
ANSWERS = {"DECLINED": True, "ACCEPTED": False, "TENTATIVE": False}

log = structlog.get_logger(__name__)


def replies_in(raw: bytes) -> list[Reply]:
    """The answers that a mail holds; none when it is another kind of mail, or cannot be read."""
    mail = email.message_from_bytes(raw[:LARGEST])
    try:
        return [reply for part in mail.walk() for reply in _replies_of(part)]
    except (ValueError, LookupError, TypeError, AttributeError):
        log.warning("calendars.reply_unreadable", exc_info=True)
        return []


def _replies_of(part: Mail) -> Iterator[Reply]:
    if part.get_content_type() != "text/calendar":
        return
    content = part.get_payload(decode=True)
    calendar = Calendar.from_ical(content if isinstance(content, bytes) else b"")
    if str(calendar.get("METHOD", "")).upper() != "REPLY":
        return
    for event in calendar.walk("VEVENT"):
        reply = _reply_of(event)
        if reply is not None:
            yield reply


def _reply_of(event: Component) -> Reply | None:
    """One answer. A reply names one attendee: who answers (RFC 5546, 3.2.3)."""
    attendees = event.get("ATTENDEE")
    who = attendees[0] if isinstance(attendees, list) else attendees
    stamp = getattr(event.get("DTSTAMP"), "dt", None)
    if who is None or not isinstance(stamp, datetime):
        return None
    answer = str(who.params.get("PARTSTAT", "")).upper()
    if answer not in ANSWERS:
        return None
    return Reply(
        uid=UUID(str(event["UID"])),
        sequence=int(event.get("SEQUENCE", 0)),
        address=str(who).lower().removeprefix("mailto:"),
        declined=ANSWERS[answer],
        at=stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC),
    )


def take(raw: bytes) -> list[str]:
    """Record the answers of one mail: a word on what came of each."""
    return [record_reply(reply=reply, actor=READER) for reply in replies_in(raw)]
