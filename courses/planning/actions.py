"""Plan runs and keep their seats: own rows and events only, inside the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import TimestamptzRange

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Invalid
from academy.ledger.actions import Fact, record
from courses.catalogue.models import Course
from courses.planning import bookings, rules, seat_rows
from courses.planning.enums import (
    MOST_TRAVEL_DAYS,
    EnrollmentMode,
    LapsePolicy,
    NoAnswer,
    Payer,
    PoolScope,
    RunState,
)
from courses.planning.models import Run, SeatPool, Session, TrainerAssignment, Venue

TIMES = ("starts_at", "ends_at", "busy")
DEADLINES = ("enrollment_closes_at", "withdraw_until", "promote_until", "decide_by")


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """One meeting to be held: when it starts, how many minutes are taught, where."""

    starts_at: datetime
    minutes: int
    length: timedelta | None = (
        None  # from start to end with breaks; the taught minutes when unknown
    )
    venue: Venue | None = None
    link: str = ""

    @property
    def ends_at(self) -> datetime:
        """The end of the meeting, breaks included."""
        return self.starts_at + (self.length or timedelta(minutes=self.minutes))

    @property
    def period(self) -> TimestamptzRange:
        """From the start to the end of the meeting."""
        return TimestamptzRange(self.starts_at, self.ends_at)


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What a registrar fills in for a new run; times are aware, lengths in minutes."""

    code: str
    course: Course
    language: str
    time_zone: str
    sessions: Sequence[SessionPlan]
    enrollment_opens_at: datetime
    enrollment_closes_at: datetime
    capacity: int | None = None
    minimum_size: int = 0
    mode: EnrollmentMode = EnrollmentMode.OPEN
    withdraw_until: datetime | None = None
    promote_until: datetime | None = None
    decide_by: datetime | None = None
    offer_hours: int = 16  # working hours of the person's court
    auto_accept: bool = False
    short_notice_hours: int = 0
    lapse_policy: LapsePolicy = LapsePolicy.DROP
    nominees_answer: bool = False
    venue: Venue | None = None
    link: str = ""
    trainers: Sequence[int] = field(default_factory=tuple)  # person ids, the lead first


def plan_run(*, plan: RunPlan, actor: Actor, at: datetime | None = None) -> Run:
    """Put a new run into the plan, as a draft, with its sessions, its seats and its trainers."""
    at = at or clock.now()
    _check_plan(plan)
    with transaction.atomic():
        run = Run.objects.create(**_columns(plan, at))
        _write_sessions(run, plan.sessions)
        TrainerAssignment.objects.bulk_create(
            TrainerAssignment(run=run, person_id=person, is_lead=number == 0)
            for number, person in enumerate(plan.trainers)
        )
        told = {"capacity": plan.capacity, **_first_seats(run, plan.capacity)}
        record([_fact(run, "run.planned", **told)], actor=actor, at=at)
    return run


def _first_seats(run: Run, capacity: int | None) -> dict[str, Any]:
    """All seats lie in everyone's pool at first; what the event says of them."""
    if capacity is None:
        return {"pool": None, "added": []}
    pool = SeatPool.objects.create(run=run, scope=PoolScope.EVERYONE)
    return {"pool": pool.pk, "added": seat_rows.add_seats(pool=pool, count=capacity)}


def _check_plan(plan: RunPlan) -> None:
    if plan.capacity is not None:
        rules.check_capacity(plan.capacity)
    if plan.capacity is not None and plan.minimum_size > plan.capacity:
        raise Invalid("minimum_above_capacity", _("The minimum size is above the capacity."))
    _check_sessions(plan.sessions)


def _check_sessions(sessions: Sequence[SessionPlan]) -> None:
    ends = [session.ends_at for session in sessions]
    starts = [session.starts_at for session in sessions]
    if any(end > start for end, start in zip(ends, starts[1:], strict=False)):
        raise Invalid("sessions_overlap", _("Sessions of one run must follow one another."))


def _columns(plan: RunPlan, at: datetime) -> dict[str, object]:
    version = plan.course.current
    if version is None:
        raise Invalid("course_has_no_version", _("The course has no published version."))
    return {
        "code": plan.code,
        "course": plan.course,
        "version": version,
        "format": version.format,
        "enrollment_mode": plan.mode,
        "language": plan.language,
        "time_zone": plan.time_zone,
        "venue": plan.venue,
        "link": plan.link,
        "capacity": plan.capacity,
        "minimum_size": plan.minimum_size,
        "decide_by": plan.decide_by,
        "enrollment_opens_at": plan.enrollment_opens_at,
        "enrollment_closes_at": plan.enrollment_closes_at,
        "withdraw_until": plan.withdraw_until,
        "promote_until": plan.promote_until,
        "offer_hours": plan.offer_hours,
        "auto_accept": plan.auto_accept,
        "short_notice_hours": plan.short_notice_hours,
        "lapse_policy": plan.lapse_policy,
        "nominees_answer": plan.nominees_answer,
        "created_at": at,
        "state_since": at,
        **times_of(plan.sessions),
    }


def times_of(sessions: Sequence[SessionPlan]) -> dict[str, object]:
    """What a run's own columns say about its sessions: start, end and the busy periods."""
    return {
        "starts_at": min((session.starts_at for session in sessions), default=None),
        "ends_at": max((session.ends_at for session in sessions), default=None),
        "busy": [session.period for session in sessions] or None,
    }


def _write_sessions(run: Run, sessions: Sequence[SessionPlan]) -> None:
    Session.objects.bulk_create(
        Session(
            run=run,
            number=number,
            period=session.period,
            minutes=session.minutes,
            venue=session.venue or run.venue,
            link=session.link or run.link,
        )
        for number, session in enumerate(sessions, start=1)
    )


