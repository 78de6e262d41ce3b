"""Runs copied to other dates: the same again as drafts, without anybody in them. Set-based.

Writes its own rows only, inside the caller's transaction; a dry run is the same, taken back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import QuerySet
from psycopg.types.range import TimestamptzRange

from academy.core.actor import Actor
from academy.core.working_days import WorkingCalendar
from academy.courts.queries import calendars_of_regions
from academy.ledger.actions import Fact, record
from courses.catalogue.enums import CourseStatus
from courses.planning.copied_pools import copy_seats
from courses.planning.enums import NotCopied, RunState
from courses.planning.models import Phase, Run, Session, TrainerAssignment
from courses.planning.relative import code_for, new_days, shifted

SAME = (
    *("course_id", "format_id", "enrollment_mode", "language", "time_zone", "venue_id", "link"),
    *("capacity", "minimum_size", "offer_hours", "short_notice_hours", "lapse_policy", "no_answer"),
    *("nominees_answer", "auto_accept", "hold_while_pending", "waiting_list_limit"),
)
"""Columns of a run that a copy takes over as they are."""
DEADLINES = (
    *("decide_by", "enrollment_opens_at", "enrollment_closes_at", "withdraw_until"),
    "promote_until",
)
"""Those that keep their distance in days to the first session."""


AFTER = timedelta(days=60)
BATCH = 1_000  # rows of a statement: PostgreSQL takes 65,535 values, a run has some forty


@dataclass(frozen=True, slots=True)
class Wish:
    """A run to be copied, and the day on which the copy is to begin unless that is a day off."""

    source: Run
    first: date


@dataclass(frozen=True, slots=True)
class Copy:
    """What became of a wish: a draft, the days that moved off a day off, who no longer teaches."""

    source: Run
    run: Run
    moved: list[tuple[date, date]] = field(default_factory=list)
    without: list[str] = field(default_factory=list)


def to_copy() -> QuerySet[Run]:
    """Runs with everything that a copy looks at, in few statements however many they are."""
    return Run.objects.select_related("course__current", "venue").prefetch_related(
        "sessions", "phases", "assignments__person", "pools"
    )


def why_not(source: Run) -> NotCopied | None:
    """Why this run is not copied; none when it is."""
    if source.state == RunState.CANCELLED:
        return NotCopied.CANCELLED
    if source.starts_at is None or not _held(source):  # postponed: its sessions are of the past
        return NotCopied.NO_DATES
    if source.course.status != CourseStatus.PUBLISHED or source.course.current_id is None:
        return NotCopied.COURSE
    return None


def first_day(source: Run) -> date:
    """The day on which a run begins, on its own clock."""
    return min(_days(source))


def copy_runs(wishes: Sequence[Wish], *, actor: Actor, at: datetime) -> list[Copy]:
    """Plan each run again: sessions, phases, pools with their seats, trainers, rules.

    The course's present version is taken. Trainers who have left are not; nobody's enrolment is.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Runs are copied in the transaction of the caller.")
    calendars = _calendars(wishes)
    taken = _taken(wishes)
    copies = [_draft(wish, calendars, taken, at) for wish in wishes]
    Run.objects.bulk_create([copy.run for copy in copies], batch_size=BATCH)
    _copy_sessions(copies)
    _copy_trainers(copies)
    seats = copy_seats([(copy.source, copy.run) for copy in copies])
    record([_fact(copy, seats.get(copy.run.pk, {})) for copy in copies], actor=actor, at=at)
    return copies


def _held(source: Run) -> list[Session]:
    return [session for session in source.sessions.all() if not session.is_cancelled]


def _days(source: Run) -> list[date]:
    zone = ZoneInfo(source.time_zone)
    return sorted({one.period.lower.astimezone(zone).date() for one in _held(source)})


def _calendars(wishes: Sequence[Wish]) -> Mapping[int | None, WorkingCalendar]:
    """From the first day of the old runs to well behind the last of the new ones."""
    days = [day for wish in wishes for day in (*_days(wish.source), *_meant(wish))]
    return calendars_of_regions(min(days), max(days) + AFTER) if days else {}


def _meant(wish: Wish) -> list[date]:
    days = _days(wish.source)
    return [wish.first + (day - days[0]) for day in days]


TAKEN = "SELECT code FROM courses_run WHERE code = ANY(%s) OR code LIKE ANY(%s)"


def _taken(wishes: Sequence[Wish]) -> set[str]:
    """The codes that the copies would have, as far as they exist, and the numbers behind those."""
    wanted = [_code(wish, ()) for wish in wishes]
    found = set(Run.objects.filter(code__in=wanted).values_list("code", flat=True))
    if found:
        like = [code.replace("\\", r"\\").replace("_", r"\_") + "-%" for code in found]
        with connection.cursor() as cursor:
            cursor.execute(TAKEN, [list(found), like])
            found |= {code for (code,) in cursor.fetchall()}
    return found


def _code(wish: Wish, taken: Iterable[str]) -> str:
    was = first_day(wish.source).year
    return code_for(wish.source.code, was=was, year=wish.first.year, taken=set(taken))


