"""A finalised run asks its people."""

from collections.abc import Sequence

from academy.core import clock
from academy.ledger.registry import Event, Handler
from enrollment.feedback import actions


def react(events: Sequence[Event]) -> None:
    """Open the rounds of runs that were finalised here; imported past runs ask nobody."""
    for event in events:
        if event.data.get("source") != "import":
            actions.open_rounds(run=event.subject_id, finalised_at=event.time, now=clock.now())


HANDLER = Handler("feedback", ("run.finalised",), react)