def move_sessions(
    *, run: Run, sessions: Sequence[SessionPlan], no_answer: NoAnswer | None = None
) -> None:
    """Give the run new times, and say what silence means.

    Each session keeps its identity: calendars update in place.
    """
    _check_sessions(sessions)
    bookings.give_back(run)  # one by one its sessions may pass over each other
    present = list(run.sessions.order_by("number"))
    was_to_start = present[0].period.lower if present else None
    for row, plan in zip(present, sessions, strict=False):
        row.period, row.minutes, row.is_cancelled = plan.period, plan.minutes, False
        row.venue, row.link = plan.venue or row.venue, plan.link or row.link
        row.save(update_fields=["period", "minutes", "is_cancelled", "venue", "link"])
    extra = sessions[len(present) :]
    Session.objects.bulk_create(
        Session(
            run=run,
            number=len(present) + number,
            period=plan.period,
            minutes=plan.minutes,
            venue=plan.venue or run.venue,
            link=plan.link or run.link,
        )
        for number, plan in enumerate(extra, start=1)
    )
    Session.objects.filter(pk__in=[row.pk for row in present[len(sessions) :]]).update(
        is_cancelled=True
    )
    if was_to_start:
        _shift_deadlines(run, sessions[0].starts_at - was_to_start)
    for name, value in times_of(sessions).items():
        setattr(run, name, value)
    run.no_answer = no_answer or run.no_answer
    run.sequence += 1
    run.revision += 1
    run.save(update_fields=[*TIMES, *DEADLINES, "no_answer", "sequence", "revision"])
    if run.state in bookings.BOOKED:
        bookings.book(run)


def _shift_deadlines(run: Run, shift: timedelta) -> None:
    """The run's own deadlines keep their distance to its start; none falls before the opening."""
    for name in DEADLINES:
        if (moment := getattr(run, name)) is not None:
            setattr(run, name, max(moment + shift, run.enrollment_opens_at))


def forget_dates(run: Run) -> None:
    """The dates no longer hold and new ones are not known: the run keeps nobody busy."""
    run.starts_at = run.ends_at = run.busy = None
    run.save(update_fields=TIMES)


def set_state(
    *, run: Run, state: RunState, actor: Actor, at: datetime, reason: str = "", note: str = ""
) -> None:
    """Move a run along its states; the steps are one table in `planning.enums`."""
    rules.check_transition(run.state, state)
    if state == RunState.PUBLISHED:
        bookings.book(run)
    elif state in {RunState.POSTPONED, RunState.CANCELLED}:
        bookings.give_back(run)
    before, run.state, run.state_since = run.state, state, at
    run.revision += 1
    if state == RunState.CANCELLED:
        run.cancel_reason = reason
        run.sequence += 1
    run.save(update_fields=["state", "state_since", "revision", "cancel_reason", "sequence"])
    verb = "started" if state == RunState.RUNNING else str(state)
    fact = _fact(run, f"run.{verb}", reason=reason, note=note, **{"from": before})
    record([fact], actor=actor, at=at)


def busy_of(run_id: int) -> str | None:
    """The times of a run as the database writes them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT busy::text FROM courses_run WHERE id = %s", [run_id])
        busy: str | None = cursor.fetchone()[0]
    return busy


def set_travel(
    *, run: UUID, before: int, after: int, payer: Payer, actor: Actor, at: datetime | None = None
) -> None:
    """Say how many days people are on the way to a run and back, and who pays for it.

    Papers that say otherwise are outdated by it. Refuses more days than a run may grant.
    """
    if not all(0 <= days <= MOST_TRAVEL_DAYS for days in (before, after)):
        raise Invalid("travel_days", _("Give between none and five days of travel."))
    with transaction.atomic(durable=True):
        rows = Run.objects.filter(public_id=run)
        rows.update(
            travel_days_before=before,
            travel_days_after=after,
            payer=payer,
            revision=F("revision") + 1,
        )
        told: dict[str, Any] = {"before": before, "after": after, "payer": str(payer)}
        record([_fact(rows.get(), "run.travel_set", **told)], actor=actor, at=at or clock.now())


def set_trainers(*, run: Run, trainers: Sequence[int], actor: Actor, at: datetime) -> None:
    """Say who teaches a run, the lead first. One before the public keeps them for itself.

    Refuses somebody whom another run has at these hours, and to leave a public run without anybody.
    """
    if not trainers and run.state != RunState.DRAFT:
        raise Invalid("run_has_no_trainer", _("Name at least one trainer first."))
    TrainerAssignment.objects.filter(run=run).delete()
    TrainerAssignment.objects.bulk_create(
        TrainerAssignment(run=run, person_id=person, is_lead=number == 0)
        for number, person in enumerate(trainers)
    )
    if run.state in bookings.BOOKED:
        bookings.book(run)
    run.revision += 1
    run.save(update_fields=["revision"])
    record([_fact(run, "run.trainers_named", trainers=len(trainers))], actor=actor, at=at)


def bump_sequence(run: Run) -> None:
    """Note a material change of the run for calendars (RFC 5545 SEQUENCE)."""
    Run.objects.filter(pk=run.pk).update(sequence=F("sequence") + 1, revision=F("revision") + 1)
    run.refresh_from_db(fields=["sequence", "revision"])


def _fact(run: Run, verb: str, *, reason: str = "", note: str = "", **data: object) -> Fact:
    subject: UUID = run.public_id
    return Fact(
        verb,
        "run",
        subject,
        context_id=subject,
        data={"code": run.code, "state": run.state, "sequence": run.sequence, **data},
        reason=reason,
        note=note,
    )
