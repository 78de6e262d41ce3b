"""The history of an enrolment as its holder reads it, from the ledger."""

from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from academy.core.actor import ActorKind
from enrollment.pages.reasons import reason

Words = str | Promise

TITLES: dict[str, Words] = {
    "enrollment.requested": gettext_lazy("A place was asked for"),
    "enrollment.waitlisted": gettext_lazy("Put on the waiting list"),
    "enrollment.offered": gettext_lazy("A seat was offered"),
    "enrollment.confirmed": gettext_lazy("Seat confirmed"),
    "enrollment.reconfirm": gettext_lazy("Asked to confirm again"),
    "enrollment.rejected": gettext_lazy("The request was not approved"),
    "enrollment.expired": gettext_lazy("The request or offer ended without an answer"),
    "enrollment.withdrawn": gettext_lazy("Withdrawn"),
    "enrollment.cancelled": gettext_lazy("Cancelled by the academy"),
    "enrollment.transferred": gettext_lazy("Moved to another run"),
    "enrollment.closed": gettext_lazy("The run was closed"),
    "post.followed": gettext_lazy("The place went along to the new post"),
    "post.lost": gettext_lazy("The post behind the place has ended; the academy decides"),
    "post.kept": gettext_lazy("Kept, although the post has ended"),
    "decision.opened": gettext_lazy("A decision was asked for"),
    "decision.given": gettext_lazy("Agreed to"),
    "decision.refused": gettext_lazy("Not agreed to"),
    "decision.lapsed": gettext_lazy("No decision was made in time"),
    "calendar.declined": gettext_lazy("A session was declined in the calendar"),
    "calendar.kept": gettext_lazy("Kept, although declined in the calendar"),
    "run.postponed": gettext_lazy("The run was postponed"),
    "run.moved": gettext_lazy("The run got new dates"),
    "run.cancelled": gettext_lazy("The run was cancelled"),
    "run.going_ahead": gettext_lazy("It is certain that the run will be held"),
    "outcome.frozen": gettext_lazy("The result was recorded"),
    "certificate.issued": gettext_lazy("A certificate was issued"),
    "certificate.revoked": gettext_lazy("The certificate was revoked"),
    "certificate.replaced": gettext_lazy("The certificate was replaced"),
    "credit.earned": gettext_lazy("Credit was recorded"),
}
"""What is told; other events are the academy's own business."""

WITH_NOTES = ("decision.", "run.")


def story(events: list[dict[str, Any]], *, reader: UUID | None) -> list[dict[str, Any]]:
    """The events in words, for the page kit's timeline."""
    return [
        {
            "when": event["time"],
            "title": TITLES[event["type"]],
            "by": _by(event, reader),
            "text": " ".join(filter(None, (reason(event["reason"]), _note(event)))),
        }
        for event in events
        if event["type"] in TITLES
    ]


def _by(event: dict[str, Any], reader: UUID | None) -> str:
    """Who did it, as a role: colleagues' names are not told here."""
    if event["actor_kind"] == ActorKind.SYSTEM:
        return ""
    if reader is not None and event["actor_id"] == reader:
        return _("you")
    if event["actor_kind"] == ActorKind.CLIENT:
        return _("another court system")
    is_decision = event["type"].startswith("decision.")
    return _("whoever decides") if is_decision else _("the academy")


def _note(event: dict[str, Any]) -> str:
    return str(event["note"] or "") if event["type"].startswith(WITH_NOTES) else ""
