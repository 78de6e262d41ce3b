"""The one service that moves an enrolment from state to state; its first state is `entering`'s.

The callers hold the run's lock.

Everything here runs inside the caller's transaction and writes one event per transition.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from academy.core.actor import Actor
from academy.ledger.actions import Fact, record
from courses.planning import seat_rows
from enrollment.seats import rules
from enrollment.seats.enums import ACTIVE, HOLDING, State
from enrollment.seats.models import Enrollment


def move(
    enrollment: Enrollment,
    target: State,
    *,
    actor: Actor,
    at: datetime,
    reason: str = "",
    note: str = "",
    seat_id: int | None = None,
    due_at: datetime | None = None,
    is_late: bool = False,
    hands_over: bool = False,
    data: dict[str, Any] | None = None,
) -> Enrollment:
    """Take one transition of the table: the row, its seat and its event change together.

    The row must have been locked and read by the caller (`run` and `person` with it). A seat that
    is left goes back to its pool here; who gets it next is `queue.promote`'s business. A seat that
    is handed over stays taken: `take_over` must follow in the same transaction.
    """
    source = State(enrollment.state)
    rules.check_transition(source, target)
    seat_left = enrollment.seat_id if rules.frees_a_seat(source, target) else None
    if seat_left is not None:
        enrollment.seat_id = None
    elif seat_id is not None:
        enrollment.seat_id = seat_id
    enrollment.state, enrollment.state_since = target.value, at
    enrollment.due_at = due_at
    enrollment.end_reason = reason if target not in HOLDING else ""
    enrollment.is_late = enrollment.is_late or is_late
    if target == State.EXPIRED and source == State.OFFERED:
        enrollment.lapses += 1
    enrollment.revision += 1
    enrollment.save(update_fields=MOVED)
    facts = dict(data or {}) | ({"late": True} if is_late else {})
    if seat_left is not None:
        facts |= _seat_facts(seat_left, hands_over=hands_over)
    run, person = enrollment.run.public_id, enrollment.person.public_id
    fact = fact_of(enrollment, source, run, person, data=facts, reason=reason, note=note)
    record([fact], actor=actor, at=at)
    return enrollment


MOVED = (
    *("seat_id", "state", "state_since", "due_at", "end_reason", "is_late", "lapses"),
    *("clash_allowed", "clash_with", "out_of_order", "busy", "revision"),
)
"""What a transition may change of an enrolment: nothing else is written by it."""


def _seat_facts(seat_id: int, *, hands_over: bool) -> dict[str, int]:
    """What the event says of the seat that is left; one that is not handed over is given back."""
    return {"handed_seat": seat_id} if hands_over else {"freed_seat": seat_id} | _give_back(seat_id)


def _give_back(seat_id: int) -> dict[str, int]:
    """The seat is free again, unless more people sit than the run has seats for (T20 after a cut).

    Then it is this seat that goes, and somebody whose own had been taken out of the run keeps a
    seat that counts: nobody is promoted while the run is over its capacity. Returns what the event
    says of it.
    """
    over = Enrollment.objects.filter(
        seat__is_retired=True, seat__pool__run__seats=seat_id, state__in=ACTIVE
    ).values_list("seat_id", flat=True)
    pool = seat_rows.free_seat(seat_id)
    if pool is None:
        return {}
    if kept := over.first():
        seat_rows.retire_instead(seat_id, kept=kept)
        return {"freed_to": pool, "retired_seat": seat_id, "restored_seat": kept}
    return {"freed_to": pool}


def fact_of(
    enrollment: Enrollment,
    source: State | None,
    run: UUID,
    person: UUID,
    *,
    data: dict[str, Any] | None = None,
    reason: str = "",
    note: str = "",
) -> Fact:
    """The event of one transition; `source` is None where the row has just been written."""
    facts: dict[str, Any] = {
        "from": source.value if source else None,
        "to": enrollment.state,
        "revision": enrollment.revision,
        "seat": enrollment.seat_id,
        "queue_number": enrollment.queue_number,
        "priority_class": enrollment.priority_class,
    }
    if enrollment.due_at:
        facts["due_at"] = enrollment.due_at.isoformat()
    if enrollment.priority_reasons:
        facts["priority_reasons"] = enrollment.priority_reasons
    if enrollment.clash_allowed:
        facts["clash_allowed"] = True
    if enrollment.out_of_order:
        facts["out_of_order"] = True
    return Fact(
        rules.EVENT_TYPES[State(enrollment.state)],
        "enrollment",
        enrollment.public_id,
        context_id=run,
        person_id=person,
        data={**facts, **(data or {})},
        reason=reason,
        note=note,
    )
