"""A year in weeks: how many runs meet in each, by region, with the days on which nobody works."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from academy.core.texts import pick
from academy.courts.models import CalendarDay
from academy.web import dates
from courses.planning.year_queries import Card, Week

WEEK = timedelta(weeks=1)
SHADES = 4


@dataclass(frozen=True, slots=True)
class WeekLine:
    """One week of a month's list; `share` is its part of the fullest week, from 0 to 100."""

    monday: date
    number: int
    words: str
    runs: int
    share: int
    off: list[str]
    cards: Sequence[Card] = ()


@dataclass(frozen=True, slots=True)
class Month:
    """A month with the weeks that begin in it; the first one takes the week of New Year, too."""

    number: int
    name: str
    weeks: list[WeekLine]
    runs: int


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One region: a number and a shade per week."""

    name: str
    cells: list[tuple[int, int]]


@dataclass(slots=True)
class Heat:
    """Regions by weeks."""

    months: list[tuple[int, str, int]] = field(default_factory=list)  # number, name, weeks
    weeks: list[tuple[int, str]] = field(default_factory=list)  # number, the days off in it
    rows: list[HeatRow] = field(default_factory=list)


def mondays_of(year: int) -> list[date]:
    """The Mondays of the weeks in which the days of a year lie."""
    first = date(year, 1, 1)
    monday = first - timedelta(days=first.weekday())
    found = []
    while monday.year <= year:
        found.append(monday)
        monday += WEEK
    return found


def months_of(
    year: int,
    met: Mapping[date, int],
    off: Mapping[date, CalendarDay],
    cards: Iterable[Card] = (),
) -> list[Month]:
    """Twelve lists of weeks: the runs that meet in each (or these cards), the days off by name."""
    most = max([*met.values(), 1])
    by_week: dict[date, list[Card]] = {}
    for card in cards:
        for monday in sorted({day - timedelta(days=day.weekday()) for day in card.days}):
            by_week.setdefault(monday, []).append(card)
    lines: dict[int, list[WeekLine]] = {number: [] for number in range(1, 13)}
    for monday in mondays_of(year):
        runs = met.get(monday, 0)
        lines[_month(monday, year)].append(
            WeekLine(
                monday,
                monday.isocalendar().week,
                dates.days_of_year(monday, monday + timedelta(days=6)),
                runs,
                round(100 * runs / most),
                off_in(monday, off),
                by_week.get(monday, ()),
            )
        )
    return [
        Month(number, month_name(number), weeks, sum(week.runs for week in weeks))
        for number, weeks in lines.items()
    ]


def off_in(monday: date, off: Mapping[date, CalendarDay]) -> list[str]:
    """The days of a week that differ from Monday to Friday, as words."""
    spoken = translation.get_language() or "en"
    found = []
    for number in range(7):
        day = monday + timedelta(days=number)
        row = off.get(day)
        if row is not None:
            worked = row.kind == CalendarDay.Kind.WORKED
            name = pick(row.names, spoken).text or (_("working day") if worked else _("day off"))
            found.append(f"{dates.days_of_year(day, day)}: {name}")
    return found


def halves_of(year: int, weeks: Sequence[Week], off: Mapping[date, CalendarDay]) -> list[Heat]:
    """The two halves of a year as tables of regions by weeks, so that each fits on a screen.

    Shades are equal steps up to the fullest cell of the year.
    """
    most = max([*(len(week.runs) for week in weeks), 1])
    return [_heat(year, half, weeks, off, most) for half in (range(1, 7), range(7, 13))]


def _heat(
    year: int, half: range, weeks: Sequence[Week], off: Mapping[date, CalendarDay], most: int
) -> Heat:
    mondays = [monday for monday in mondays_of(year) if _month(monday, year) in half]
    heat = Heat(weeks=[(one.isocalendar().week, ", ".join(off_in(one, off))) for one in mondays])
    for number in half:
        span = sum(_month(monday, year) == number for monday in mondays)
        heat.months.append((number, month_name(number), span))
    regions = {week.region: week.names for week in weeks}
    counts = {(week.region, week.monday): len(week.runs) for week in weeks}
    for region in sorted(regions, key=lambda code: (code is None, code or "")):
        numbers = [counts.get((region, monday), 0) for monday in mondays]
        cells = [(number, -(-SHADES * number // most)) for number in numbers]
        names = regions[region]
        spoken = translation.get_language() or "en"
        name = pick(names, spoken).text if names else _("Online or without a region")
        heat.rows.append(HeatRow(name, cells))
    return heat


def met_in(weeks: Sequence[Week]) -> dict[date, int]:
    """How many runs meet in each week, in all regions together."""
    found: dict[date, set[str]] = {}
    for week in weeks:
        found.setdefault(week.monday, set()).update(week.runs)
    return {monday: len(runs) for monday, runs in found.items()}


def month_name(number: int) -> str:
    """A month's name, to begin a line."""
    return capfirst(dates.month_name(number))


def _month(monday: date, year: int) -> int:
    return monday.month if monday.year == year else 1
