"""How the states that pages show are worded and drawn: one table for every page.

The rooms own the states and what they mean; here is only how a reader recognises them.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


class Look(NamedTuple):
    """The word, the tone (info, success, warning, danger, neutral, outline) and the icon."""

    label: str | Promise
    tone: str
    icon: str


_ENROLLMENT: Final = {
    "requested": Look(pgettext_lazy("enrolment state", "Requested"), "info", "wait"),
    "waitlisted": Look(pgettext_lazy("enrolment state", "On the waiting list"), "warning", "queue"),
    "offered": Look(pgettext_lazy("enrolment state", "Seat offered"), "warning", "bell"),
    "confirmed": Look(pgettext_lazy("enrolment state", "Seat confirmed"), "success", "check"),
    "reconfirm": Look(pgettext_lazy("enrolment state", "Please confirm again"), "warning", "bell"),
    "rejected": Look(pgettext_lazy("enrolment state", "Not approved"), "danger", "cross"),
    "expired": Look(pgettext_lazy("enrolment state", "Offer expired"), "outline", "clock"),
    "withdrawn": Look(pgettext_lazy("enrolment state", "Withdrawn"), "outline", "minus"),
    "cancelled": Look(pgettext_lazy("enrolment state", "Cancelled"), "danger", "cross"),
    "transferred": Look(
        pgettext_lazy("enrolment state", "Moved to another run"), "outline", "moved"
    ),
    "closed": Look(pgettext_lazy("enrolment state", "Closed"), "neutral", "closed"),
}

_RUN: Final = {
    "draft": Look(pgettext_lazy("run state", "Draft"), "outline", "edit"),
    "published": Look(pgettext_lazy("run state", "Published"), "info", "calendar"),
    "going_ahead": Look(pgettext_lazy("run state", "Going ahead"), "success", "check"),
    "running": Look(pgettext_lazy("run state", "Running now"), "success", "clock"),
    "finished": Look(pgettext_lazy("run state", "Finished"), "neutral", "minus"),
    "finalised": Look(pgettext_lazy("run state", "Finalised"), "neutral", "closed"),
    "postponed": Look(pgettext_lazy("run state", "Postponed"), "warning", "wait"),
    "cancelled": Look(pgettext_lazy("run state", "Cancelled"), "danger", "cross"),
}

_COURSE: Final = {
    "draft": Look(pgettext_lazy("course state", "Draft"), "outline", "edit"),
    "in_review": Look(pgettext_lazy("course state", "In review"), "info", "search"),
    "published": Look(pgettext_lazy("course state", "Published"), "success", "check"),
    "archived": Look(pgettext_lazy("course state", "Archived"), "neutral", "closed"),
}

_OUTCOME: Final = {
    "completed": Look(pgettext_lazy("outcome", "Completed"), "success", "success"),
    "partial": Look(pgettext_lazy("outcome", "Partly attended"), "warning", "minus"),
    "excused": Look(pgettext_lazy("outcome", "Excused"), "neutral", "info"),
    "no_show": Look(pgettext_lazy("outcome", "Did not attend"), "danger", "cross"),
}

_CERTIFICATE: Final = {
    "valid": Look(pgettext_lazy("certificate", "Valid"), "success", "success"),
    "expired": Look(pgettext_lazy("certificate", "Expired"), "warning", "clock"),
    "replaced": Look(pgettext_lazy("certificate", "Replaced"), "warning", "moved"),
    "revoked": Look(pgettext_lazy("certificate", "Revoked"), "danger", "cross"),
    "unknown": Look(pgettext_lazy("certificate", "Unknown"), "outline", "info"),
}

_MESSAGE: Final = {
    "waiting": Look(pgettext_lazy("message", "Waiting to be sent"), "info", "wait"),
    "sent": Look(pgettext_lazy("message", "Sent"), "success", "check"),
    "dropped": Look(pgettext_lazy("message", "Not sent: no longer true"), "outline", "minus"),
    "failed": Look(pgettext_lazy("message", "Could not be delivered"), "danger", "danger"),
}

_TRIP: Final = {
    "to_prepare": Look(pgettext_lazy("trip", "To prepare"), "warning", "edit"),
    "issued": Look(pgettext_lazy("trip", "Issued"), "success", "check"),
    "changed": Look(pgettext_lazy("trip", "Changed since: prepare anew"), "danger", "danger"),
    "nearby": Look(pgettext_lazy("trip", "No trip: in the same region"), "outline", "minus"),
    "late": Look(pgettext_lazy("trip", "Late"), "danger", "clock"),
}

_HEALTH: Final = {
    "well": Look(pgettext_lazy("health", "All is well"), "success", "check"),
    "watch": Look(pgettext_lazy("health", "Please watch"), "warning", "clock"),
    "act": Look(pgettext_lazy("health", "Please act"), "danger", "danger"),
}

_CHECK: Final = {
    "holds": Look(pgettext_lazy("check", "Holds"), "success", "check"),
    "broken": Look(pgettext_lazy("check", "Does not hold"), "danger", "danger"),
    "unknown": Look(pgettext_lazy("check", "Not checked yet"), "outline", "wait"),
}

_JOB: Final = {
    "queued": Look(pgettext_lazy("job", "Waiting"), "info", "wait"),
    "waiting": Look(pgettext_lazy("job", "Waiting"), "info", "wait"),
    "running": Look(pgettext_lazy("job", "Working"), "info", "clock"),
    "done": Look(pgettext_lazy("job", "Done"), "success", "check"),
    "failed": Look(pgettext_lazy("job", "Failed"), "danger", "danger"),
    "stopped": Look(pgettext_lazy("job", "Stopped"), "outline", "minus"),
}

_WEBHOOK: Final = {
    "active": Look(pgettext_lazy("webhook", "Called"), "success", "check"),
    "paused": Look(pgettext_lazy("webhook", "Paused"), "warning", "wait"),
    "gone": Look(pgettext_lazy("webhook", "Asked for no more calls"), "danger", "cross"),
    "dead": Look(pgettext_lazy("webhook", "Silent for three days"), "danger", "cross"),
    "removed": Look(pgettext_lazy("webhook", "Removed"), "outline", "minus"),
}

_CALL: Final = {
    "waiting": Look(pgettext_lazy("webhook call", "Waiting"), "info", "wait"),
    "taken": Look(pgettext_lazy("webhook call", "Taken"), "success", "check"),
    "given_up": Look(pgettext_lazy("webhook call", "Given up"), "danger", "danger"),
    "dropped": Look(pgettext_lazy("webhook call", "Not made"), "outline", "minus"),
}

_DUTY: Final = {
    "met": Look(pgettext_lazy("required training", "Met"), "success", "check"),
    "exempt": Look(pgettext_lazy("required training", "Exempt"), "outline", "minus"),
    "late": Look(pgettext_lazy("required training", "Not met in time"), "danger", "danger"),
    "soon": Look(pgettext_lazy("required training", "Due soon"), "warning", "clock"),
    "later": Look(pgettext_lazy("required training", "Not yet met"), "info", "wait"),
}

_PROPOSAL: Final = {
    "draft": Look(pgettext_lazy("proposal state", "Draft"), "outline", "edit"),
    "submitted": Look(pgettext_lazy("proposal state", "Submitted"), "info", "wait"),
    "in_review": Look(pgettext_lazy("proposal state", "In review"), "info", "search"),
    "returned": Look(pgettext_lazy("proposal state", "Returned to the author"), "warning", "moved"),
    "accepted": Look(pgettext_lazy("proposal state", "Accepted"), "success", "check"),
    "declined": Look(pgettext_lazy("proposal state", "Declined"), "danger", "cross"),
    "course": Look(pgettext_lazy("proposal state", "In the catalogue"), "success", "book"),
}

_COMMENT: Final = {
    "comment": Look(pgettext_lazy("word on a proposal", "Comment"), "outline", "info"),
    "endorse": Look(pgettext_lazy("word on a proposal", "Endorsed"), "success", "check"),
    "object": Look(pgettext_lazy("word on a proposal", "Objection"), "danger", "warning"),
    "settled": Look(pgettext_lazy("word on a proposal", "Objection settled"), "neutral", "check"),
}

_REVIEW: Final = {
    "to_come": Look(pgettext_lazy("review step", "To come"), "outline", "clock"),
    "open": Look(pgettext_lazy("review step", "Open"), "info", "wait"),
    "overdue": Look(pgettext_lazy("review step", "Overdue"), "danger", "warning"),
    "moot": Look(pgettext_lazy("review step", "No longer asked"), "outline", "minus"),
    "accept": Look(pgettext_lazy("review step", "Accepted"), "success", "check"),
    "return": Look(pgettext_lazy("review step", "Returned"), "warning", "moved"),
    "decline": Look(pgettext_lazy("review step", "Declined"), "danger", "cross"),
}

LOOKS: Final[Mapping[str, Mapping[str, Look]]] = {
    "enrollment": _ENROLLMENT,
    "run": _RUN,
    "course": _COURSE,
    "outcome": _OUTCOME,
    "certificate": _CERTIFICATE,
    "message": _MESSAGE,
    "job": _JOB,
    "check": _CHECK,
    "health": _HEALTH,
    "trip": _TRIP,
    "webhook": _WEBHOOK,
    "call": _CALL,
    "duty": _DUTY,
    "proposal": _PROPOSAL,
    "comment": _COMMENT,
    "review": _REVIEW,
}


def look(kind: str, state: str) -> Look:
    """How a state of this kind is shown; a state without a look shows its own code, plainly."""
    return LOOKS[kind].get(state) or Look(state, "neutral", "info")
