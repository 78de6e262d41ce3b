"""When a reminder falls due: hours, calendar days, working days. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from academy.core.working_days import WorkingCalendar
from enrollment.reminders.enums import Unit

DAY = timedelta(days=1)

Place = tuple[str, int]
"""A court's clock and its region (0 for none): what tells one calendar of courts from another."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How far from the anchor, at which hour, and for how long it is of use."""

    offset: int
    unit: Unit
    at: time | None
    useful: timedelta


@dataclass(frozen=True, slots=True)
class Span:
    """Moments after `after` up to `until`."""

    after: datetime
    until: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.after < moment <= self.until


@dataclass(frozen=True, slots=True)
class DueDay:
    """An anchor on this day, for somebody at a court there, is told of at this moment."""

    place: Place
    anchor: date
    due_at: datetime


def due_span(now: datetime, *, useful: timedelta, planned_until: datetime | None = None) -> Span:
    """What to look at: what fell due since the last look and is not useless yet.

    A mark that lies ahead of us comes from a clock that ran fast: the whole window is looked at.
    """
    first = now - useful
    if planned_until is not None and planned_until <= now:
        first = max(first, planned_until)
    return Span(first, now)


def by_hours(span: Span, hours: int) -> Span:
    """The anchors whose reminders fall due in the span."""
    return Span(span.after - timedelta(hours=hours), span.until - timedelta(hours=hours))


def strikes(span: Span, at: time, zones: set[str]) -> bool:
    """Whether that hour of the day comes in the span anywhere: if not, there is nothing to do."""
    return any(next(_days(span, at, ZoneInfo(zone)), None) for zone in zones)


def _days(span: Span, at: time, zone: ZoneInfo) -> Iterator[date]:
    day, last = span.after.astimezone(zone).date(), span.until.astimezone(zone).date()
    while day <= last:
        if datetime.combine(day, at, zone) in span:
            yield day
        day += DAY


def by_days(span: Span, timing: Timing, places: Mapping[Place, WorkingCalendar]) -> list[DueDay]:
    """Every day of an anchor whose reminder falls due in the span, at each place."""
    if timing.at is None:
        raise ValueError("A distance in days needs an hour of the day.")
    found: dict[tuple[str, WorkingCalendar], dict[date, date]] = {}
    rows = []
    for (zone, region), calendar in places.items():
        clock = ZoneInfo(zone)
        key = (zone, calendar)
        if key not in found:
            found[key] = dict(_anchors(set(_days(span, timing.at, clock)), timing, calendar))
        rows += [
            DueDay((zone, region), anchor, datetime.combine(due, timing.at, clock))
            for anchor, due in found[key].items()
        ]
    return rows


def _anchors(
    due_days: set[date], timing: Timing, calendar: WorkingCalendar
) -> Iterator[tuple[date, date]]:
    """Anchors' days and the days on which they are told of, for these latter ones."""
    if not due_days:
        return
    if timing.unit == Unit.DAYS:
        yield from ((day - timing.offset * DAY, day) for day in sorted(due_days))
        return
    reach = reach_of(timing.offset)
    day = min(due_days) - (reach if timing.offset > 0 else timedelta())
    last = max(due_days) + (reach if timing.offset < 0 else timedelta())
    while day <= last:
        due = calendar.shift(day, timing.offset)
        if due in due_days:
            yield day, due
        day += DAY


def reach_of(working_days: int) -> timedelta:
    """No more days than these lie between a day and one so many working days away."""
    return timedelta(days=3 * abs(working_days) + 20)
