"""Working days and office hours: weekends, holidays, worked Saturdays, as the calendar says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The exceptions to "Monday to Friday": days off and days worked instead."""

    days_off: frozenset[date] = frozenset()
    days_worked: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether the courts work on that day."""
        if day in self.days_worked:
            return True
        return day.weekday() < SATURDAY and day not in self.days_off

    def shift(self, day: date, working_days: int) -> date:
        """The date that lies so many working days after (or, negative, before) that day."""
        step = timedelta(days=1 if working_days > 0 else -1)
        for _ in range(abs(working_days)):
            day += step
            while not self.is_working(day):
                day += step
        return day


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When an office can be reached: its working days, its hours in order, on its own clock."""

    calendar: WorkingCalendar
    zone: ZoneInfo
    hours: tuple[tuple[time, time], ...]

    def after(self, moment: datetime, worked: timedelta, *, limit: datetime) -> datetime:
        """The moment when so much office time has passed, but not later than the limit."""
        for start, end in self._periods(moment, limit):
            if end - start >= worked:
                return start + worked
            worked -= end - start
        return limit

    def between(self, first: datetime, last: datetime) -> timedelta:
        """How much office time lies between two moments."""
        return sum((end - start for start, end in self._periods(first, last)), timedelta())

    def _periods(self, first: datetime, last: datetime) -> Iterator[tuple[datetime, datetime]]:
        day, end_day = first.astimezone(self.zone).date(), last.astimezone(self.zone).date()
        while day <= end_day:
            for opens, closes in self.hours if self.calendar.is_working(day) else ():
                start = max(datetime.combine(day, opens, self.zone).astimezone(first.tzinfo), first)
                end = min(datetime.combine(day, closes, self.zone).astimezone(first.tzinfo), last)
                if start < end:
                    yield start, end
            day += timedelta(days=1)
