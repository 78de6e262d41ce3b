"""The answer to a request for a place. Pure: facts in, decision out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from academy.core.errors import Refused
from courses.planning.enums import AHEAD, ASKING, EnrollmentMode
from courses.planning.rules import (
    Placement,
    Pool,
    Window,
    check_can_ask,
    is_short_notice,
    pools_for,
)
from enrollment.decisions.rules import Step, steps_for
from enrollment.seats.enums import Source, State
from enrollment.seats.rules import PriorityFact, priority_of

WITHDRAWABLE = frozenset(
    {State.REQUESTED, State.WAITLISTED, State.OFFERED, State.CONFIRMED, State.RECONFIRM}
)
INVITED_ONLY = frozenset({EnrollmentMode.NOMINATION, EnrollmentMode.INVITATION})


@dataclass(frozen=True, slots=True)
class AskingFacts:
    """Everything about run, person and post that the answer depends on."""

    run_id: int
    run_public_id: UUID
    mode: str
    is_limited: bool
    busy: str | None  # as the database writes a multirange
    time_zone: str
    holds_seat: bool  # while others decide
    waiting_list_is_full: bool
    window: Window
    person_id: int
    person_public_id: UUID
    has_left: bool
    appointment_id: int | None
    court_id: int | None
    court_parent_id: int | None
    is_head: bool
    placement: Placement
    pools: list[Pool]
    own_steps: list[Step] = field(default_factory=list)
    twin_state: str | None = None
    has_clash: bool = False
    teaches: bool = False
    previous_id: int | None = None
    short_notice_hours: int = 0
    nominees_answer: bool = False
    is_selected: bool = False  # mode selection: the pass was made, the rest is first come
    priority: list[PriorityFact] = field(default_factory=list)

    @property
    def class_and_reasons(self) -> tuple[int, list[str]]:
        """In which class the person is served, and by which rules."""
        return priority_of(self.priority)

    @property
    def is_gathering(self) -> bool:
        """Whether requests are gathered now and chosen from later."""
        return _gathers(self.mode, is_selected=self.is_selected)

    def is_short_notice(self, now: datetime) -> bool:
        """Whether who has not opted in would get no offer any more."""
        return is_short_notice(
            now=now, hours=self.short_notice_hours, starts_at=self.window.starts_at
        )

    @property
    def pool_ids(self) -> list[int]:
        """The pools that the person may draw from, most specific first."""
        return pools_for(self.placement, self.pools)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person says about later offers: "short notice is fine", "take it for me"."""

    short_notice: bool = False
    auto_accept: bool = False


NO_WISHES = Wishes()


class Answer(StrEnum):
    """What a request becomes, seats permitting."""

    SEAT = "seat"  # a seat now, else the waiting list
    DECISIONS = "decisions"  # others are asked first


def answer_to(
    facts: AskingFacts, *, source: Source, now: datetime, allow_clash: bool = False
) -> tuple[Answer, list[Step]]:
    """Decide what a request becomes, or refuse it with the reason that the person will read.

    The order of the checks is the order of what helps most to know: wrong person, wrong time,
    already in, busy elsewhere (unless the registrar allows that).
    """
    if facts.has_left:
        raise Refused("not_in_service", _("This person is no longer in service."))
    check_can_ask(facts.window, now=now)
    if facts.mode in INVITED_ONLY and source == Source.SELF:
        raise Refused("by_nomination_only", _("Places in this run are given by nomination."))
    if facts.teaches:
        raise Refused("teaches_this_run", _("Trainers of a run do not enrol in it."))
    if facts.twin_state is not None:
        raise Refused("already_enrolled", _("There is already an active enrolment in this run."))
    if facts.has_clash and not allow_clash:
        raise Refused(
            "clash",
            _("This run is held at the same time as another one in which a seat is held."),
        )
    steps = steps_for(facts.mode, facts.own_steps)
    if any(step.decider == "head" for step in steps) and facts.court_id is None:
        raise Refused(
            "no_post", _("This run needs the consent of a head of court; no post is on record.")
        )
    if steps or facts.is_gathering:
        return Answer.DECISIONS, steps
    return Answer.SEAT, []


def asks_the_nominee(facts: AskingFacts, source: Source) -> bool:
    """Whether a nominated person has still to accept the seat."""
    return source == Source.NOMINATION and facts.nominees_answer


class Gathering(Protocol):
    """What says whether a run still gathers requests."""

    enrollment_mode: str
    selected_at: datetime | None


def is_gathering(run: Gathering) -> bool:
    """Whether requests for this run are gathered, and chosen from on a later day."""
    return _gathers(run.enrollment_mode, is_selected=run.selected_at is not None)


