"""What a certificate's paper says, frozen when it is issued, and how a serial is read. Pure."""

import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from academy.core import texts
from enrollment.certificates.enums import Answer
from enrollment.certificates.phrases import PHRASES, Phrases
from enrollment.credits.rules import academic_hour, hours_of
from enrollment.credits.terms import add_months

SERIAL_LETTERS = frozenset(string.ascii_uppercase + "234567")
SERIAL_LENGTH = 26
GROUP = 4


@dataclass(frozen=True, slots=True)
class Length:
    """How long a course was: academic hours of so many minutes, or days."""

    amount: Decimal
    minutes_per_hour: int | None  # empty: the amount is days


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything that the paper shows, as it was on the day of issue, and nothing besides.

    The public check shows no more than this. Titles and names keep all their languages; `languages`
    are those of the paper, in its order. Who taught is not on it.
    """

    person: str
    course_code: str
    title: Mapping[str, str]
    run_code: str
    first_day: date
    last_day: date
    length: Length
    issuer: Mapping[str, str]
    issued_on: date
    languages: tuple[str, ...]
    valid_until: date | None = None  # the last day; empty: for ever

    def as_json(self) -> dict[str, Any]:
        """The paper as it is stored."""
        return {
            "person": self.person,
            "course": {"code": self.course_code, "title": dict(self.title)},
            "run": {
                "code": self.run_code,
                "first_day": self.first_day.isoformat(),
                "last_day": self.last_day.isoformat(),
            },
            "length": {
                "amount": str(self.length.amount),
                "minutes_per_hour": self.length.minutes_per_hour,
            },
            "issuer": dict(self.issuer),
            "issued_on": self.issued_on.isoformat(),
            "languages": list(self.languages),
            "valid_until": self.valid_until.isoformat() if self.valid_until else None,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Paper":
        """The paper as it was frozen."""
        course, run, length = stored["course"], stored["run"], stored["length"]
        return cls(
            person=stored["person"],
            course_code=course["code"],
            title=course["title"],
            run_code=run["code"],
            first_day=date.fromisoformat(run["first_day"]),
            last_day=date.fromisoformat(run["last_day"]),
            length=Length(Decimal(length["amount"]), length["minutes_per_hour"]),
            issuer=stored["issuer"],
            issued_on=date.fromisoformat(stored["issued_on"]),
            languages=tuple(stored["languages"]),
            valid_until=date.fromisoformat(until) if (until := stored.get("valid_until")) else None,
        )


def valid_until(last_day: date, months: int | None) -> date | None:
    """The last day on which a certificate holds: so many months after the run's last day.

    Counted from the run and not from the issue, so that a paper that replaces another one holds as
    long as that would have.
    """
    return add_months(last_day, months) if months else None


def answer_on(state: str, until: date | None, day: date) -> Answer:
    """What the public check says on that day. What was revoked or replaced does not expire."""
    if state == Answer.VALID and until is not None and day > until:
        return Answer.EXPIRED
    return Answer(state)


def state_at(state: str, expires_at: datetime | None, now: datetime) -> str:
    """The same of a row at a moment."""
    is_over = expires_at is not None and expires_at < now
    return Answer.EXPIRED.value if state == Answer.VALID and is_over else state


def length_on_paper(
    *,
    hours: Decimal | None,
    days: Decimal | None,
    minutes_per_hour: int | None,
    minutes_held: int,
    was_cut: bool,
) -> Length:
    """The length that the institution can vouch for.

    What the course says of itself, in hours or else in days. When sessions fell out, or the course
    publishes no length, it is what was held: a paper never promises more than took place.
    """
    per_hour = academic_hour(minutes_per_hour)
    if hours is not None and not was_cut:
        return Length(hours, per_hour)
    if days is not None and not was_cut:
        return Length(days, None)
    return Length(hours_of(minutes_held, per_hour), per_hour)


def wordless(languages: tuple[str, ...]) -> list[str]:
    """The languages that a certificate is asked in but has no words for."""
    return [language for language in languages if language not in PHRASES]


def as_serial(typed: str) -> str | None:
    """The serial as stored, from what a person typed or a link carried; none if it cannot be one.

    Serials hold no zero, one, eight or nine, so a zero read off paper can only be an O and an eight
    a B. Spaces and hyphens are those of the printed groups.
    """
    letters = "".join(typed.split()).replace("-", "").upper().translate({48: "O", 56: "B"})
    return letters if len(letters) == SERIAL_LENGTH and set(letters) <= SERIAL_LETTERS else None


def in_groups(serial: str) -> str:
    """The serial as printed: groups of four, so that it survives being typed."""
    return "-".join(serial[place : place + GROUP] for place in range(0, len(serial), GROUP))


def column_of(paper: Paper, language: str) -> dict[str, Any]:
    """What the paper says in one language, ready to be set: no rule is left to the template."""
    words, until = PHRASES[language], paper.valid_until
    title = texts.pick(paper.title, language)
    issuer = texts.pick(paper.issuer, language)
    return {
        "lang": language,
        "word": words.word,
        "statement": words.statement,
        "title": words.quotes[0] + title.text + words.quotes[1],
        "title_lang": title.language,
        "issuer": issuer.text,
        "issuer_lang": issuer.language,
        "facts": [
            [words.period, period_in(paper.first_day, paper.last_day, language)],
            [words.length, length_in(paper.length, language)],
            [words.run, paper.run_code],
            [words.issued, period_in(paper.issued_on, paper.issued_on, language)],
            *([[words.until, period_in(until, until, language)]] if until else []),
        ],
        "number": words.number,
        "check": words.check,
        "qr": words.qr,
    }


def said(paper: Paper, language: str) -> dict[str, str]:
    """What a reader finds on the paper in one language, by what it is about; not the day of issue,
    which a replacement never shares.
    """
    until = paper.valid_until
    return {
        "person": paper.person,
        "title": texts.pick(paper.title, language).text,
        "period": period_in(paper.first_day, paper.last_day, language),
        "length": length_in(paper.length, language),
        "issuer": texts.pick(paper.issuer, language).text,
        "until": period_in(until, until, language) if until else "",
    }


def differences(old: Paper, new: Paper, language: str) -> list[tuple[str, str, str]]:
    """What a new paper says otherwise: about what, as it was, as it is.

    In the reader's language, or in the first of the paper's in which the two differ.
    """
    found: dict[str, tuple[str, str]] = {}
    for each in (language, *new.languages):
        if each in PHRASES:
            was, now = said(old, each), said(new, each)
            for name in was.keys() - found.keys():
                if was[name] != now[name]:
                    found[name] = was[name], now[name]
    return [(name, *found[name]) for name in said(new, new.languages[0]) if name in found]


def period_in(first: date, last: date, language: str) -> str:
    """A day or a span of days in words; a month or a year that they share is said once."""
    words = PHRASES[language]
    if first.year != last.year:
        return f"{period_in(first, first, language)} – {period_in(last, last, language)}"
    days = _day(last, language)
    if first.month != last.month:
        days = f"{_day(first, language)} – {days}"
    elif first != last:
        days = f"{first.day}–{days}"
    return words.year.format(days=days, year=last.year)


def _day(day: date, language: str) -> str:
    return format_date(day, "d MMMM", locale=language)


def length_in(length: Length, language: str) -> str:
    """A length in words, with the plural that the language wants."""
    words = PHRASES[language]
    forms = words.days if length.minutes_per_hour is None else words.hours
    return _counted(words, forms, length, language)


def _counted(words: Phrases, forms: Mapping[str, str], length: Length, language: str) -> str:
    amount = length.amount.normalize()
    if amount == amount.to_integral_value():
        amount = amount.quantize(Decimal(1))
    form = words.counted(forms, Locale.parse(language).plural_form(amount))
    return form.format(
        count=format_decimal(amount, locale=language), minutes=length.minutes_per_hour
    )
