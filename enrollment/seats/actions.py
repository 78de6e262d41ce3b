"""The one service that sets the state of an enrolment. Its callers hold the run's lock.

Every function here runs inside the caller's transaction and writes one event per transition.
"""

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
from enrollment.seats.enums import HOLDING, Source, State
from enrollment.seats.models import Enrollment


@dataclass(frozen=True, slots=True)
class Asking:
    """One person asking for one run, as far as a seat depends on it."""

    run_id: int
    run_public_id: UUID
    person_id: int
    person_public_id: UUID
    needs_seat: bool
    pool_ids: list[int]
    busy: Any
    appointment_id: int | None = None
    court_id: int | None = None
    source: Source = Source.SELF
    priority_class: int = 0
    previous_id: int | None = None
    clash_allowed: bool = False
    nominated_by: dict[str, str] = field(default_factory=dict)


# Column lists are constants of this file; every value travels as a parameter.
COLUMNS = """(public_id, run_id, person_id, appointment_id, court_id, state, seat_id, needs_seat,
    pool_ids, queue_number, priority_class, source, busy, clash_allowed, previous_id,
    created_at, state_since, revision, lapses, end_reason, is_late)"""
VALUES = """%(public_id)s, %(run)s, %(person)s, %(appointment)s, %(court)s, %(state)s, {seat},
    %(needs_seat)s, %(pools)s::bigint[], {queue_number}, %(priority)s, %(source)s, %(busy)s,
    %(clash_allowed)s, %(previous)s, %(at)s, %(at)s, 1, 0, '', false"""
RETURNING = "RETURNING id, seat_id, queue_number"

# The whole claim: nobody waits for a pool that this person may use, and a seat of it is free.
CLAIM = f"""
WITH seat AS (
    SELECT courses_take_seat(%(pools)s::bigint[]) AS id
     WHERE NOT EXISTS (
        SELECT FROM enrollment_enrollment
         WHERE run_id = %(run)s AND state = 'waitlisted' AND pool_ids && %(pools)s::bigint[])
)
INSERT INTO enrollment_enrollment {COLUMNS}
SELECT {VALUES.format(seat="seat.id", queue_number="NULL")} FROM seat WHERE seat.id IS NOT NULL
{RETURNING}
"""  # noqa: S608

WITHOUT_SEAT = f"""
INSERT INTO enrollment_enrollment {COLUMNS}
VALUES ({VALUES.format(seat="NULL", queue_number="NULL")})
{RETURNING}
"""  # noqa: S608

QUEUED = f"""
INSERT INTO enrollment_enrollment {COLUMNS}
VALUES ({VALUES.format(seat="NULL", queue_number="nextval('enrollment_queue_number')")})
{RETURNING}
"""  # noqa: S608


def claim(asking: Asking, *, actor: Actor, at: datetime) -> Enrollment | None:
    """Confirm a person who needs no decision, when a seat is free and nobody waits for it (T2).

    None: no seat could be had. Under the shared lock that may be too early to say; the caller asks
    again under the exclusive lock before anybody is put on the waiting list.
    """
    statement = CLAIM if asking.needs_seat else WITHOUT_SEAT
    return _insert(statement, asking, State.CONFIRMED, actor=actor, at=at)


def join_waiting_list(asking: Asking, *, actor: Actor, at: datetime) -> Enrollment:
    """Put a person at the end of the queue, with a number that never changes (T3)."""
    enrollment = _insert(QUEUED, asking, State.WAITLISTED, actor=actor, at=at)
    if enrollment is None:
        raise RuntimeError("The waiting list takes everybody.")
    return enrollment


def request(asking: Asking, *, actor: Actor, at: datetime) -> Enrollment:
    """Take down a request that waits for decisions; its queue number is drawn now (T1)."""
    enrollment = _insert(QUEUED, asking, State.REQUESTED, actor=actor, at=at)
    if enrollment is None:
        raise RuntimeError("A request is always taken down.")
    return enrollment


def _insert(
    statement: str, asking: Asking, state: State, *, actor: Actor, at: datetime
) -> Enrollment | None:
    public_id = ids.public_id()
    values = {
        "public_id": public_id,
        "run": asking.run_id,
        "person": asking.person_id,
        "appointment": asking.appointment_id,
        "court": asking.court_id,
        "state": state.value,
        "needs_seat": asking.needs_seat,
        "pools": asking.pool_ids,
        "priority": asking.priority_class,
        "source": asking.source.value,
        "busy": asking.busy,
        "clash_allowed": asking.clash_allowed,
        "previous": asking.previous_id,
        "at": at,
    }
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
        state=state.value,
        seat_id=row[1],
        needs_seat=asking.needs_seat,
        pool_ids=asking.pool_ids,
        queue_number=row[2],
        priority_class=asking.priority_class,
        source=asking.source.value,
        busy=asking.busy,
        clash_allowed=asking.clash_allowed,
        previous_id=asking.previous_id,
        created_at=at,
        state_since=at,
    )
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
    data: dict[str, Any] | None = None,
) -> Enrollment:
    """Take one transition of the table: the row, its seat and its event change together.

    The row must have been locked and read by the caller (`run` and `person` with it). A seat that
    is left goes back to its pool here; who gets it next is `queue.promote`'s business.
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
    enrollment.save(
        update_fields=[
            "seat_id",
            "state",
            "state_since",
            "due_at",
            "end_reason",
            "is_late",
            "lapses",
            "clash_allowed",
            "busy",
            "revision",
        ]
    )
    if seat_left is not None:
        planning.free_seats([seat_left])
    facts = {**(data or {}), **({"freed_seat": seat_left} if seat_left else {})}
    if is_late:
        facts["late"] = True
    fact = _fact(
        enrollment,
        source,
        enrollment.run.public_id,
        enrollment.person.public_id,
        data=facts,
        reason=reason,
        note=note,
    )
    record([fact], actor=actor, at=at)
    return enrollment


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
