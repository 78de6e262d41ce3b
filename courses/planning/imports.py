"""Past runs from other systems, set-based: held and finalised before this service knew of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from psycopg.types.range import TimestamptzRange

from academy.core.actor import Actor
from academy.ledger.actions import Fact, record
from courses.catalogue.models import Course
from courses.planning.enums import RunState
from courses.planning.models import Run, Session

BATCH = 1_000  # rows of a statement: PostgreSQL takes 65,535 values, a run has some forty
OPEN_BEFORE = timedelta(days=45)
CLOSED_BEFORE = timedelta(days=5)


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run that was held: its days, each with so many taught minutes."""

    code: str
    course: Course
    language: str
    time_zone: str
    days: Sequence[datetime]
    minutes: int


def load_past_runs(*, runs: Sequence[PastRun], actor: Actor, at: datetime) -> int:
    """Write down finalised runs with their sessions and events; how many.

    Their seats are not known any more, so they stand without a limit. The caller has passed over
    codes that exist and opened the transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Runs are written in the transaction of the import.")
    rows = Run.objects.bulk_create([_run(run, at) for run in runs], batch_size=BATCH)
    Session.objects.bulk_create(
        [
            Session(run=row, number=number, period=_period(day, run.minutes), minutes=run.minutes)
            for row, run in zip(rows, runs, strict=True)
            for number, day in enumerate(run.days, start=1)
        ],
        batch_size=BATCH,
    )
    record([_fact(row) for row in rows], actor=actor, at=at)
    return len(rows)


def _period(day: datetime, minutes: int) -> TimestamptzRange:
    return TimestamptzRange(day, day + timedelta(minutes=minutes))


def _run(run: PastRun, at: datetime) -> Run:
    version = run.course.current
    if version is None:
        raise ValueError("A past run needs a course with a version.")
    periods = [_period(day, run.minutes) for day in run.days]
    ended = run.days[-1] + timedelta(minutes=run.minutes)
    return Run(
        code=run.code,
        course=run.course,
        version=version,
        format_id=version.format_id,
        state=RunState.FINALISED,
        language=run.language,
        time_zone=run.time_zone,
        enrollment_opens_at=run.days[0] - OPEN_BEFORE,
        enrollment_closes_at=run.days[0] - CLOSED_BEFORE,
        starts_at=run.days[0],
        ends_at=ended,
        busy=periods,
        created_at=at,
        state_since=ended,
    )


def _fact(run: Run) -> Fact:
    return Fact(
        "run.finalised",
        "run",
        run.public_id,
        context_id=run.public_id,
        data={"code": run.code, "state": run.state, "source": "import"},
    )
