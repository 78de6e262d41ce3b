"""Dates, times and numbers as people write them in their language (CLDR data of Babel)."""

from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Final, Literal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import (
    format_date,
    format_interval,
    format_skeleton,
    format_time,
    get_day_names,
    get_month_names,
)
from babel.numbers import format_decimal
from django.utils import timezone, translation

Style = Literal["short", "long", "full"]
"""`short` 24 Nov 2026, `long` 24 November 2026, `full` with the day of the week."""

_SHORT: Final = "yMMMd"  # a skeleton, like the spans: CLDR's "medium" writes 09 in some languages
_NARROW_SPACE: Final = "\u202f"
_THIN_SPACE: Final = "\u2009"
_NO_BREAK: Final = "\u00a0"


def locale() -> Locale:
    """The locale of the page's language. Plain English means day first and 24 hours, not US."""
    language = translation.get_language() or "en"
    try:
        return Locale.parse("en-GB" if language == "en" else language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en-GB", sep="-")


def local(moment: datetime, tz: tzinfo | None = None) -> datetime:
    """The moment on the clock of this zone (the current one by default); never a naive one."""
    if timezone.is_naive(moment):
        raise ValueError("A moment needs its time zone before it can be shown.")
    return moment.astimezone(tz or timezone.get_current_timezone())


def day(value: date, style: Style = "long") -> str:
    """A date in words."""
    if style == "short":
        return _tidy(format_skeleton(_SHORT, value, locale=locale()))
    return _tidy(format_date(value, style, locale=locale()))


def clock(moment: datetime) -> str:
    """Hours and minutes of a local moment."""
    return _tidy(format_time(moment, "short", tzinfo=moment.tzinfo, locale=locale()))


def moment(value: datetime, zone: str) -> str:
    """A day and an hour on the clock of a zone, as plain text for the inside of a sentence."""
    there = local(value, ZoneInfo(zone))
    return f"{day(there)}, {clock(there)}{_NO_BREAK}{offset(there)}"


def days(first: date, last: date) -> str:
    """A span of days, written once where they share month or year: 24–26 Nov 2026."""
    if first == last:
        return day(first, "short")
    return _tidy(str(format_interval(first, last, _SHORT, locale=locale())))


def month(value: date) -> str:
    """A month with its year: March 2027."""
    return _tidy(format_skeleton("yMMMM", value, locale=locale()))


def month_name(number: int, *, is_short: bool = False) -> str:
    """A month by its number, as it stands alone: March, or Mar."""
    names = get_month_names("abbreviated" if is_short else "wide", "stand-alone", locale())
    return str(names[number])


def days_of_year(first: date, last: date) -> str:
    """A span of days of a year that stands above it: 24–26 Nov."""
    if first == last:
        return _tidy(format_skeleton("MMMd", first, locale=locale()))
    return _tidy(str(format_interval(first, last, "MMMd", locale=locale())))


def weekdays() -> list[tuple[int, str, str]]:
    """The days of the week as the language begins it: number (Monday is 0), short and full name."""
    first = locale().first_week_day
    short = get_day_names("abbreviated", "stand-alone", locale())
    full = get_day_names("wide", "stand-alone", locale())
    order = [(first + step) % 7 for step in range(7)]
    return [(number, short[number], full[number]) for number in order]


def offset(moment: datetime) -> str:
    """The distance from UTC, which tells people in two zones the same: UTC+5, UTC+5:30."""
    shift = moment.utcoffset()
    minutes = int(shift.total_seconds() // 60) if shift is not None else 0
    hours, rest = divmod(abs(minutes), 60)
    sign = "\u2212" if minutes < 0 else "+"
    return "UTC" + (f"{sign}{hours}" if minutes else "") + (f":{rest:02}" if rest else "")


def number(value: float | Decimal) -> str:
    """A number with the separators of the language, as many decimals as it has (at most three)."""
    return _tidy(format_decimal(value, locale=locale()))


def _tidy(text: str) -> str:
    """CLDR's narrow spaces are missing from older system fonts: no-break ones read alike."""
    return text.replace(_NARROW_SPACE, _NO_BREAK).replace(_THIN_SPACE, _NO_BREAK)
