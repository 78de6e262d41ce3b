"""Who may move a seat, to where and until when. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from academy.core.errors import Refused
from courses.planning.enums import AHEAD, ASKING
from enrollment.seats.enums import Source, State

BY_ACADEMY = frozenset({Source.REGISTRAR, Source.SYSTEM, Source.IMPORT})
PROMISED = frozenset({State.CONFIRMED, State.RECONFIRM})


class _Run(Protocol):
    state: str
    starts_at: datetime | None
    promote_until: datetime | None


class _Row(Protocol):
    state: str

    @property
    def run(self) -> _Run: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """What a move depends on: the row, its run, and what was said."""

    state: str
    run_state: str
    starts_at: datetime | None
    promote_until: datetime | None
    late: bool
    reason: str


def standing_of(row: _Row, *, late: bool, reason: str) -> Standing:
    """The facts of a row that is to be moved."""
    run = row.run
    return Standing(row.state, run.state, run.starts_at, run.promote_until, late, reason)


def check_can_move(standing: Standing, *, same_run: bool, same_course: bool, now: datetime) -> None:
    """Refuse to move what is no promised seat, what has begun, or to somewhere else entirely."""
    _check_promised(standing, now=now)
    if same_run:
        raise Refused("same_run", _("This is the run in which the seat is held already."))
    if not same_course:
        raise Refused("other_course", _("A seat is moved between runs of one course only."))
    if standing.late and not standing.reason:
        raise Refused(
            "reason_needed",
            _("The withdrawal deadline has passed: please say why."),
            fields={"reason": [_("Please say why.")]},
        )


def _check_promised(standing: Standing, *, now: datetime) -> None:
    if standing.state not in PROMISED:
        raise Refused("transition", _("Only a confirmed seat can be passed on."))
    begun = standing.starts_at is not None and now >= standing.starts_at
    if standing.run_state not in AHEAD or begun:
        raise Refused("run_has_started", _("The run has started; please speak to the trainer."))


def check_can_substitute(standing: Standing, *, now: datetime) -> datetime:
    """Until when a colleague may take over the seat; refuses when that is over."""
    _check_promised(standing, now=now)
    moments = [one for one in (standing.promote_until, standing.starts_at) if one is not None]
    if not moments:
        raise Refused("run_has_no_dates", _("A postponed run needs new dates first."))
    if now >= min(moments):
        raise Refused("too_late", _("It is too late for somebody else to take the seat."))
    return min(moments)


def is_promised(standing: Standing, *, now: datetime) -> bool:
    """Whether there is a seat that could still be passed on."""
    return _allows(lambda: _check_promised(standing, now=now))


def can_substitute(standing: Standing, *, now: datetime) -> bool:
    """Whether a colleague may still take over the seat."""
    return _allows(lambda: check_can_substitute(standing, now=now))


def _allows(check: Callable[[], object]) -> bool:
    try:
        check()
    except Refused:
        return False
    return True


def check_without_decision(*, by_academy: bool, reason: str) -> None:
    """Refuse to pass by those who decide, except for the academy with a reason."""
    if not by_academy:
        raise Refused(
            "decisions_needed",
            _("This run needs a decision first: ask for a place there, then withdraw here."),
        )
    if not reason:
        raise Refused(
            "reason_needed", _("Please say why."), fields={"reason": [_("Please say why.")]}
        )


def check_colleague(*, court_id: int | None, their_court_id: int | None, by_academy: bool) -> None:
    """Refuse a substitute from elsewhere whom the holder names; the academy may name anyone."""
    if not by_academy and (court_id is None or court_id != their_court_id):
        raise Refused("other_court", _("A substitute is named from the own court."))


def check_can_join(
    *, same_run: bool, same_course: bool, source_state: str, target_state: str
) -> None:
    """Refuse to bring together what is one already, is not the same course, or has begun."""
    if same_run:
        raise Refused("same_run", _("Choose another run."))
    if not same_course:
        raise Refused("other_course", _("A seat is moved between runs of one course only."))
    if source_state not in AHEAD or target_state not in ASKING:
        raise Refused("run_state", _("Both runs must still be ahead, and the other one open."))
