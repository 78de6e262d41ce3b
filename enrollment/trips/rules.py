"""What a trip's paper says, until when it is needed, whether it still says what is true. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from academy.core import texts
from academy.core.working_days import WorkingCalendar
from enrollment.certificates.rules import period_in
from enrollment.trips.enums import TripAnswer, TripState
from enrollment.trips.phrases import PHRASES

ORDER_DAYS = 10
"""Working days that a court needs from the paper to the order and to tickets, before the departure.

The institution's own rule of thumb, not a norm: the sending office writes the order, its accountant
the advance.
"""

MATERIAL = ("court", "leaves_on", "returns_on", "first_day", "last_day", "place", "payer")
"""What an order repeats; when one of these changes, the order has to change."""


@dataclass(frozen=True, slots=True)
class Trip:
    """Who goes where, when and at whose cost, as it was known on one day."""

    person: str
    post: Mapping[str, str]
    court: Mapping[str, str]
    court_address: Mapping[str, str]
    title: Mapping[str, str]
    run_code: str
    first_day: date
    last_day: date
    leaves_on: date
    returns_on: date
    place: tuple[Mapping[str, str], ...]  # the house, its street, its city
    payer: str
    issuer: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """The trip as it is frozen on the paper."""
        days = ("first_day", "last_day", "leaves_on", "returns_on")
        told = asdict(self) | {name: getattr(self, name).isoformat() for name in days}
        return told | {"place": [dict(part) for part in self.place]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Trip":
        """The trip as it was frozen."""
        days = ("first_day", "last_day", "leaves_on", "returns_on")
        read = {name: date.fromisoformat(stored[name]) for name in days}
        return cls(**{**stored, **read, "place": tuple(stored["place"])})


def leaves_on(first_day: date, travel_days: int) -> date:
    """The day of departure: so many days of travel before the first day of training."""
    return first_day - timedelta(days=travel_days)


def returns_on(last_day: date, travel_days: int) -> date:
    """The day of return."""
    return last_day + timedelta(days=travel_days)


def needed_by(departure: date, calendar: WorkingCalendar) -> date:
    """The day on which a court must hold the paper, to order the trip in time."""
    return calendar.shift(departure, -ORDER_DAYS)


def still_says(paper: Trip, now: Trip) -> bool:
    """Whether the paper repeats the present facts in everything that an order rests on."""
    return all(getattr(paper, name) == getattr(now, name) for name in MATERIAL)


def state_of(paper: Trip | None, now: Trip | None, *, is_nearby: bool) -> TripState:
    """How a trip stands. Without dates or a place there are no present facts to agree with."""
    if paper is not None:
        return TripState.ISSUED if now and still_says(paper, now) else TripState.CHANGED
    return TripState.NEARBY if is_nearby else TripState.TO_PREPARE


def answer_on(*, is_current: bool, is_needed: bool, is_true: bool) -> TripAnswer:
    """What the check of a number says: of the newest revision, for who still has the place."""
    if not is_needed:
        return TripAnswer.ENDED
    return TripAnswer.HOLDS if is_current and is_true else TripAnswer.OUTDATED


def languages_on_paper() -> list[str]:
    """The languages of the service that the paper has words for, in their order."""
    return [language for language in texts.languages() if language in PHRASES]


def block_of(trip: Trip, language: str, *, issued_on: date, revision: int) -> dict[str, Any]:
    """What the paper says in one language, ready to be set: no rule is left to the template."""
    words = PHRASES[language]
    said = {name: texts.pick(getattr(trip, name), language).text for name in ("post", "court")}
    title = texts.pick(trip.title, language).text
    court = ", ".join(filter(None, (said["court"], texts.pick(trip.court_address, language).text)))
    place = ", ".join(filter(None, (texts.pick(part, language).text for part in trip.place)))
    facts = [
        [words.court, court],
        [words.person, trip.person],
        [words.post, said["post"]],
        [words.purpose, words.course.format(title=title)],
        [words.run, trip.run_code],
        [words.held, period_in(trip.first_day, trip.last_day, language)],
        [words.away, period_in(trip.leaves_on, trip.returns_on, language)],
        [words.place, place],
        [words.payer, words.payers[trip.payer]],
        [
            words.issued,
            f"{period_in(issued_on, issued_on, language)} · {words.revision} {revision}",
        ],
    ]
    return {
        "lang": language,
        "word": words.word,
        "issuer": texts.pick(trip.issuer, language).text,
        "statement": words.statement,
        "facts": [fact for fact in facts if fact[1]],
        "older": words.older if revision > 1 else "",
        "number": words.number,
        "check": words.check,
        "qr": words.qr,
    }
