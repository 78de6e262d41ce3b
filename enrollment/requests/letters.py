"""Which letter follows from which event: one list, for the handler that writes it and for the dry
run that announces it. Pure.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from enrollment.reminders.enums import Letter
from enrollment.seats.enums import ENDED, State

LETTERS = {
    "enrollment.requested": Letter.REQUESTED,
    "enrollment.waitlisted": Letter.WAITLISTED,
    "enrollment.offered": Letter.OFFERED,
    "enrollment.confirmed": Letter.CONFIRMED,
    "enrollment.reconfirm": Letter.RECONFIRM,
    "enrollment.rejected": Letter.REJECTED,
    "enrollment.expired": Letter.EXPIRED,
    "enrollment.withdrawn": Letter.WITHDRAWN,
    "enrollment.cancelled": Letter.CANCELLED,
    "certificate.issued": Letter.CERTIFICATE,
    "certificate.revoked": Letter.CERTIFICATE_REVOKED,
}
RUN_LETTERS = {"run.postponed": Letter.RUN_POSTPONED, "run.moved": Letter.RUN_MOVED}
"""To everybody in the run, but those whom a letter of their own tells the same."""

MAY_FALL_SHORT = tuple(f"enrollment.{state}" for state in sorted(ENDED))
"""Somebody has left a run: it may have too few people now."""

TELLS_TRAINERS = {
    "run.postponed": "postponed",
    "run.moved": "moved",
    "run.cancelled": "cancelled",
}
"""Events of which the trainers of the run are told, and in which words."""

MOVED_TO, MOVED_FROM, ASKED_AGAIN = "moved_to", "moved_from", "asked_again"
"""Facts of events by which a move to another run is one letter, not two or three."""

REPLACES = "replaces"
"""The fact by which a certificate in the place of another one is told as that, in one letter."""

WITH_THE_MOVE = frozenset({Letter.CONFIRMED, Letter.WAITLISTED, Letter.REQUESTED})


def letter_of(event_type: str, data: Mapping[str, Any]) -> Letter | None:
    """The letter that this event asks for; none where another event of the same move brings it."""
    letter = LETTERS.get(event_type)
    if letter is None or MOVED_TO in data or data.get(ASKED_AGAIN):
        return None
    if MOVED_FROM in data and letter in WITH_THE_MOVE:
        return Letter.TRANSFERRED
    if letter == Letter.CERTIFICATE and REPLACES in data:
        return Letter.CERTIFICATE_REPLACED
    if letter == Letter.CONFIRMED and data.get("from") == State.WAITLISTED:
        return Letter.PROMOTED
    return letter


TOLD: Mapping[Letter, str | Promise] = {
    Letter.REQUESTED: _("that the request waits for a decision"),
    Letter.WAITLISTED: _("that they are on the waiting list"),
    Letter.OFFERED: _("that a seat is offered to them, and until when"),
    Letter.CONFIRMED: _("that their seat is confirmed"),
    Letter.PROMOTED: _("that a seat came free and is theirs"),
    Letter.RECONFIRM: _("the new dates, and that they are asked to confirm again"),
    Letter.REJECTED: _("that the request was not approved"),
    Letter.EXPIRED: _("that the request or offer has ended"),
    Letter.WITHDRAWN: _("that their place is given up"),
    Letter.CANCELLED: _("that it is cancelled, and why"),
    Letter.TRANSFERRED: _("that they were moved to the other run, and how they stand there"),
    Letter.RUN_POSTPONED: _("that the run is postponed and their place is kept"),
    Letter.RUN_MOVED: _("the new dates"),
}
"""What a letter says, as the end of the sentence "this person will be told ..."."""
