"""What comes next for somebody who was nominated, in words: who has to act, and until when."""

from typing import Any

from django.utils.translation import gettext as _

from academy.web import dates
from enrollment.decisions.enums import Decider
from enrollment.requests.models import Nominee
from enrollment.seats.enums import State
from enrollment.seats.models import Enrollment


def next_step(line: Nominee) -> str:
    """The next step of this person's enrolment; nothing where it has ended."""
    claim = line.enrollment
    if claim is None:
        return ""
    match claim.state:
        case State.REQUESTED:
            return _asked(claim)
        case State.WAITLISTED:
            return _("Gets a seat when one comes free.")
        case State.OFFERED | State.RECONFIRM:
            return _("Answers by %(when)s.") % {"when": _moment(claim, claim.due_at)}
        case State.CONFIRMED:
            begins = _moment(claim, claim.run.starts_at)
            return _("Begins on %(when)s.") % {"when": begins} if begins else _("No dates yet.")
    return ""


def _asked(claim: Enrollment) -> str:
    """Who has to decide; the prefetched step that is open."""
    steps: list[Any] = getattr(claim, "asked", [])
    if not steps:
        return _("Waits for the selection.")
    until = _moment(claim, steps[0].due_at)
    if steps[0].decider == Decider.HEAD:
        return _("The head of court decides by %(when)s.") % {"when": until}
    return _("The academy decides by %(when)s.") % {"when": until}


def _moment(claim: Enrollment, when: Any) -> str:
    return dates.moment(when, claim.run.time_zone) if when else ""
