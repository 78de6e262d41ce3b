"""The same week and weekday of another year, off the days on which nobody works. Pure."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from academy.core.working_days import WorkingCalendar

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
CODE_LENGTH = 60


def same_week(day: date, year: int) -> date:
    """The day of that year with the same weekday in the week of the same number (ISO 8601).

    Week 53 becomes the last week of a year that has only 52. The first and last days of January
    and December may lie in a week of the neighbouring year; the result never does: it is moved by
    one week into the plan year.
    """
    number, week, weekday = day.isocalendar()
    number += year - day.year
    found = date.fromisocalendar(number, min(week, _weeks(number)), weekday)
    if found.year == year:
        return found
    return found + WEEK if found.year < year else found - WEEK


def _weeks(year: int) -> int:
    """How many weeks the year has: 28 December always lies in the last one."""
    return date(year, 12, 28).isocalendar().week


def new_days(
    days: Collection[date], *, first: date, then: WorkingCalendar, now: WorkingCalendar
) -> dict[date, date]:
    """For each day of a run its new day when the run begins on `first`.

    Gaps between the days stay. What would fall on a day off goes to the next working day, and
    pushes later days on where they would meet, so that the order holds. A day that was held on a
    day off was meant so (weekend courses) and keeps its weekday.
    """
    found: dict[date, date] = {}
    last = date.min
    for day in sorted(days):
        new = max(first + (day - min(days)), last + DAY)
        if then.is_working(day):
            while not now.is_working(new):
                new += DAY
        found[day] = last = new
    return found


def shifted(moment: datetime, zone: ZoneInfo, days: timedelta) -> datetime:
    """The same time of day on the clock of the place, so many days later."""
    local = moment.astimezone(zone)
    return datetime.combine(local.date() + days, local.time(), zone)


def code_for(code: str, *, was: int, year: int, taken: Collection[str]) -> str:
    """A code for the copy: the year in it is exchanged, or put behind it; numbered when taken."""
    base = code.replace(str(was), str(year)) if str(was) in code else f"{code}-{year}"
    base, number = base[: CODE_LENGTH - 4], 1
    found = base
    while found in taken:
        number += 1
        found = f"{base}-{number}"
    return found
