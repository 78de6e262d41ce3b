"""The one service that sets the state of an enrolment. Its callers hold the run's lock.

Every function here runs inside the caller's transaction and writes one event per transition.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from academy.core import ids
from academy.core.actor import Actor
from academy.ledger.actions import Fact, record
from courses.planning import actions as planning
from enrollment.seats import rules
from enrollment.seats.enums import ACTIVE, HOLDING, STANDARD_CLASS, Source, State
from enrollment.seats.models import Enrollment
from enrollment.seats.statements import (
    ALLOW_CLASHES,
    CLAIM,
    CLAIM_OR_QUEUE,
    NEXT_NUMBER,
    QUEUE,
    REQUEST,
    REQUEST_WITH_SEAT,
    TAKE_OVER,
    WITHOUT_SEAT,
)


@dataclass(frozen=True, slots=True)
class Asking:
    """One person asking for one run, as far as a seat depends on it."""

    run_id: int
    run_public_id: UUID
    person_id: int
    person_public_id: UUID
    needs_seat: bool
    pool_ids: list[int]
    busy: str | None  # as the database writes a multirange
    appointment_id: int | None = None
    court_id: int | None = None
    source: Source = Source.SELF
    priority_class: int = STANDARD_CLASS
    priority_reasons: list[str] = field(default_factory=list)
    short_notice: bool = False
    auto_accept: bool = False
    is_short_notice: bool = False  # by now only who opted in is offered a seat
    answer_by: datetime | None = None  # a seat is offered until then, not confirmed
    lapses: int = 0
    previous_id: int | None = None
    clash_allowed: bool = False
    nominated_by: dict[str, str] = field(default_factory=dict)


def claim(asking: Asking, *, actor: Actor, at: datetime) -> Enrollment | None:
    """Confirm a person who needs no decision, when a seat is free and nobody waits for it (T2).

    None: no seat could be had. Under the shared lock that may be too early to say; the caller asks
    again under the exclusive lock before anybody is put on the waiting list.
    """
    return _insert(CLAIM if asking.needs_seat else WITHOUT_SEAT, asking, actor=actor, at=at)


def claim_or_queue(asking: Asking, *, actor: Actor, at: datetime) -> Enrollment:
    """The same under the exclusive lock, where "no seat" is true (T2), else the queue (T3).

    The number at the end of the queue never changes.
    """
    return _always(_insert(CLAIM_OR_QUEUE, asking, actor=actor, at=at))


def request(asking: Asking, *, holds_seat: bool, actor: Actor, at: datetime) -> Enrollment:
    """Take down a request that waits for decisions; its queue number is drawn now (T1).

    Where the run holds seats meanwhile (then the lock is exclusive), it keeps one if it can be had.
    """
    statement = REQUEST_WITH_SEAT if holds_seat and asking.needs_seat else REQUEST
    return _always(_insert(statement, asking, actor=actor, at=at))


def queue_again(lapsed: Enrollment, *, actor: Actor, at: datetime) -> Enrollment:
    """A new attempt of somebody whose offer lapsed, behind everyone who waits now (T15, keep).

    The lapsed row stays ended; the new one points to it, keeps class and wishes, counts lapses.
    """
    asking = Asking(
        run_id=lapsed.run_id,
        run_public_id=lapsed.run.public_id,
        person_id=lapsed.person_id,
        person_public_id=lapsed.person.public_id,
        needs_seat=lapsed.needs_seat,
        pool_ids=lapsed.pool_ids,
        busy=planning.busy_of(lapsed.run_id),
        appointment_id=lapsed.appointment_id,
        court_id=lapsed.court_id,
        source=Source(lapsed.source),
        priority_class=lapsed.priority_class,
        priority_reasons=lapsed.priority_reasons,
        short_notice=lapsed.short_notice,
        auto_accept=lapsed.auto_accept,
        lapses=lapsed.lapses,
        previous_id=lapsed.pk,
        nominated_by={"previous": str(lapsed.public_id)},
    )
    return _always(_insert(QUEUE, asking, actor=actor, at=at))


def draw_again(enrollment: Enrollment) -> None:
    """A new number at the end of the queue: a selection puts those who wait into its own order."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE enrollment_enrollment SET queue_number = {NEXT_NUMBER} WHERE id = %s"  # noqa: S608
            " RETURNING queue_number",
            [enrollment.pk],
        )
        enrollment.queue_number = cursor.fetchone()[0]


