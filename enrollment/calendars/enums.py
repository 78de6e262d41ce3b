"""Kinds of calendar mails and feeds, and which letters carry calendar files."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from enrollment.reminders.enums import Letter


class Method(TextChoices):
    """What a calendar was told last (RFC 5546)."""

    NOTHING = "", "—"
    REQUEST = "request", "REQUEST"
    CANCEL = "cancel", "CANCEL"


class FeedKind(TextChoices):
    """Whose sessions a private feed shows."""

    OWN = "own", _("My sessions")
    RUN = "run", _("A run")
    VENUE = "venue", _("A venue")


class Mail(StrEnum):
    """Mails of this room's own, for changes of which no letter tells."""

    CHANGED = "calendar.changed"  # subject: the enrolment
    TEACHING = "calendar.teaching"  # subject: the run
    DECLINED = "calendar.declined"  # subject: the enrolment
    FAREWELL = "calendar.farewell"  # subject: the enrolment, which ended with the service


TO_PARTICIPANTS = frozenset(
    {
        Letter.CONFIRMED,
        Letter.PROMOTED,
        Letter.TRANSFERRED,
        Letter.RECONFIRM,
        Letter.RUN_MOVED,
        Letter.RUN_POSTPONED,
        Letter.EXPIRED,
        Letter.WITHDRAWN,
        Letter.CANCELLED,
    }
)
"""Letters about an enrolment that carry what its holder's calendar must know."""

TO_TRAINERS = frozenset({Letter.TEACHING})
"""Letters about a run that carry what its trainer's calendar must know."""

UNTOLD_CHANGES = {
    "enrollment.transferred": Mail.CHANGED,
    "enrollment.cancelled": Mail.CHANGED,  # when its holder was moved to another run
    "run.moved": Mail.CHANGED,  # to those whose answer to an earlier move is still awaited
    "run.published": Mail.TEACHING,
    "run.trainers_named": Mail.TEACHING,  # to who teaches it, and who was told to
    "calendar.declined": Mail.DECLINED,
}
"""Events that touch calendars and of which no letter tells. An event on sessions goes in here."""

REVIVED = "message.address_revived"
"""Mails arrive again where they did not: the calendar is told what it has missed."""

MOVED_TO = "moved_to"
"""A fact of events: the letter of such a move is about the new enrolment, none about the old."""

QUIET_ACTORS = ("import", "seed")
"""Who brings in what people know already: nobody is told."""
