"""Is a message still true, and can a rule of reminding be kept? Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from courses.planning.enums import RunState
from enrollment.reminders.enums import (
    AFTERWARDS,
    DATED,
    EITHER_SIDE,
    PLACEHOLDERS,
    TRUE_WHILE,
    WHO,
    Anchor,
    Letter,
    Recipient,
)
from enrollment.seats.enums import State

FURTHEST = 400
"""Hours or days between a reminder and what it counts from: more than a year is a slip."""

LONGEST_USE = timedelta(hours=5_000)
"""For how long a reminder may be of use after it was due: as long as half a year and more."""

HOUR = timedelta(hours=1)
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


def why_untrue(letter: Letter, standing: Standing, *, now: datetime) -> str:
    """Why the message may not be sent any more; empty while it is true."""
    if standing.state not in TRUE_WHILE[letter]:
        return f"is_{standing.state}"
    if letter in UNTIL_DUE and (standing.due_at is None or standing.due_at <= now):
        return "deadline_passed"
    if letter == Letter.RUN_POSTPONED and standing.run_state != RunState.POSTPONED:
        return f"run_is_{standing.run_state}"
    if letter == Letter.RUN_MOVED:
        return _why_no_start(standing, now=now)
    if letter == Letter.OUTCOME and standing.has_certificate:
        return "said_by_certificate"
    return ""


def _why_no_start(standing: Standing, *, now: datetime) -> str:
    if standing.run_state not in DATED or standing.starts_at is None:
        return f"run_is_{standing.run_state}"
    if standing.starts_at <= now:
        return "run_began"
    return ""


@dataclass(frozen=True, slots=True)
class Now:
    """How the subject of a reminder that no longer holds stands at the moment of sending.

    `state` is the subject's own (of an enrolment, a decision; of a run where it has none),
    `wanted` the states in which it would hold, `settled` what has been done in the meantime.
    """

    state: str
    wanted: frozenset[str]
    run_state: str | None
    run_wanted: frozenset[str] | frozenset[None]
    moment: datetime | None
    planned_for: datetime
    settled: str = ""
    is_cancelled: bool = False


def why_not_any_more(stands: Now, *, now: datetime, afterwards: bool) -> str:
    """Why a reminder whose fact is gone is not sent: the first reason that applies."""
    if stands.is_cancelled:
        return "session_cancelled"
    if stands.run_state not in stands.run_wanted:
        return f"run_is_{stands.run_state}"
    if stands.state not in stands.wanted:
        return f"is_{stands.state}"
    if stands.moment != stands.planned_for:
        return "moved"
    if not afterwards and stands.planned_for <= now:
        return "too_late"
    return stands.settled or "left_the_role"


IN_BRACES = re.compile(r"\{([^{}]*)\}")


def faults_of(
    *,
    anchor: Anchor,
    recipient: Recipient,
    offset: int,
    useful_hours: int,
    counts_days: bool,
    has_hour: bool,
    quiet: tuple[time | None, time | None],
    words: Iterable[str],
) -> dict[str, Promise | str]:
    """What is wrong with a rule of reminding, by field; empty when it can be kept."""
    faults = _slips(offset, useful_hours)
    if recipient not in WHO[anchor]:
        faults["recipient"] = _("Nobody has this role there. Choose another one.")
    if anchor in AFTERWARDS and offset < 0:
        faults["side"] = _("This can only be told afterwards.")
    if anchor not in AFTERWARDS | EITHER_SIDE and offset >= 0:
        faults["side"] = _("This can only be told before, by at least one hour or day.")
    if counts_days and not has_hour:
        faults["at_time"] = _("Say at which hour of that day.")
    if (quiet[0] is None) != (quiet[1] is None) or (quiet[0] is not None and quiet[0] == quiet[1]):
        faults["quiet_until"] = _("Quiet hours need a beginning and another end, or neither.")
    unknown = sorted({found for text in words for found in IN_BRACES.findall(text)} - PLACEHOLDERS)
    if unknown:
        faults["words"] = _("These words in braces are not known: %(words)s") % {
            "words": ", ".join(unknown)
        }
    return faults


def _slips(offset: int, useful_hours: int) -> dict[str, Promise | str]:
    """Numbers that nobody can mean."""
    faults: dict[str, Promise | str] = {}
    if abs(offset) > FURTHEST:
        faults["distance"] = _("No further away than %(most)s.") % {"most": FURTHEST}
    most_hours = LONGEST_USE // HOUR
    if not 0 < useful_hours <= most_hours:
        faults["useless_after_hours"] = _("From 1 to %(most)s hours.") % {"most": most_hours}
    return faults