def queue_up(asking: Asking, *, actor: Actor, at: datetime) -> Enrollment:
    """Put somebody at the end of the queue although a seat may be free: the queue is asked next."""
    return _always(_insert(QUEUE, asking, actor=actor, at=at))


def take_over(asking: Asking, seat_id: int | None, *, actor: Actor, at: datetime) -> Enrollment:
    """Confirm a person on the seat that another has handed over: no queue is passed."""
    return _always(_insert(TAKE_OVER, asking, actor=actor, at=at, seat_id=seat_id))


def _always(enrollment: Enrollment | None) -> Enrollment:
    if enrollment is None:
        raise RuntimeError("This statement always writes a row.")
    return enrollment


def _values(asking: Asking, *, at: datetime) -> dict[str, Any]:
    """What the statements of a claim and of a place in the queue take."""
    return {
        "run": asking.run_id,
        "person": asking.person_id,
        "appointment": asking.appointment_id,
        "court": asking.court_id,
        "needs_seat": asking.needs_seat,
        "pools": asking.pool_ids,
        "priority": asking.priority_class,
        "reasons": json.dumps(asking.priority_reasons),
        "short_notice": asking.short_notice,
        "auto_accept": asking.auto_accept,
        "is_short_notice": asking.is_short_notice,
        "seated": State.OFFERED.value if asking.answer_by else State.CONFIRMED.value,
        "due": asking.answer_by,
        "lapses": asking.lapses,
        "source": asking.source.value,
        "busy": asking.busy,
        "clash_allowed": asking.clash_allowed,
        "previous": asking.previous_id,
        "at": at,
    }


def _insert(
    statement: str, asking: Asking, *, actor: Actor, at: datetime, seat_id: int | None = None
) -> Enrollment | None:
    public_id = ids.public_id()
    values = {"seat": seat_id, "public_id": public_id, **_values(asking, at=at)}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    if row is None:
        return None
    enrollment = Enrollment(
        pk=row[0],
        public_id=public_id,
        run_id=asking.run_id,
        person_id=asking.person_id,
        appointment_id=asking.appointment_id,
        court_id=asking.court_id,
        state=row[1],
        seat_id=row[2],
        needs_seat=asking.needs_seat,
        pool_ids=asking.pool_ids,
        queue_number=row[3],
        priority_class=asking.priority_class,
        priority_reasons=asking.priority_reasons,
        short_notice=asking.short_notice,
        auto_accept=asking.auto_accept,
        lapses=asking.lapses,
        due_at=row[4],
        source=asking.source.value,
        clash_allowed=asking.clash_allowed,
        previous_id=asking.previous_id,
        created_at=at,
        state_since=at,
    )
    if asking.clash_allowed:
        with connection.cursor() as cursor:
            cursor.execute(ALLOW_CLASHES, [enrollment.pk])
            enrollment.clash_with = cursor.fetchone()[0]
    fact = _fact(
        enrollment, None, asking.run_public_id, asking.person_public_id, data=asking.nominated_by
    )
    record([fact], actor=actor, at=at)
    return enrollment


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
    fact = _fact(enrollment, source, run, person, data=facts, reason=reason, note=note)
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
    pool = planning.free_seat(seat_id)
    if pool is None:
        return {}
    if kept := over.first():
        planning.retire_instead(seat_id, kept=kept)
        return {"freed_to": pool, "retired_seat": seat_id, "restored_seat": kept}
    return {"freed_to": pool}


def _fact(
    enrollment: Enrollment,
    source: State | None,
    run: UUID,
    person: UUID,
    *,
    data: dict[str, Any] | None = None,
    reason: str = "",
    note: str = "",
) -> Fact:
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
