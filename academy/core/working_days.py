"""Working days: weekends, holidays and worked Saturdays, as the institution's calendar says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

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

    def days_off_between(self, first: date, last: date) -> Iterator[date]:
        """The days without work from first to last, both included."""
        day = first
        while day <= last:
            if not self.is_working(day):
                yield day
            day += timedelta(days=1)
