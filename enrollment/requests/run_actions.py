"""The life of a run and so of the people in it, from publishing to finalisation."""

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
from academy.core.revisions import check_revision
from courses.planning import actions as planning
from courses.planning.enums import AHEAD, RunState
from courses.planning.models import Run
from enrollment.attendance.outcomes import freeze_outcomes
from enrollment.certificates import actions as certificates
from enrollment.credits import actions as credits_
from enrollment.decisions import actions as decisions
from enrollment.requests import settling
from enrollment.seats import actions as seats, locks
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

    return change_run(run, change, revision=revision, keyed=keyed, at=at)


def name_trainers(
    *, run: UUID, trainers: Sequence[int], actor: Actor, at: datetime | None = None
) -> Run:
    """Say who teaches the run, the lead first; until it begins."""

    def change(row: Run, now: datetime) -> None:
        if row.state not in AHEAD | {RunState.DRAFT}:
            raise Refused("run_began", _("Who teaches a run is settled once it has begun."))
        planning.set_trainers(run=row, trainers=trainers, actor=actor, at=now)

    return change_run(run, change, at=at)


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

    return change_run(run, change, at=at)


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

    return change_run(run, change, revision=revision, keyed=keyed, at=at)


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
        outcomes = freeze_outcomes(run=row, at=now, actor=actor)
        for enrollment in active_on(row):
            seats.move(enrollment, State.CLOSED, actor=actor, at=now)
        earned = credits_.credit_outcomes(outcomes=outcomes, at=now, actor=actor)
        issued = certificates.issue_for_outcomes(outcomes=outcomes, at=now, actor=actor)
        counts: dict[str, int] = {}
        for outcome in outcomes:
            counts[outcome.outcome] = counts.get(outcome.outcome, 0) + 1
        reports.append(FinaliseReport(row, counts, len(earned), len(issued)))

    change_run(run, change, revision=revision, keyed=keyed, at=at)
    return reports[0]


def _end_open_claims(run: Run, *, actor: Actor, at: datetime) -> None:
    """At the start nobody is left between asking and sitting (T10, T13, T15, T18)."""
    for enrollment in active_on(run):
        match enrollment.state:
            case State.REQUESTED | State.WAITLISTED | State.OFFERED:
                seats.move(enrollment, State.EXPIRED, actor=actor, at=at, reason="run_started")
                decisions.close_open_steps(enrollment, actor=actor, at=at)
            case State.RECONFIRM:
                settling.unanswered(enrollment, actor=actor, at=at)


def active_on(run: Run) -> list[Enrollment]:
    """Everybody who wants something of the run or has it, locked, in the order of asking."""
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


def change_run(
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
        check_revision(row.revision, revision)
        change(row, at)
        if keyed:
            keyed.keep(row)
        return row
