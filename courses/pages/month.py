"""The runs of one month as a calendar: weeks as rows, days as columns."""

from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from academy.core import clock, texts
from academy.core.texts import Picked
from academy.courts.models import CalendarDay
from academy.courts.queries import days_apart
from academy.web import dates
from academy.web.states import look
from courses.pages import forms
from courses.pages.words import spoken
from courses.search.queries import MonthRun, find_runs
from courses.search.rules import SearchRequest

YEARS = range(2000, 2100)


@dataclass(frozen=True, slots=True)
class Meeting:
    """A run on one of its days."""

    title: Picked
    url: str
    time: str  # of the first day; later ones may begin at another hour
    state: str


@dataclass(frozen=True, slots=True)
class Day:
    """One square of the calendar; a day of a neighbouring month is left empty."""

    date: date
    words: str
    is_outside: bool
    is_today: bool
    note: str
    meetings: list[Meeting] = field(default_factory=list)


def shown(asked: SearchRequest, sent: QueryDict) -> dict[str, Any]:
    """The month in the address, or the present one, with the ways to its neighbours."""
    today = clock.now().astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    first = _month(sent.get("month", "")) or today.replace(day=1)
    page = find_runs(asked, first)
    return {
        "page": page,
        "month": first.strftime("%Y-%m"),
        "month_title": capfirst(dates.month(first)),
        "weekdays": dates.weekdays(),
        "weeks": _weeks(first, page.runs, today),
        "before": _neighbour(sent, first - timedelta(days=1), first.year),
        "after": _neighbour(sent, first + timedelta(days=31), first.year),
        **forms.narrowing(page.facets, sent, folded=True),
    }


def _month(written: str) -> date | None:
    """The first day of the month written as 2027-03; nothing for anything else."""
    try:
        first = datetime.strptime(written, "%Y-%m").date()  # noqa: DTZ007
    except ValueError:
        return None
    return first if first.year in YEARS else None


def _neighbour(sent: QueryDict, day: date, shown: int) -> dict[str, str]:
    """The way to a month; its year is said where it is not the one that is shown."""
    url = forms.address(sent, month=day.strftime("%Y-%m"))
    label = dates.month_name(day.month) if day.year == shown else dates.month(day)
    return {"url": url, "label": capfirst(label)}


def _weeks(first: date, runs: Sequence[MonthRun], today: date) -> list[list[Day]]:
    first_weekday = dates.weekdays()[0][0]
    grid = Calendar(first_weekday).monthdatescalendar(first.year, first.month)
    apart = days_apart(grid[0][0], grid[-1][-1])
    meetings: dict[date, list[Meeting]] = {}
    for run in runs:
        for day in run.days:
            meetings.setdefault(day, []).append(_meeting(run, day))
    return [
        [
            Day(
                date=day,
                words=capfirst(dates.day(day, "full")),
                is_outside=day.month != first.month,
                is_today=day == today,
                note=_note(apart.get(day)),
                meetings=meetings.get(day, []),
            )
            for day in week
        ]
        for week in grid
    ]


def _meeting(run: MonthRun, day: date) -> Meeting:
    start = dates.local(run.starts_at, ZoneInfo(run.time_zone))
    return Meeting(
        title=run.title,
        url=reverse("courses:course", args=[run.course]),
        time=dates.clock(start) if start.date() == day else _("continues"),
        state=_state(run),
    )


def _state(run: MonthRun) -> str:
    if run.is_open:
        return _("waiting list") if run.is_full else _("enrolment is open")
    return str(look("run", run.state).label)


def _note(day: CalendarDay | None) -> str:
    """What the working calendar says of a day that is not like its weekday."""
    if day is None:
        return ""
    kind = _("Working day") if day.kind == CalendarDay.Kind.WORKED else _("Day off")
    name = texts.pick(day.names, spoken()).text
    return f"{kind}: {name}" if name else kind
