"""Somebody signs in to a session with the code that the room shows."""

from datetime import datetime
from uuid import UUID, uuid5

from django.db.transaction import atomic
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Refused
from courses.planning.models import Session
from enrollment.attendance import check_in_rules, locks
from enrollment.attendance.actions import check_session, write_marks
from enrollment.attendance.models import Mark
from enrollment.seats.enums import State
from enrollment.seats.models import Enrollment


def check_in(
    *, session: UUID, person: int, code: str, actor: Actor, at: datetime | None = None
) -> Mark:
    """Write down that the person is here; answers the mark that counts.

    Who has a mark already keeps it: what the trainer wrote stands above what somebody says of
    oneself, and signing in twice is signing in once. Refuses: a wrong or old code, a session that
    is over or not about to begin, is cancelled or not held, and people without a confirmed seat.
    """
    now = at or clock.now()
    with atomic(durable=True):
        meeting = locks.session_with_run_locked(session)
        claim = _seat(meeting, person)
        if not check_in_rules.is_valid(_secret(), meeting.public_id, now, code):
            raise Refused(
                "wrong_code",
                _("This code is not valid (any more). Type the one that the room shows now."),
            )
        if known := _latest(meeting, claim):
            return known
        check_session(meeting, now)
        if now >= meeting.period.upper:
            raise Refused("session_over", _("This session is over: ask the trainer to mark you."))
        return write_marks(meeting, [_mark(meeting, claim, now)], actor, now)[0]


def shown_code(session: Session, at: datetime) -> str:
    """The code that the room shows at that moment."""
    return check_in_rules.code_at(_secret(), session.public_id, at)


def _seat(session: Session, person: int) -> Enrollment:
    rows = Enrollment.objects.filter(run=session.run_id, person=person, state=State.CONFIRMED)
    claim = rows.select_related("person").first()
    if claim is None:
        raise Refused(
            "not_on_the_sheet", _("Only people with a confirmed seat in this run can sign in here.")
        )
    return claim


def _latest(session: Session, claim: Enrollment) -> Mark | None:
    return Mark.objects.filter(session=session, enrollment=claim).order_by("-id").first()


def _mark(session: Session, claim: Enrollment, now: datetime) -> Mark:
    status, minutes = check_in_rules.own_mark(session.period.lower, session.minutes, now)
    return Mark(
        enrollment=claim,
        session=session,
        status=status,
        minutes=session.minutes if minutes is None else minutes,
        nonce=_own_name(session, claim),
    )


def by_own_hand(mark: Mark, session: Session, claim: Enrollment) -> bool:
    """Whether a mark was made with the code of the room, and not by a trainer."""
    return mark.nonce == _own_name(session, claim)


def _own_name(session: Session, claim: Enrollment) -> UUID:
    return uuid5(session.public_id, str(claim.public_id))


def _secret() -> bytes:
    return salted_hmac("enrollment.attendance.check-in", "", algorithm="sha256").digest()
