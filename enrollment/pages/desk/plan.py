"""The plan of a year: as a calendar; and who and what is booked when."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext as _
from django.views.decorators.http import require_safe

from academy.access.enums import Right
from academy.core import clock
from academy.core.errors import Missing
from academy.core.texts import pick
from academy.core.working_days import SATURDAY
from academy.courts.models import CalendarDay
from academy.courts.queries import days_apart
from academy.people.models import Person
from courses.planning import bookings, year_queries
from courses.planning.models import Venue
from courses.planning.year_queries import Card
from enrollment.pages.desk.frame import at_desk, render
from enrollment.pages.desk.plan_frame import frame_of
from enrollment.pages.desk.plan_weeks import halves_of, met_in, month_name, months_of

LINES, WARNED, MOST = 40, 12, 400
LAST_MONTH = 12


@require_safe
@at_desk(Right.READ_ALL)
def this_year(request: HttpRequest) -> HttpResponse:
    """To the plan of the present year."""
    return redirect("enrollment:plan-year", year=year_queries.year_of(clock.now()))


@require_safe
@at_desk(Right.READ_ALL)
def year(request: HttpRequest, year: int) -> HttpResponse:
    """Twelve months of weeks, by region; days off, what clashes; one month with a bar per run."""
    frame = frame_of(request, year, "plan-year")
    weeks = year_queries.weeks(year, frame["wanted"])
    runs = {int(key): run for week in weeks for key, run in week.runs.items()}
    off = days_apart(date(year - 1, 12, 25), date(year + 1, 1, 7))
    context = {
        **frame,
        "halves": halves_of(year, weeks, off),
        "months": months_of(year, met_in(weeks), off),
        "runs": len(runs),
        "has_calendar": any(day.year == year for day in off),
        **_month_of(request, year, frame["wanted"], off),
    }
    if "month" not in context:
        context |= _warnings(runs)
    return render(request, "desk/plan_year.html", context)


def _month_of(
    request: HttpRequest, year: int, wanted: Mapping[str, str], off: Mapping[date, CalendarDay]
) -> dict[str, Any]:
    """The month that the address asks for: its runs with a bar each, forty a page."""
    sent, after = request.GET.get("month", ""), request.GET.get("after", "")
    if not (sent.isdigit() and 1 <= int(sent) <= LAST_MONTH):
        return {}
    first = date(year, int(sent), 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    begin = int(after) if after.isdigit() else 0
    cards = year_queries.cards_between(
        year, wanted, first=first, last=last, limit=LINES + 1, after=begin
    )
    return {
        "month": int(sent),
        "month_name": month_name(int(sent)),
        "lines": [_line(card, first) for card in cards[:LINES]],
        "next_after": begin + LINES if len(cards) > LINES else None,
        "days": [_day(first + timedelta(days=number), off) for number in range(last.day)],
        "width": last.day,
    }


def _line(card: Card, first: date) -> dict[str, Any]:
    days = [day.day - 1 for day in card.days if (day.year, day.month) == (first.year, first.month)]
    return {"card": card, "days": days}


def _day(day: date, off: Mapping[date, CalendarDay]) -> tuple[int, bool]:
    row = off.get(day)
    is_off = row.kind != CalendarDay.Kind.WORKED if row else day.weekday() >= SATURDAY
    return day.day - 1, is_off


def _warnings(runs: Mapping[int, tuple[str, str]]) -> dict[str, Any]:
    """Who and what is wanted twice, what lies on days off: the first, and how many there are."""
    keys = list(runs)
    clashes, off = bookings.clashes_among(keys), year_queries.off_days(keys)
    found = [key for key in keys if key in clashes or key in off]
    return {
        "warned": [
            (*runs[key], [one.sentence for one in (*clashes.get(key, ()), *off.get(key, ()))])
            for key in found[:WARNED]
        ],
        "warned_count": len(found),
    }


@require_safe
@at_desk(Right.READ_ALL)
def places(request: HttpRequest, year: int) -> HttpResponse:
    """Venues and trainers of the year, the most taken first."""
    rows = year_queries.used(year, limit=MOST)
    context = {
        **frame_of(request, year, "plan-places"),
        "venues": [row for row in rows if row["kind"] == "venue"],
        "trainers": [row for row in rows if row["kind"] == "trainer"],
    }
    return render(request, "desk/plan_places.html", context)


@require_safe
@at_desk(Right.READ_ALL)
def place(request: HttpRequest, year: int, kind: str, key: str) -> HttpResponse:
    """One venue or trainer: what is booked in each week of the year, and which weeks are free."""
    frame = frame_of(request, year, "plan-places")
    row = _named(kind, key)
    cards = year_queries.cards_between(
        year, {kind: key}, first=date(year, 1, 1), last=date(year, 12, 31), limit=MOST
    )
    off = days_apart(date(year - 1, 12, 25), date(year + 1, 1, 7))
    months = months_of(year, {}, off, cards)
    context = {
        **frame,
        "title": row.full_name
        if isinstance(row, Person)
        else pick(row.names, get_language() or "en").text,
        "before": reverse("enrollment:plan-place", args=[year - 1, kind, key]),
        "after": reverse("enrollment:plan-place", args=[year + 1, kind, key]),
        "months": months,
        "free": sum(not week.cards for month in months for week in month.weeks),
    }
    return render(request, "desk/plan_place.html", context)


def _named(kind: str, key: str) -> Venue | Person:
    row: Venue | Person | None
    if kind == "venue":
        row = Venue.objects.filter(code=key).first()
    else:
        row = Person.objects.filter(public_id=_uuid(key), teaching__isnull=False).first()
    if row is None:
        raise Missing("unknown_page", _("There is no such page."))
    return row


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Missing("unknown_page", _("There is no such page.")) from None
