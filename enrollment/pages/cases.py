"""An enrolment as pages show it: its sentences, its places and times in words, what can be done."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import translation

from academy.core.texts import Picked, pick
from academy.web import dates
from courses.planning.enums import AHEAD, NoAnswer, RunState
from enrollment.attendance.rules import may_mark_from
from enrollment.certificates.models import Certificate
from enrollment.pages.sentences import Case, Said, said
from enrollment.requests.own_queries import OwnEnrollment
from enrollment.seats.enums import HOLDING, Source, State

OVER = frozenset({RunState.FINISHED, RunState.FINALISED, RunState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Shown:
    """One enrolment on a page."""

    own: OwnEnrollment
    said: Said
    title: Picked
    can_answer: str  # "accept" or "confirm" when an answer is waited for
    can_withdraw: bool
    shows_link: bool
    has_certificate: bool
    can_check_in: bool


def shown(own: OwnEnrollment, now: datetime, *, came_from: str = "") -> Shown:
    """The enrolment in words, as of now."""
    has_begun = own.starts_at is not None and now >= own.starts_at
    answers = {State.OFFERED: "accept", State.RECONFIRM: "confirm"}
    in_time = own.due_at is None or now < own.due_at
    return Shown(
        own=own,
        said=said(case_of(own, now, came_from)),
        title=pick(own.title, _language()),
        can_answer=answers.get(State(own.state), "") if in_time else "",
        can_withdraw=own.is_active and not has_begun and own.run_state in AHEAD,
        shows_link=bool(own.link) and own.state in HOLDING and own.run_state not in OVER,
        has_certificate=own.certificate_state == Certificate.State.VALID,
        can_check_in=own.state == State.CONFIRMED
        and own.next_starts_at is not None
        and may_mark_from(own.next_starts_at) <= now,
    )


def case_of(own: OwnEnrollment, now: datetime, came_from: str = "") -> Case:
    """The facts of the sentences, moments in words on the run's clock."""
    last = min(filter(None, (own.promote_until, own.starts_at)), default=None)
    return Case(
        state=own.state,
        asked=_moment(own.created_at, own),
        due=_moment(own.due_at, own),
        starts=_moment(own.starts_at, own),
        place=own.queue_place,
        last_offer=_moment(last, own),
        auto_accept=own.auto_accept,
        silence_keeps=own.no_answer == NoAnswer.KEEP,
        withdraw_until=_moment(own.withdraw_until, own),
        may_withdraw_freely=own.withdraw_until is None or now <= own.withdraw_until,
        run_state=own.run_state,
        came_from=came_from,
        nominated=own.source == Source.NOMINATION,
        end_reason=own.end_reason,
        cancel_reason=own.cancel_reason,
        is_late=own.is_late,
        step_kind=own.step_kind or "",
        step_decider=own.step_decider or "",
        step_due=_moment(own.step_due_at, own),
        step_silence=own.step_silence or "",
        court=pick(own.step_court, _language()).text,
        outcome=own.outcome or "",
        has_certificate=own.certificate_state == Certificate.State.VALID,
    )


def _moment(value: datetime | None, own: OwnEnrollment) -> str:
    return dates.moment(value, own.time_zone) if value else ""


def _language() -> str:
    return translation.get_language() or "en"
