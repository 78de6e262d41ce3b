"""What changes after its reminders fell due is looked at once more."""

from collections.abc import Sequence

from academy.core import clock
from academy.ledger.registry import Event, Handler
from enrollment.reminders import actions

LATE_JOINERS = ("enrollment.confirmed", "enrollment.offered", "enrollment.reconfirm")
ASKED = "feedback.planned"  # a questionnaire opens at the very moment for which it is written
SEATS_LOST = tuple(
    f"enrollment.{state}" for state in ("withdrawn", "expired", "cancelled", "transferred")
)  # the run may have fallen below its minimum when that date is already near
# A turn begins at the very moment that is told: a tick may have passed it before it was committed.
TURNS = ("proposal.review_started", "proposal.step_decided")
OF_A_RUN = (ASKED, *SEATS_LOST)
CHANGED_RUNS = "run."  # other dates, published late, another trainer: whatever it is called


def react(events: Sequence[Event]) -> None:
    """Plan again for who came in late, for changed runs, and for bodies whose turn has begun."""
    runs = {event.subject_id for event in events if event.type.startswith(CHANGED_RUNS)}
    runs |= {event.context_id for event in events if event.type in OF_A_RUN and event.context_id}
    actions.plan_again(
        enrollments={event.subject_id for event in events if event.type in LATE_JOINERS},
        runs=runs,
        proposals={event.subject_id for event in events if event.type in TURNS},
        now=clock.now(),
    )


HANDLER = Handler("reminders", (*LATE_JOINERS, *OF_A_RUN, *TURNS, CHANGED_RUNS), react)
