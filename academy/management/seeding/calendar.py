"""The demo's days: working days counted from today, so that it looks alive on any date."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from academy.core.working_days import WorkingCalendar
from academy.courts.queries import working_calendar

MARGIN = timedelta(days=400)
END_OF_DAY = "23:59"


@dataclass(frozen=True, slots=True)
class DemoDays:
    """Turns "two working days ago at 9:30" into a moment."""

    calendar: WorkingCalendar
    first: date  # day 0: today, or the next working day
    zone: ZoneInfo

    @classmethod
    def around(cls, now: datetime, zone: str) -> "DemoDays":
        """The days around this moment."""
        local = ZoneInfo(zone)
        today = now.astimezone(local).date()
        calendar = working_calendar(today - MARGIN, today + MARGIN)
        first = today if calendar.is_working(today) else calendar.shift(today, 1)
        return cls(calendar, first, local)

    def at(self, day: int, clock_time: str = "10:00") -> datetime:
        """The moment on that working day."""
        wanted = self.calendar.shift(self.first, day)
        return datetime.combine(wanted, time.fromisoformat(clock_time), self.zone)

    def end_of(self, day: int) -> datetime:
        """The last minute of that working day."""
        return self.at(day, END_OF_DAY)