def _gathers(mode: str, *, is_selected: bool) -> bool:
    return mode == EnrollmentMode.SELECTION and not is_selected


def check_waiting_list(*, is_full: bool) -> None:
    """Refuse to put one more person on a list that has reached its length."""
    if is_full:
        raise Refused("waiting_list_full", _("The waiting list of this run is full."))


def is_late(state: State, *, now: datetime, withdraw_until: datetime | None) -> bool:
    """Whether a promised seat is given up after the deadline: flagged, with a reason."""
    promised = state in {State.CONFIRMED, State.RECONFIRM}
    return promised and withdraw_until is not None and now > withdraw_until


def check_can_withdraw(
    state: State,
    *,
    now: datetime,
    run_state: str,
    starts_at: datetime | None,
    late: bool,
    reason: str,
) -> None:
    """Refuse a withdrawal after the start, or a late one without a reason."""
    if state not in WITHDRAWABLE:
        raise Refused("transition", _("This enrolment has already ended."))
    if run_state not in AHEAD or (starts_at is not None and now >= starts_at):
        raise Refused("run_has_started", _("The run has started; please speak to the trainer."))
    if late and not reason:
        raise Refused(
            "reason_needed",
            _("The withdrawal deadline has passed: please say why."),
            fields={"reason": [_("Please say why.")]},
        )


def check_reason(reason: str) -> None:
    """Refuse what the academy does to people or to a run without saying why."""
    if not reason:
        raise Refused("reason_needed", _("Please say why."))


def check_before(due_at: datetime | None, *, now: datetime) -> None:
    """Refuse an answer that comes after its deadline, even if no timer has looked yet."""
    if due_at is not None and now >= due_at:
        raise Refused("too_late", _("The time to answer has passed."))


@dataclass(frozen=True, slots=True)
class SelectionTerms:
    """How a selection is made: under which seed, by queue number or by lot, and what follows."""

    seed: int
    lot: bool = False  # a draw instead of the queue number
    offers: bool = False  # the chosen are asked to accept
    rejects_rest: bool = False  # the others are refused instead of waiting


@dataclass(frozen=True, slots=True)
class Candidate:
    """One gathered request, as far as the selection depends on it."""

    id: int
    priority_class: int
    served: int  # seats given in the last year
    queue_number: int
    draw: str
    pools: tuple[int, ...] = ()
    holds_seat: bool = False
    is_decided: bool = True
    has_clash: bool = False

    def key(self, *, lot: bool) -> tuple[object, ...]:
        """The published order; the draw settles what is still equal."""
        last = (self.draw,) if lot else (self.queue_number, self.draw)
        return (self.priority_class, self.served, *last)


@dataclass(frozen=True, slots=True)
class Choice:
    """What became of a candidate, in the order of the selection, and why."""

    id: int
    priority_class: int
    served: int
    queue_number: int
    draw: str
    is_chosen: bool
    reason: str


def choose(
    candidates: Iterable[Candidate], free: Mapping[int, int] | None, *, lot: bool = False
) -> list[Choice]:
    """Go through the candidates in the published order and give each the first seat they may have.

    `free` counts the free seats by pool (None: the run has no limit). A clash or an open decision
    passes somebody over; whoever keeps a seat meanwhile has it.
    """
    left = dict(free) if free is not None else None
    ordered = sorted(candidates, key=lambda one: one.key(lot=lot))
    return [_choice(one, _why_not_chosen(one, left)) for one in ordered]


def _why_not_chosen(one: Candidate, left: dict[int, int] | None) -> str:
    if not one.is_decided:
        return "undecided"
    if one.has_clash:
        return "clash"
    if one.holds_seat or left is None:
        return ""
    pool = next((pool for pool in one.pools if left.get(pool)), None)
    if pool is None:
        return "pool_exhausted" if any(left.values()) else "seats_gone"
    left[pool] -= 1
    return ""


def _choice(one: Candidate, why_not: str) -> Choice:
    return Choice(
        one.id,
        one.priority_class,
        one.served,
        one.queue_number,
        one.draw,
        is_chosen=not why_not,
        reason=why_not or "chosen",
    )


def check_can_select(
    mode: str, state: str, *, selected_at: datetime | None, closes_at: datetime, now: datetime
) -> None:
    """Refuse a selection in another mode, before the requests are in, or a second time."""
    if mode != EnrollmentMode.SELECTION:
        raise Refused("not_by_selection", _("Places in this run are not given by selection."))
    if selected_at is not None:
        raise Refused("selected_already", _("The selection for this run has been made."))
    if state not in ASKING:
        raise Refused("run_takes_nobody", _("This run is not open for enrolment."))
    if now < closes_at:
        raise Refused("still_gathering", _("Requests for this run are still being gathered."))
