"""Where a run stands on the year's board. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from courses.planning.enums import ASKING, Column, RunState, Step

AT_RISK_WITHIN = timedelta(days=14)
"""How long before its go or no-go date, or its start, a run that lacks people is at risk."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a run decides its column."""

    state: str
    is_ready: bool  # has dates and a trainer, so that it could be published
    starts_at: datetime | None
    decide_by: datetime | None
    minimum_size: int
    capacity: int | None
    held: int  # people with a seat


def column_of(run: Standing, *, now: datetime) -> Column | None:
    """The column that says what the run needs next; none for a cancelled one.

    An idea is a draft that publishing would refuse, since dates or a trainer are missing; every
    other draft is planned. A run before the public is at risk when fewer people than its minimum
    have a seat and its go or no-go date or its start is at most 14 days away (or past), and when it
    was postponed: people wait for new dates. It is full when all seats are taken. What is over
    waits to be finalised, then it is done.
    """
    match run.state:
        case RunState.CANCELLED:
            return None
        case RunState.DRAFT:
            return Column.PLANNED if run.is_ready else Column.IDEA
        case RunState.FINISHED:
            return Column.TO_FINALISE
        case RunState.FINALISED:
            return Column.DONE
        case RunState.POSTPONED:
            return Column.AT_RISK
    if lacks_people(run, now=now):
        return Column.AT_RISK
    is_full = run.capacity is not None and run.held >= run.capacity
    return Column.FULL if is_full else Column.PUBLISHED


def ways_from(
    column: Column, state: str, *, has_dates: bool, has_trainer: bool
) -> dict[Column, Step]:
    """To which other columns somebody can bring a run, and by which step; the rest is the clock's.

    A draft becomes planned when what is missing is said, and is published once it is complete.
    What is before the public is postponed (and stands at risk then), a postponed run gets new
    dates, a full one more seats. What is held and closed is planned once more as a copy.
    """
    match column:
        case Column.IDEA:
            return {Column.PLANNED: Step.TRAINERS if has_dates and not has_trainer else Step.DATES}
        case Column.PLANNED:
            return {Column.PUBLISHED: Step.PUBLISH}
        case Column.PUBLISHED if state in ASKING:
            return {Column.AT_RISK: Step.POSTPONE}
        case Column.FULL if state in ASKING:
            return {Column.PUBLISHED: Step.CAPACITY, Column.AT_RISK: Step.POSTPONE}
        case Column.AT_RISK if state == RunState.POSTPONED:
            return {Column.PUBLISHED: Step.DATES}
        case Column.TO_FINALISE:
            return {Column.DONE: Step.FINALISE}
        case Column.DONE:
            return {Column.PLANNED: Step.COPY}
    return {}


def lacks_people(run: Standing, *, now: datetime) -> bool:
    """Whether somebody must soon decide if a run with too few people is held."""
    if run.state not in ASKING or run.held >= run.minimum_size:
        return False
    if run.starts_at is None or run.starts_at <= now:
        return False
    return min(run.decide_by or run.starts_at, run.starts_at) <= now + AT_RISK_WITHIN
