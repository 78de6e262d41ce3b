"""Every transition of an enrolment, as one table; nothing else moves a state. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from academy.core.errors import Refused
from enrollment.seats.enums import FIRST_CLASS, HOLDING, STANDARD_CLASS, State


class By(StrEnum):
    """Who can bring a transition about."""

    PERSON = "person"
    DECIDER = "decider"
    QUEUE = "queue"
    TIMER = "timer"
    ACADEMY = "academy"


@dataclass(frozen=True, slots=True)
class Transition:
    """One arrow of the state machine; `source` empty means that the row begins here."""

    code: str
    source: State | None
    target: State
    by: tuple[By, ...]
    guard: str


TRANSITIONS: tuple[Transition, ...] = (
    Transition("T1", None, State.REQUESTED, (By.PERSON, By.ACADEMY), "a decision is needed"),
    Transition(
        "T2", None, State.CONFIRMED, (By.PERSON, By.ACADEMY), "a seat is free, nobody waits for it"
    ),
    Transition(
        "T2", None, State.OFFERED, (By.ACADEMY,), "nominated, a seat is free, the person is asked"
    ),
    Transition("T3", None, State.WAITLISTED, (By.PERSON, By.ACADEMY), "no seat, or somebody waits"),
    Transition(
        "T7",
        State.REQUESTED,
        State.CONFIRMED,
        (By.DECIDER, By.TIMER),
        "all consents given, seat free",
    ),
    Transition(
        "T7",
        State.REQUESTED,
        State.OFFERED,
        (By.DECIDER, By.ACADEMY),
        "as above, and the person is asked whether to accept",
    ),
    Transition(
        "T8",
        State.REQUESTED,
        State.WAITLISTED,
        (By.DECIDER, By.TIMER),
        "all consents given, no seat",
    ),
    Transition(
        "T9",
        State.REQUESTED,
        State.REJECTED,
        (By.DECIDER, By.ACADEMY),
        "a consent or the ruling is refused, or others were selected",
    ),
    Transition(
        "T10", State.REQUESTED, State.EXPIRED, (By.TIMER,), "nobody answered and silence refuses"
    ),
    Transition(
        "T11",
        State.WAITLISTED,
        State.OFFERED,
        (By.QUEUE, By.ACADEMY),
        "a seat came free before the cut-off",
    ),
    Transition(
        "T12",
        State.WAITLISTED,
        State.CONFIRMED,
        (By.QUEUE, By.ACADEMY),
        "a seat came free, seats are given at once",
    ),
    Transition("T13", State.WAITLISTED, State.EXPIRED, (By.TIMER,), "the list closed"),
    Transition("T14", State.OFFERED, State.CONFIRMED, (By.PERSON,), "before the offer ends"),
    Transition("T15", State.OFFERED, State.EXPIRED, (By.TIMER,), "the offer ended"),
    Transition("T16", State.OFFERED, State.WITHDRAWN, (By.PERSON,), "always"),
    Transition("T16", State.REQUESTED, State.WITHDRAWN, (By.PERSON,), "always"),
    Transition("T16", State.WAITLISTED, State.WITHDRAWN, (By.PERSON,), "always"),
    Transition(
        "T17", State.CONFIRMED, State.RECONFIRM, (By.ACADEMY,), "date, place or mode changed"
    ),
    Transition(
        "T18",
        State.RECONFIRM,
        State.CONFIRMED,
        (By.PERSON, By.TIMER),
        "before the deadline, or the run keeps the seats of who is silent",
    ),
    Transition(
        "T18",
        State.RECONFIRM,
        State.WITHDRAWN,
        (By.PERSON, By.TIMER),
        "declined, or no answer in time",
    ),
    Transition(
        "T19",
        State.CONFIRMED,
        State.TRANSFERRED,
        (By.PERSON, By.ACADEMY),
        "the other run takes the person",
    ),
    Transition(
        "T19",
        State.RECONFIRM,
        State.TRANSFERRED,
        (By.PERSON, By.ACADEMY),
        "the other run takes the person",
    ),
    Transition(
        "T20",
        State.CONFIRMED,
        State.WITHDRAWN,
        (By.PERSON,),
        "before the start; late ones are flagged",
    ),
    *(
        Transition("T21", source, State.CANCELLED, (By.ACADEMY,), "a reason is given")
        for source in (
            State.REQUESTED,
            State.WAITLISTED,
            State.OFFERED,
            State.CONFIRMED,
            State.RECONFIRM,
        )
    ),
    Transition(
        "T22",
        State.CONFIRMED,
        State.CLOSED,
        (By.ACADEMY,),
        "the run is finished and every session marked",
    ),
)

_ALLOWED = {(row.source, row.target) for row in TRANSITIONS}


def check_transition(source: State | None, target: State) -> None:
    """Refuse a transition that is not in the table: an ended row never revives."""
    if (source, target) not in _ALLOWED:
        raise Refused(
            "transition",
            _("This is not possible any more: the enrolment is now “%(state)s”.")
            % {"state": source.label if source else ""},
        )


def frees_a_seat(source: State, target: State) -> bool:
    """Whether the seat goes back to its pool: left, and not spent by a frozen outcome."""
    return source in HOLDING | {State.REQUESTED} and target not in HOLDING | {State.CLOSED}


MOST_LAPSES = 3
"""Who let so many offers lapse is not put on the list once more: the seat would only go round."""


@dataclass(frozen=True, slots=True)
class PriorityFact:
    """A published rule, and whether what it is about is true of this person now."""

    code: str
    kind: str
    step: int
    holds: bool


def priority_of(facts: Iterable[PriorityFact]) -> tuple[int, list[str]]:
    """The class in which somebody is served, and the rules that led to it.

    Each rule that holds puts the person its step ahead of the ordinary class; several add up, never
    beyond the first class. Both are frozen when the person asks.
    """
    held = sorted((fact for fact in facts if fact.holds), key=lambda fact: (-fact.step, fact.code))
    ahead = sum(fact.step for fact in held)
    return max(FIRST_CLASS, STANDARD_CLASS - ahead), [fact.code for fact in held]


EVENT_TYPES: dict[State, str] = {state: f"enrollment.{state.value}" for state in State}
"""One event per transition, named after the state reached."""
