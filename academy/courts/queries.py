"""Reads of the organisation."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q

from academy.core.working_days import OfficeHours, WorkingCalendar
from academy.courts.models import CalendarDay, Court, Position


def working_calendar(first: date, last: date, *, region_id: int | None = None) -> WorkingCalendar:
    """The calendar of the country, or of one region, between two dates."""
    rows = CalendarDay.objects.filter(date__range=(first, last)).filter(
        Q(region__isnull=True) | Q(region_id=region_id)
    )
    off: set[date] = set()
    worked: set[date] = set()
    for row in rows:
        (worked if row.kind == CalendarDay.Kind.WORKED else off).add(row.date)
    return WorkingCalendar(frozenset(off), frozenset(worked))


def days_apart(first: date, last: date) -> dict[date, CalendarDay]:
    """The days between two dates that the whole country works or rests against the weekday."""
    rows = CalendarDay.objects.filter(date__range=(first, last), region__isnull=True)
    return {row.date: row for row in rows}


def office_hours(
    first: datetime, last: datetime, *, time_zone: str, region_id: int | None = None
) -> OfficeHours:
    """When a court can be reached between two moments, on its own clock."""
    day = timedelta(days=1)
    calendar = working_calendar((first - day).date(), (last + day).date(), region_id=region_id)
    return OfficeHours(calendar, ZoneInfo(time_zone), hours_of_a_day())


def hours_of_a_day() -> tuple[tuple[time, time], ...]:
    """When courts can be reached on a working day, on their own clocks."""
    periods = (period.split("-") for period in settings.OFFICE_HOURS)
    return tuple((time.fromisoformat(opens), time.fromisoformat(ends)) for opens, ends in periods)


def court_rows(day: date, *, after: str = "", limit: int) -> list[dict[str, Any]]:
    """Up to `limit` courts that exist on that day, by code, after one; one statement."""
    rows = Court.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day, code__gt=after
    )
    return list(rows.order_by("code").values(*_COURT_COLUMNS)[:limit])


def court_row(code: str) -> dict[str, Any] | None:
    """One court by its code, also one that no longer exists."""
    row: dict[str, Any] | None = Court.objects.filter(code=code).values(*_COURT_COLUMNS).first()
    return row


_COURT_COLUMNS = (
    "public_id",
    "code",
    "names",
    "level__code",
    "kind__code",
    "region__code",
    "parent__code",
    "successor__code",
    "time_zone",
    "valid_from",
    "valid_to",
)


def time_zones() -> set[str]:
    """The clocks of all courts, and the institution's own."""
    zones = Court.objects.order_by().values_list("time_zone", flat=True).distinct()
    return {*zones, settings.TIME_ZONE}


def working_calendars(first: date, last: date) -> dict[tuple[str, int], WorkingCalendar]:
    """The calendar of every clock and region in which there is a court, and of the institution.

    Regions by their inner key, 0 for none. Two statements, however many courts there are.
    """
    days = CalendarDay.objects.filter(date__range=(first, last))
    rows = list(days.values_list("date", "kind", "region_id"))
    places = set(Court.objects.order_by().values_list("time_zone", "region_id").distinct())
    own = {region for _day, _kind, region in rows if region}
    national = _calendar(rows, None)
    return {
        (zone, region or 0): _calendar(rows, region) if region in own else national
        for zone, region in {*places, (settings.TIME_ZONE, None)}
    }


def calendars_of_regions(first: date, last: date) -> dict[int | None, WorkingCalendar]:
    """The country's calendar under None, and that of each region that has days of its own."""
    days = CalendarDay.objects.filter(date__range=(first, last))
    rows = list(days.values_list("date", "kind", "region_id"))
    regions = {None, *(region for _day, _kind, region in rows)}
    return {region: _calendar(rows, region) for region in regions}


def _calendar(rows: Sequence[tuple[date, str, int | None]], region: int | None) -> WorkingCalendar:
    mine = [(day, kind) for day, kind, of in rows if of in (None, region)]
    worked = CalendarDay.Kind.WORKED
    return WorkingCalendar(
        frozenset(day for day, kind in mine if kind != worked),
        frozenset(day for day, kind in mine if kind == worked),
    )


def codes() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The codes of every court and of every position, in order."""
    every = (Court.objects, Position.objects)
    courts, positions = (
        tuple(rows.order_by("code").values_list("code", flat=True)) for rows in every
    )
    return courts, positions
