"""The kinds of message about an enrolment, and which facts make each of them true."""

from enum import StrEnum

from courses.planning.enums import RunState
from enrollment.seats.enums import State


class Letter(StrEnum):
    """What we tell people. The subject is an enrollment unless the name says otherwise."""

    REQUESTED = "enrollment.requested"
    WAITLISTED = "enrollment.waitlisted"
    OFFERED = "enrollment.offered"
    CONFIRMED = "enrollment.confirmed"
    PROMOTED = "enrollment.promoted"
    RECONFIRM = "enrollment.reconfirm"
    REJECTED = "enrollment.rejected"
    EXPIRED = "enrollment.expired"
    WITHDRAWN = "enrollment.withdrawn"
    CANCELLED = "enrollment.cancelled"
    RUN_POSTPONED = "run.postponed"
    RUN_MOVED = "run.moved"
    OUTCOME = "outcome.frozen"
    CERTIFICATE = "certificate.issued"  # subject: the certificate
    DECISION = "decision.opened"  # subject: the decision; to every head of the court
    TEACHING = "teaching.changed"  # subject: the run; to its trainers
    RUN_START = "reminder.run_start"
    MARKS_MISSING = "reminder.marks_missing"  # subject: the session; to the run's trainers


URGENT = frozenset({Letter.OFFERED, Letter.PROMOTED, Letter.RECONFIRM, Letter.CANCELLED})
"""These overtake: somebody must act soon, or would travel for nothing."""

TRUE_WHILE: dict[Letter, frozenset[State]] = {
    Letter.REQUESTED: frozenset({State.REQUESTED}),
    Letter.WAITLISTED: frozenset({State.WAITLISTED}),
    Letter.OFFERED: frozenset({State.OFFERED}),
    Letter.CONFIRMED: frozenset({State.CONFIRMED}),
    Letter.PROMOTED: frozenset({State.CONFIRMED}),
    Letter.RECONFIRM: frozenset({State.RECONFIRM}),
    Letter.REJECTED: frozenset({State.REJECTED}),
    Letter.EXPIRED: frozenset({State.EXPIRED}),
    Letter.WITHDRAWN: frozenset({State.WITHDRAWN}),
    Letter.CANCELLED: frozenset({State.CANCELLED}),
    Letter.RUN_POSTPONED: frozenset(
        {State.REQUESTED, State.WAITLISTED, State.OFFERED, State.CONFIRMED, State.RECONFIRM}
    ),
    # Who must confirm again is told so by RECONFIRM, which says the new dates too.
    Letter.RUN_MOVED: frozenset(
        {State.REQUESTED, State.WAITLISTED, State.OFFERED, State.CONFIRMED}
    ),
    Letter.OUTCOME: frozenset({State.CLOSED}),
    Letter.RUN_START: frozenset({State.CONFIRMED}),
}
"""A message about an enrolment is dropped when the enrolment has left these states."""

DATED = frozenset({RunState.PUBLISHED, RunState.GOING_AHEAD})
HELD = frozenset({RunState.PUBLISHED, RunState.GOING_AHEAD, RunState.RUNNING, RunState.FINISHED})
"""A session that has ended counts as held, also while the run's own timers lag behind."""
