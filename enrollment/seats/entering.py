"""How somebody comes into a run: onto a seat, into the queue, or with a request that waits.

The callers hold the run's lock and have opened the transaction; one event for each.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from academy.core import ids
from academy.core.actor import Actor
from academy.ledger.actions import record
from courses.planning import actions as planning
from enrollment.seats.actions import fact_of
from enrollment.seats.enums import STANDARD_CLASS, Source, State
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
        written = cursor.fetchone()
    if written is None:
        return None
    enrollment = _as_written(asking, public_id, written, at=at)
    if asking.clash_allowed:
        with connection.cursor() as cursor:
            cursor.execute(ALLOW_CLASHES, [enrollment.pk])
            enrollment.clash_with = cursor.fetchone()[0]
    fact = fact_of(
        enrollment, None, asking.run_public_id, asking.person_public_id, data=asking.nominated_by
    )
    record([fact], actor=actor, at=at)
    return enrollment


def _as_written(
    asking: Asking, public_id: UUID, written: tuple[Any, ...], *, at: datetime
) -> Enrollment:
    """The row as the statement has left it, without reading it again."""
    pk, state, seat_id, queue_number, due_at = written
    return Enrollment(
        pk=pk,
        public_id=public_id,
        run_id=asking.run_id,
        person_id=asking.person_id,
        appointment_id=asking.appointment_id,
        court_id=asking.court_id,
        state=state,
        seat_id=seat_id,
        needs_seat=asking.needs_seat,
        pool_ids=asking.pool_ids,
        queue_number=queue_number,
        priority_class=asking.priority_class,
        priority_reasons=asking.priority_reasons,
        short_notice=asking.short_notice,
        auto_accept=asking.auto_accept,
        lapses=asking.lapses,
        due_at=due_at,
        source=asking.source.value,
        clash_allowed=asking.clash_allowed,
        previous_id=asking.previous_id,
        created_at=at,
        state_since=at,
    )