def _draft(
    wish: Wish,
    calendars: Mapping[int | None, WorkingCalendar],
    taken: set[str],
    at: datetime,
) -> Copy:
    source, zone = wish.source, ZoneInfo(wish.source.time_zone)
    region = source.venue.region_id if source.venue else None
    calendar = calendars.get(region, calendars[None])
    days = new_days(_days(source), first=wish.first, then=calendar, now=calendar)
    shift = days[first_day(source)] - first_day(source)
    spans = [_span(one, days, zone) for one in _held(source)]
    code = _code(wish, taken)
    taken.add(code)
    run = Run(
        **{name: getattr(source, name) for name in SAME},
        **{name: _deadline(source, name, zone, shift) for name in DEADLINES},
        code=code,
        version=source.course.current,
        starts_at=min(begins for begins, _ends in spans),
        ends_at=max(ends for _begins, ends in spans),
        busy=[TimestamptzRange(*span) for span in spans],
        created_at=at,
        state_since=at,
    )
    pairs = zip(_meant(wish), sorted(days.values()), strict=True)
    moved = [(meant, new) for meant, new in pairs if meant != new]
    gone = [one.person.full_name for one in source.assignments.all() if _has_left(one, run)]
    return Copy(source, run, moved, gone)


def _deadline(source: Run, name: str, zone: ZoneInfo, shift: timedelta) -> datetime | None:
    moment: datetime | None = getattr(source, name)
    return None if moment is None else shifted(moment, zone, shift)


def _span(session: Session, days: Mapping[date, date], zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From when to when a session is held on its new day, on the clock of the place."""
    day = session.period.lower.astimezone(zone).date()
    begins = shifted(session.period.lower, zone, days[day] - day)
    return begins, begins + (session.period.upper - session.period.lower)


def _has_left(assignment: TrainerAssignment, run: Run) -> bool:
    left, starts = assignment.person.left_on, run.starts_at
    return left is not None and starts is not None and left <= starts.date()


def _copy_sessions(copies: Sequence[Copy]) -> None:
    phases = Phase.objects.bulk_create(
        Phase(run=copy.run, number=one.number, names=one.names, format_id=one.format_id)
        for copy in copies
        for one in copy.source.phases.all()
    )
    same = {(phase.run_id, phase.number): phase for phase in phases}
    rows = []
    for copy in copies:
        numbers = {phase.pk: phase.number for phase in copy.source.phases.all()}
        busy: Sequence[TimestamptzRange] = copy.run.busy or ()
        for number, (one, period) in enumerate(zip(_held(copy.source), busy, strict=True), 1):
            phase = same.get((copy.run.pk, numbers.get(one.phase_id or 0, -1)))
            rows.append(
                Session(
                    run=copy.run,
                    phase=phase,
                    number=number,
                    period=period,
                    minutes=one.minutes,
                    venue_id=one.venue_id,
                    link=one.link,
                )
            )
    Session.objects.bulk_create(rows, batch_size=BATCH)


def _copy_trainers(copies: Sequence[Copy]) -> None:
    TrainerAssignment.objects.bulk_create(
        TrainerAssignment(run=copy.run, person_id=one.person_id, is_lead=one.is_lead)
        for copy in copies
        for one in copy.source.assignments.all()
        if not _has_left(one, copy.run)
    )


def _fact(copy: Copy, seats: Mapping[int, list[int]]) -> Fact:
    """The same event as of every run that is planned, and of which one it is a copy."""
    run, pools = copy.run, list(seats)
    root = pools[-1] if pools else None
    return Fact(
        "run.planned",
        "run",
        run.public_id,
        context_id=run.public_id,
        data={
            "code": run.code,
            "state": run.state,
            "sequence": run.sequence,
            "capacity": run.capacity,
            "pool": root,
            "added": [seat for pool in pools for seat in seats[pool]],
            "shared": {str(pool): seats[pool] for pool in pools[:-1] if seats[pool]},
            "copied_from": str(copy.source.public_id),
        },
    )


DISCARD = (
    "DELETE FROM courses_seat WHERE run_id = ANY(%s)",
    "UPDATE courses_seatpool SET parent_id = NULL WHERE run_id = ANY(%s)",
)


def discard_drafts(runs: Sequence[Run], *, actor: Actor, at: datetime) -> None:
    """Take drafts out of the plan again; that they are only drafts the caller has made sure of."""
    keys = [run.pk for run in runs]
    with connection.cursor() as cursor:
        for statement in DISCARD:
            cursor.execute(statement, [keys])
    Run.objects.filter(pk__in=keys, state=RunState.DRAFT).delete()
    record(
        [
            Fact(
                "run.discarded",
                "run",
                run.public_id,
                context_id=run.public_id,
                data={"code": run.code},
            )
            for run in runs
        ],
        actor=actor,
        at=at,
    )


def has_calendar(year: int) -> bool:
    """Whether the days off of that year are known at all."""
    calendar = calendars_of_regions(date(year, 1, 1), date(year, 12, 31))[None]
    return bool(calendar.days_off)
