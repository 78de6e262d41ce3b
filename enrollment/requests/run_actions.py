"""What happens to a whole run and so to the people in it, from publishing to finalisation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Invalid, Missing, Refused
from academy.core.keyed import Keyed
from academy.ledger.actions import Fact, record
from courses.planning import actions as planning
from courses.planning.enums import AHEAD, NoAnswer, RunState
from courses.planning.models import Run, SeatPool
from courses.planning.rules import check_capacity, reconfirm_deadline
from enrollment.attendance import actions as attendance
from enrollment.certificates import actions as certificates
from enrollment.credits import actions as credits_
from enrollment.decisions import actions as decisions
from enrollment.requests import rules, settling
from enrollment.seats import actions as seats, locks, queue
from enrollment.seats.enums import ACTIVE, State
from enrollment.seats.models import Enrollment


@dataclass(frozen=True, slots=True)
class FinaliseReport:
    """What a finalisation came to."""

    run: Run
    outcomes: dict[str, int]
    credits: int
    certificates: int


def publish_run(
    *,
    run: UUID,
    actor: Actor,
    revision: int | None = None,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Run:
    """Put a run before the public; it needs at least one session, and somebody who teaches it."""

    def change(row: Run, now: datetime) -> None:
        if row.state == RunState.POSTPONED:
            raise Refused("run_has_no_dates", _("A postponed run needs new dates first."))
        if not row.sessions.filter(is_cancelled=False).exists():
            raise Invalid("run_has_no_sessions", _("Add at least one session first."))
        if not row.assignments.exists():
            raise Invalid("run_has_no_trainer", _("Name at least one trainer first."))
        planning.set_state(run=row, state=RunState.PUBLISHED, actor=actor, at=now)

    return _change(run, change, revision=revision, keyed=keyed, at=at)


def go_ahead(
    *,
    run: UUID,
    actor: Actor,
    revision: int | None = None,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Run:
    """Say that the run will be held: the minimum size is reached, or the registrar says so."""
    return _set_state(run, RunState.GOING_AHEAD, actor=actor, revision=revision, keyed=keyed, at=at)


def start_run(*, run: UUID, actor: Actor, at: datetime | None = None) -> Run:
    """Open the run: the waiting list closes, unanswered offers and requests end."""

    def change(row: Run, now: datetime) -> None:
        _end_open_claims(row, actor=actor, at=now)
        planning.set_state(run=row, state=RunState.RUNNING, actor=actor, at=now)

    return _change(run, change, at=at)


def finish_run(*, run: UUID, actor: Actor, at: datetime | None = None) -> Run:
    """The last session is over; marks may still be missing."""
    return _set_state(run, RunState.FINISHED, actor=actor, at=at)


def _set_state(
    run: UUID,
    state: RunState,
    *,
    actor: Actor,
    revision: int | None = None,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Run:
    def change(row: Run, now: datetime) -> None:
        planning.set_state(run=row, state=state, actor=actor, at=now)

    return _change(run, change, revision=revision, keyed=keyed, at=at)


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
        if not reason:
            raise Refused("reason_needed", _("Please say why."))
        planning.set_state(
            run=row, state=RunState.CANCELLED, actor=actor, at=now, reason=reason, note=note
        )
        for enrollment in _active(row):
            seats.move(enrollment, State.CANCELLED, actor=actor, at=now, reason="run_cancelled")
            decisions.close_open_steps(enrollment, actor=actor, at=now)

    return _change(run, change, revision=revision, keyed=keyed, at=at)


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
        if not reason:
            raise Refused("reason_needed", _("Please say why."))
        planning.set_state(
            run=row, state=RunState.POSTPONED, actor=actor, at=now, reason=reason, note=note
        )
        planning.forget_dates(row)
        planning.bump_sequence(row)
        Enrollment.objects.filter(run=row, state__in=ACTIVE).update(
            busy=None, clash_allowed=False, clash_with=[]
        )

    return _change(run, change, revision=revision, keyed=keyed, at=at)


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
        fact = Fact(
            "run.moved",
            "run",
            row.public_id,
            context_id=row.public_id,
            data={
                "sequence": row.sequence,
                "starts_at": str(row.starts_at),
                "due": {state.value: moment.isoformat() for state, moment in due.items()},
                "no_answer": row.no_answer,
            },
            reason=reason,
        )
        record([fact], actor=actor, at=now)
        _ask_again(row, due, actor=actor, at=now)
        queue.promote(row, cause="moved", actor=actor, at=now)

    return _change(run, change, revision=revision, keyed=keyed, at=at)


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
    for enrollment in _active(run):
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
            retired = planning.retire_seats(run=row, count=before - capacity)
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

    return _change(run, change, revision=revision, keyed=keyed, at=at)


NO_SEATS: dict[str, object] = {"pool": None, "added": [], "restored": [], "retired": []}


def _more_seats(run: Run, count: int) -> dict[str, object]:
    """First those count again who sit above an earlier, lower capacity; then there are new ones.

    Returns what the event says of them: it names every seat, or the past could not be rebuilt.
    """
    above = Enrollment.objects.filter(run=run, state__in=ACTIVE, seat__is_retired=True)
    restored = list(above.order_by("pk").values_list("seat_id", flat=True)[:count])
    planning.restore_seats(restored)
    pool = SeatPool.objects.get(run=run, scope="everyone")
    added = planning.add_seats(pool=pool, count=count - len(restored))
    return {**NO_SEATS, "pool": pool.pk, "added": added, "restored": restored}


def finalise_run(
    *,
    run: UUID,
    actor: Actor,
    revision: int | None = None,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> FinaliseReport:
    """Freeze what the run came to: outcomes from marks, then credit and certificates (T22).

    Refused while a session has no marks for somebody. One transaction: all of it or nothing.
    """
    reports: list[FinaliseReport] = []

    def change(row: Run, now: datetime) -> None:
        planning.set_state(run=row, state=RunState.FINALISED, actor=actor, at=now)
        outcomes = attendance.freeze_outcomes(run=row, at=now, actor=actor)
        for enrollment in _active(row):
            seats.move(enrollment, State.CLOSED, actor=actor, at=now)
        earned = credits_.credit_outcomes(outcomes=outcomes, at=now, actor=actor)
        issued = certificates.issue_for_outcomes(outcomes=outcomes, at=now, actor=actor)
        counts: dict[str, int] = {}
        for outcome in outcomes:
            counts[outcome.outcome] = counts.get(outcome.outcome, 0) + 1
        reports.append(FinaliseReport(row, counts, len(earned), len(issued)))

    _change(run, change, revision=revision, keyed=keyed, at=at)
    return reports[0]


def _end_open_claims(run: Run, *, actor: Actor, at: datetime) -> None:
    """At the start nobody is left between asking and sitting (T10, T13, T15, T18)."""
    for enrollment in _active(run):
        match enrollment.state:
            case State.REQUESTED | State.WAITLISTED | State.OFFERED:
                seats.move(enrollment, State.EXPIRED, actor=actor, at=at, reason="run_started")
                decisions.close_open_steps(enrollment, actor=actor, at=at)
            case State.RECONFIRM:
                settling.unanswered(enrollment, actor=actor, at=at)


def _active(run: Run) -> list[Enrollment]:
    rows = (
        Enrollment.objects.select_for_update(of=("self",))
        .filter(run=run, state__in=ACTIVE)
        .select_related("person")
        .order_by("pk")
    )
    enrollments = list(rows)
    for enrollment in enrollments:
        enrollment.run = run
    return enrollments


def _change(
    run: UUID,
    change: Callable[[Run, datetime], None],
    *,
    revision: int | None = None,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Run:
    """Lock the run alone, read it, change it: the frame of every command on a run."""
    at = at or clock.now()
    with locks.refusing_conflicts(), transaction.atomic(durable=True):
        run_id = Run.objects.filter(public_id=run).values_list("pk", flat=True).first()
        if run_id is None:
            raise Missing("unknown_run", _("There is no such run."))
        locks.hold_run(run_id)
        row = Run.objects.select_for_update(of=("self",)).select_related("version").get(pk=run_id)
        rules.check_revision(row.revision, revision)
        change(row, at)
        if keyed:
            keyed.keep(row)
        return row
