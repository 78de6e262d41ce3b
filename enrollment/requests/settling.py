"""What follows from the decisions on a request: a seat, the queue, or the end."""

from datetime import datetime

from academy.core.actor import Actor
from courses.planning import seat_rows
from courses.planning.enums import NoAnswer
from courses.planning.models import Run
from enrollment.decisions import actions as decisions
from enrollment.decisions.rules import Verdict, verdict
from enrollment.requests import rules
from enrollment.seats import actions as seats, queue
from enrollment.seats.enums import Source, State
from enrollment.seats.models import Enrollment

NO_ANSWER = "no_answer"


def settle(
    enrollment: Enrollment, *, actor: Actor, at: datetime, reason: str = "", silent: bool = False
) -> None:
    """Draw the conclusion from the decisions on a request; the run's lock is held alone.

    Refused: it ends. All given: the seat kept meanwhile, else a free one if nobody waits ahead,
    else the waiting list under the number that was drawn when the request came in, so ahead of
    everyone who asked later. Opinions still open by then are no longer needed.
    """
    if enrollment.state != State.REQUESTED:
        return
    match verdict(enrollment.decisions.values_list("kind", "state")):
        case Verdict.NO:
            target = State.EXPIRED if silent else State.REJECTED
            seats.move(enrollment, target, actor=actor, at=at, reason=reason)
            decisions.close_open_steps(enrollment, actor=actor, at=at)
            queue.promote(enrollment.run, cause="decided", actor=actor, at=at)
        case Verdict.YES if rules.is_gathering(enrollment.run):
            pass  # waits with the others for the day of the selection
        case Verdict.YES:
            _seat_or_queue(enrollment, actor=actor, at=at)
            decisions.close_open_steps(enrollment, actor=actor, at=at)
        case Verdict.PENDING:
            pass


def call_off(
    enrollment: Enrollment, *, reason: str, actor: Actor, at: datetime, note: str = ""
) -> None:
    """The academy ends one enrolment: nothing is left to decide, the seat goes to the queue (T21).

    The run's lock is held alone.
    """
    seats.move(enrollment, State.CANCELLED, actor=actor, at=at, reason=reason, note=note)
    decisions.close_open_steps(enrollment, actor=actor, at=at)
    queue.promote(enrollment.run, cause="cancelled", actor=actor, at=at)


def unanswered(enrollment: Enrollment, *, actor: Actor, at: datetime) -> None:
    """Somebody did not say in time whether they still come after a change of the run (T18).

    As the run has it, the seat goes or stays; never into a clash that the move made.
    """
    keeps = enrollment.run.no_answer == NoAnswer.KEEP and not queue.clashes_of(enrollment)
    if keeps:
        queue.allow_clashes(enrollment, [])
    target = State.CONFIRMED if keeps else State.WITHDRAWN
    seats.move(enrollment, target, actor=actor, at=at, reason=NO_ANSWER)


def _seat_or_queue(enrollment: Enrollment, *, actor: Actor, at: datetime) -> None:
    run: Run = enrollment.run
    starts_at = run.starts_at
    if starts_at is not None and at >= starts_at:
        seats.move(enrollment, State.EXPIRED, actor=actor, at=at, reason="run_started")
        return
    clashes = queue.has_clash(enrollment)
    if clashes and not enrollment.needs_seat:  # there is no list to wait on
        seats.move(enrollment, State.EXPIRED, actor=actor, at=at, reason="clash")
        return
    seat_id = enrollment.seat_id
    if enrollment.needs_seat and not seat_id and not clashes:
        soon = queue.is_soon(run, at=at)
        open_pools = queue.pools_without_waiters_ahead(enrollment, soon=soon)
        seat_id = seat_rows.take_seat(open_pools) if open_pools else None
    if not clashes and (seat_id or not enrollment.needs_seat):
        asks = (
            enrollment.source == Source.NOMINATION
            and run.nominees_answer
            and queue.offer_until(run, at=at, court=enrollment.court) > at
        )
        queue.hand_over(run, enrollment, seat_id, actor=actor, at=at, asks=asks)
    else:
        seats.move(enrollment, State.WAITLISTED, actor=actor, at=at)
        queue.promote(run, cause="decided", actor=actor, at=at)
