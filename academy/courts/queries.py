"""Reads of the organisation."""

from datetime import date

from django.db.models import Q, QuerySet

from academy.core.working_days import WorkingCalendar
from academy.courts.models import CalendarDay, Court


def courts_on(day: date) -> QuerySet[Court]:
    """The courts that exist on that day."""
    return Court.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day
    ).select_related("region", "level", "kind")


def working_calendar(first: date, last: date, *, region_id: int | None = None) -> WorkingCalendar:
    """The calendar of the country, or of one region, between two dates."""
    rows = CalendarDay.objects.filter(date__range=(first, last)).filter(
        Q(region__isnull=True) | Q(region_id=region_id)
    )
    off, worked = set(), set()
    for row in rows:
        (worked if row.kind == CalendarDay.Kind.WORKED else off).add(row.date)
    return WorkingCalendar(frozenset(off), frozenset(worked))
