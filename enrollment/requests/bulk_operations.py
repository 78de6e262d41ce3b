"""What can be done to many runs at once, as one table: which command, and whether it can be undone.

Each is the command of a single run, with nothing added. Merging, splitting and moving people from
one run to another are of two runs, where somebody must look at both: they stay with the run.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from courses.planning.actions import SessionPlan
from courses.planning.enums import RunState
from courses.planning.models import Run
from enrollment.requests import pool_actions, run_actions, run_changes
from enrollment.requests.share_plans import as_written, shares_of

Command = Callable[..., object]
MESSAGE, SHARE = "message", "share"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as its page words it.

    `command` is the action, `asked` what it takes beside the run; neither for a message, which is
    a notice of the classroom.
    """

    title: str | Promise
    undo: str | Promise
    from_states: frozenset[RunState]
    command: Command | None = None
    asked: Callable[[Run, Mapping[str, Any]], dict[str, Any]] = lambda _run, _asked: {}
    is_danger: bool = False


def _reason(_run: Run, asked: Mapping[str, Any]) -> dict[str, Any]:
    return {"reason": asked["reason"], "note": asked.get("note", "")}


def _shifted(run: Run, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The same hours on the clock of the run, so many days later."""
    zone, shift = ZoneInfo(run.time_zone), timedelta(days=asked["days"])
    rows = run.sessions.filter(is_cancelled=False).select_related("venue").order_by("number")
    sessions = [
        SessionPlan(
            (row.period.lower.astimezone(zone).replace(tzinfo=None) + shift).replace(tzinfo=zone),
            row.minutes,
            row.period.upper - row.period.lower,
            row.venue,
            row.link,
        )
        for row in rows
    ]
    return {"sessions": sessions, "reason": asked.get("reason", "")}


def _shared(run: Run, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The plan that was shown, as this run's own clock and seats take it."""
    return {"shares": shares_of(run, as_written(asked["plan"]))}


AHEAD = frozenset({RunState.PUBLISHED, RunState.GOING_AHEAD})
OPERATIONS: Mapping[str, Operation] = {
    "publish": Operation(
        _("Publish"),
        _("A published run can be postponed or cancelled."),
        frozenset({RunState.DRAFT}),
        run_actions.publish_run,
    ),
    MESSAGE: Operation(
        _("Write to everybody with a seat"),
        _("What was sent cannot be called back."),
        AHEAD | {RunState.RUNNING, RunState.POSTPONED, RunState.FINISHED},
    ),
    SHARE: Operation(
        _("Share seats out among courts"),
        _("Seats that are still free can be given back on the page of each run."),
        AHEAD | {RunState.DRAFT},
        pool_actions.share_seats,
        _shared,
    ),
    "move": Operation(
        _("Move by some days"),
        _("It can be moved back; everybody with a seat is asked once more."),
        AHEAD | {RunState.DRAFT},
        run_changes.move_run,
        _shifted,
    ),
    "postpone": Operation(
        _("Postpone"),
        _("With new dates the run goes on; everybody with a seat is asked to confirm again."),
        AHEAD,
        run_changes.postpone_run,
        _reason,
        is_danger=True,
    ),
    "finalise": Operation(
        _("Finalise"),
        _("The record is frozen. Corrections are made person by person, as new revisions."),
        frozenset({RunState.FINISHED}),
        run_actions.finalise_run,
    ),
    "cancel": Operation(
        _("Cancel"),
        _("This cannot be undone. A new run can be planned at any time."),
        AHEAD | {RunState.DRAFT, RunState.POSTPONED, RunState.RUNNING},
        run_changes.cancel_run,
        _reason,
        is_danger=True,
    ),
}
