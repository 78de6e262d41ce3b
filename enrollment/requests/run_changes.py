"""What changes a run that people are in: cancelled, postponed, moved, larger or smaller."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from academy.core.actor import Actor
from academy.core.errors import Invalid, Refused
from academy.core.keyed import Keyed
from academy.ledger.actions import Fact, record
from courses.planning import actions as planning, seat_rows
from courses.planning.enums import AHEAD, NoAnswer, RunState
from courses.planning.models import Run, SeatPool
from courses.planning.rules import check_capacity, reconfirm_deadline
from enrollment.decisions import actions as decisions
from enrollment.requests import rules
from enrollment.requests.run_actions import active_on, change_run
from enrollment.seats import actions as seats, queue
from enrollment.seats.enums import ACTIVE, State
from enrollment.seats.models import Enrollment


def cancel_run(
    *,
    run: UUID,
    reason: str,
    actor: Actor,
    note: str = "",
    revision: int | None = None,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Run:
    """Cancel a run, with a reason: active enrolments end, nobody is promoted, all are told."""

    def change(row: Run, now: datetime) -> None:
        rules.check_reason(reason)
        planning.set_state(
            run=row, state=RunState.CANCELLED, actor=actor, at=now, reason=reason, note=note
        )
        for enrollment in active_on(row):
            seats.move(enrollment, State.CANCELLED, actor=actor, at=now, reason="run_cancelled")
            decisions.close_open_steps(enrollment, actor=actor, at=now)

    return change_run(run, change, revision=revision, keyed=keyed, at=at)


def postpone_run(
    *,
    run: UUID,
    reason: str,
    actor: Actor,
    note: str = "",
    revision: int | None = None,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Run:
    """Postpone a run, with a reason and without new dates for now; calendars are told.

    Enrolments are kept, but keep nobody busy: at the old hours one may sit elsewhere.
    """

    def change(row: Run, now: datetime) -> None:
        rules.check_reason(reason)
        planning.set_state(
            run=row, state=RunState.POSTPONED, actor=actor, at=now, reason=reason, note=note
        )
        planning.forget_dates(row)
        planning.bump_sequence(row)
        Enrollment.objects.filter(run=row, state__in=ACTIVE).update(
            busy=None, clash_allowed=False, clash_with=[]
        )

    return change_run(run, change, revision=revision, keyed=keyed, at=at)


def move_run(
    *,
    run: UUID,
    sessions: Sequence[planning.SessionPlan],
    actor: Actor,
    reason: str = "",
    no_answer: NoAnswer | None = None,
    revision: int | None = None,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Run:
    """Give a run new dates. People keep their seats and are asked to confirm again (T17).

    A clash that the move made does not throw anybody out: it is allowed until they have answered.
    Deadlines move with the run, and who had still to answer gets a new one. `no_answer` says what
    silence means; without it that stays as it is.
    """

    def change(row: Run, now: datetime) -> None:
        if row.state not in AHEAD | {RunState.DRAFT}:
            raise Refused("run_state", _("A run that has begun is not moved."))
        if not sessions:
            raise Invalid("run_has_no_sessions", _("Add at least one session first."))
        if sessions[0].starts_at <= now:
            raise Invalid("run_in_the_past", _("A run is moved to days that are still to come."))
        planning.move_sessions(run=row, sessions=sessions, no_answer=no_answer)
        if row.state == RunState.POSTPONED:
            planning.set_state(run=row, state=RunState.PUBLISHED, actor=actor, at=now)
        due = _new_deadlines(row, at=now)
        record([_moved(row, due, reason)], actor=actor, at=now)
        _ask_again(row, due, actor=actor, at=now)
        queue.promote(row, cause="moved", actor=actor, at=now)

    return change_run(run, change, revision=revision, keyed=keyed, at=at)


def _moved(run: Run, due: dict[State, datetime], reason: str) -> Fact:
    return Fact(
        "run.moved",
        "run",
        run.public_id,
        context_id=run.public_id,
        data={
            "sequence": run.sequence,
            "starts_at": str(run.starts_at),
            "due": {state.value: moment.isoformat() for state, moment in due.items()},
            "no_answer": run.no_answer,
        },
        reason=reason,
    )


def _new_deadlines(run: Run, *, at: datetime) -> dict[State, datetime]:
    """Until when those answer who hold a seat in a run with new dates."""
    reconfirm = reconfirm_deadline(now=at, starts_at=run.starts_at)
    return {
        State.CONFIRMED: reconfirm,
        State.RECONFIRM: reconfirm,
        State.OFFERED: queue.offer_until(run, at=at),
    }


def _ask_again(run: Run, due: dict[State, datetime], *, actor: Actor, at: datetime) -> None:
    """Everybody in the run has the new times; who held a confirmed seat is asked to reconfirm."""
    for enrollment in active_on(run):
        enrollment.busy = run.busy
        holds = enrollment.state in due
        queue.allow_clashes(enrollment, queue.clashes_of(enrollment) if holds else [])
        enrollment.due_at = due.get(State(enrollment.state))
        if enrollment.state == State.CONFIRMED:
            seats.move(enrollment, State.RECONFIRM, actor=actor, at=at, due_at=enrollment.due_at)
        else:
            enrollment.save(update_fields=["busy", "clash_allowed", "clash_with", "due_at"])


def change_capacity(
    *,
    run: UUID,
    capacity: int,
    actor: Actor,
    revision: int | None = None,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Run:
    """Add or retire seats. More seats go to the queue first; fewer throw nobody out."""

    def change(row: Run, now: datetime) -> None:
        if row.capacity is None:
            raise Invalid("run_without_limit", _("This run has no limit of seats."))
        check_capacity(capacity)
        if row.state not in AHEAD | {RunState.DRAFT, RunState.RUNNING}:
            raise Refused("run_state", _("A run that is over keeps its seats."))
        before, row.capacity = row.capacity, capacity
        row.revision += 1
        row.save(update_fields=["capacity", "revision"])
        seats_told = _more_seats(row, capacity - before) if capacity > before else NO_SEATS
        if capacity < before:
            retired = seat_rows.retire_seats(run=row, count=before - capacity)
            seats_told = {**NO_SEATS, "retired": retired}
        fact = Fact(
            "run.capacity_changed",
            "run",
            row.public_id,
            context_id=row.public_id,
            data={"from": before, "to": capacity, **seats_told},
        )
        record([fact], actor=actor, at=now)
        queue.promote(row, cause="capacity", actor=actor, at=now)

    return change_run(run, change, revision=revision, keyed=keyed, at=at)


NO_SEATS: dict[str, object] = {"pool": None, "added": [], "restored": [], "retired": []}


def _more_seats(run: Run, count: int) -> dict[str, object]:
    """First those count again who sit above an earlier, lower capacity; then there are new ones.

    Returns what the event says of them: it names every seat, or the past could not be rebuilt.
    """
    above = Enrollment.objects.filter(run=run, state__in=ACTIVE, seat__is_retired=True)
    restored = list(above.order_by("pk").values_list("seat_id", flat=True)[:count])
    seat_rows.restore_seats(restored)
    pool = SeatPool.objects.get(run=run, scope="everyone")
    added = seat_rows.add_seats(pool=pool, count=count - len(restored))
    return {**NO_SEATS, "pool": pool.pk, "added": added, "restored": restored}
