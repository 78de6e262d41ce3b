"""What changes after its reminders fell due is looked at once more."""

from collections.abc import Sequence

from academy.core import clock
from academy.ledger.registry import Event, Handler
from enrollment.reminders import actions

LATE_JOINERS = "enrollment.confirmed"
CHANGED_RUNS = ("run.moved", "run.published", "run.going_ahead")


def react(events: Sequence[Event]) -> None:
    """Plan again for who was confirmed late and for runs that got other dates."""
    actions.plan_again(
        enrollments={event.subject_id for event in events if event.type == LATE_JOINERS},
        runs={event.subject_id for event in events if event.type in CHANGED_RUNS},
        now=clock.now(),
    )


HANDLER = Handler("reminders", (LATE_JOINERS, *CHANGED_RUNS), react)
