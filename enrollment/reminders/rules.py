"""Is a message still true, and when does a reminder fall due? Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from courses.planning.enums import RunState
from enrollment.reminders.enums import DATED, HELD, TRUE_WHILE, Letter
from enrollment.seats.enums import State

UNTIL_DUE = frozenset({Letter.OFFERED, Letter.RECONFIRM})
"""These ask for something that can be done only until the enrolment's deadline."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an enrolment and its run stand at the moment of sending."""

    state: State
    due_at: datetime | None
    run_state: RunState
    starts_at: datetime | None
    has_certificate: bool = False


def why_untrue(
    letter: Letter, standing: Standing, *, now: datetime, start: datetime | None = None
) -> str:
    """Why the message may not be sent any more; empty while it is true.

    `start` is the beginning that a reminder was planned for: one for a date that has been moved
    says something wrong, and the new date has a reminder of its own.
    """
    if standing.state not in TRUE_WHILE[letter]:
        return f"is_{standing.state}"
    if letter in UNTIL_DUE and (standing.due_at is None or standing.due_at <= now):
        return "deadline_passed"
    if letter == Letter.RUN_POSTPONED and standing.run_state != RunState.POSTPONED:
        return f"run_is_{standing.run_state}"
    if letter in {Letter.RUN_MOVED, Letter.RUN_START}:
        return _why_no_start(standing, now=now, start=start)
    if letter == Letter.OUTCOME and standing.has_certificate:
        return "said_by_certificate"
    return ""


def _why_no_start(standing: Standing, *, now: datetime, start: datetime | None) -> str:
    if standing.run_state not in DATED or standing.starts_at is None:
        return f"run_is_{standing.run_state}"
    if standing.starts_at <= now:
        return "run_began"
    if start is not None and start != standing.starts_at:
        return "moved"
    return ""


def why_no_marks_needed(
    run_state: RunState,
    *,
    is_cancelled: bool,
    ended_at: datetime,
    planned_end: datetime,
    missing: int,
) -> str:
    """Why a trainer need not be reminded of a session's marks any more; empty while it is true."""
    if is_cancelled:
        return "session_cancelled"
    if run_state not in HELD:
        return f"run_is_{run_state}"
    if ended_at != planned_end:
        return "moved"
    return "" if missing else "marked"


@dataclass(frozen=True, slots=True)
class Window:
    """Anchors after `after` up to `until`: their reminder has fallen due and is still of use."""

    after: datetime
    until: datetime

    @property
    def is_empty(self) -> bool:
        """Nothing can have fallen due."""
        return self.after >= self.until


def window(
    now: datetime,
    *,
    offset: timedelta,
    useful: timedelta,
    planned_until: datetime | None = None,
) -> Window:
    """The anchors to look at: those that fell due since the last look, and are not useless yet.

    A mark that lies ahead of us comes from a clock that ran fast: the whole window is looked at.
    """
    first = now - useful
    if planned_until is not None and planned_until <= now:
        first = max(first, planned_until)
    return Window(after=first - offset, until=now - offset)
