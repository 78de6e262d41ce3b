"""Marks: who was at a session, for how long. What they come to is written in `outcomes`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.transaction import atomic
from django.utils.translation import gettext as _

from academy.core import clock, ids
from academy.core.actor import Actor
from academy.core.errors import Invalid, Refused
from academy.core.keyed import Keyed
from academy.ledger.actions import Fact, record
from courses.planning.enums import RunState
from courses.planning.models import Run, Session
from enrollment.attendance import locks, queries, rules
from enrollment.attendance.enums import MarkStatus
from enrollment.attendance.models import Mark
from enrollment.seats.enums import State
from enrollment.seats.locks import refusing_conflicts
from enrollment.seats.models import Enrollment

NOT_HELD = frozenset({RunState.DRAFT, RunState.POSTPONED, RunState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Seen:
    """The line that was looked at when a mark was made: the nonce of its mark, none when empty."""

    nonce: UUID | None


@dataclass(frozen=True, slots=True)
class MarkDraft:
    """A mark as a trainer's page or device sends it; the nonce makes sending it again harmless.

    With `seen` it is refused over a line that has changed since; without it the newest mark counts.
    """

    enrollment: UUID
    status: MarkStatus
    minutes: int | None = None  # only of those who came late or left early
    nonce: UUID = field(default_factory=ids.public_id)
    seen: Seen | None = None


@refusing_conflicts()
@atomic(durable=True)
def record_marks(
    *,
    session: UUID,
    marks: Sequence[MarkDraft],
    actor: Actor,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> list[Mark]:
    """Write down who was at a session. Answers the stored marks in the order they were sent.

    A mark is added, never changed: the newest one counts. What was already received (same person,
    same nonce) is not written again, even after finalisation, so that a device without a connection
    may send until it hears an answer. Refuses: before the session is about to begin, a cancelled
    session, a run that is not held or is finalised, people without a confirmed seat in this run,
    minutes that contradict the status, a line that somebody else has changed since it was seen.
    One bad mark refuses them all.
    """
    now = at or clock.now()
    meeting = locks.session_with_run_locked(session)
    roster = _roster(meeting, marks)
    stored = _already_received(meeting, marks)
    new = _unsent(meeting, marks, stored, roster)
    if new:
        check_session(meeting, now)
        _check_confirmed(marks, roster, new)
        _check_not_overtaken(meeting, marks, new)
        for mark in write_marks(meeting, new, actor, now):
            stored[mark.enrollment.public_id, mark.nonce] = mark
    answered = [stored[draft.enrollment, draft.nonce] for draft in marks]
    if keyed:
        keyed.keep(answered)
    return answered


def _roster(session: Session, drafts: Sequence[MarkDraft]) -> dict[UUID, Enrollment]:
    """The enrolments named, of this session's run; whoever is not of it is refused."""
    wanted = {draft.enrollment for draft in drafts}
    rows = Enrollment.objects.filter(run=session.run_id, public_id__in=wanted)
    roster = {each.public_id: each for each in rows.select_related("person")}
    _refuse_people(drafts, wanted - roster.keys())
    return roster


def _refuse_people(drafts: Sequence[MarkDraft], wrong: set[UUID]) -> None:
    if wrong:
        sentence = _("Only people with a confirmed seat in this run can be marked.")
        raise Refused(
            "not_on_the_sheet",
            sentence,
            fields={
                f"marks.{place}.enrollment": [sentence]
                for place, draft in enumerate(drafts)
                if draft.enrollment in wrong
            },
        )


def _already_received(
    session: Session, drafts: Sequence[MarkDraft]
) -> dict[tuple[UUID, UUID], Mark]:
    nonces = {draft.nonce for draft in drafts}
    rows = Mark.objects.filter(session=session, nonce__in=nonces).select_related("enrollment")
    return {(mark.enrollment.public_id, mark.nonce): mark for mark in rows}


def _unsent(
    session: Session,
    drafts: Sequence[MarkDraft],
    stored: dict[tuple[UUID, UUID], Mark],
    roster: dict[UUID, Enrollment],
) -> list[Mark]:
    """The marks to write, once each; the same nonce with another content is refused."""
    new: dict[tuple[UUID, UUID], Mark] = {}
    for place, draft in enumerate(drafts):
        key = draft.enrollment, draft.nonce
        known = stored.get(key) or new.get(key)
        if known is None:
            new[key] = Mark(
                enrollment=roster[draft.enrollment],
                session=session,
                status=draft.status,
                minutes=_minutes(place, draft, session),
                nonce=draft.nonce,
            )
        elif known.status != draft.status or draft.minutes not in {None, known.minutes}:
            raise Refused("nonce_reused", _("This mark was already received with another content."))
    return list(new.values())


def _minutes(place: int, draft: MarkDraft, session: Session) -> int:
    try:
        return rules.minutes_of(draft.status, planned=session.minutes, given=draft.minutes)
    except Invalid as bad:
        field_name = f"marks.{place}.minutes"
        raise Invalid(bad.code, bad.sentence, fields={field_name: [bad.sentence]}) from bad


def check_session(session: Session, now: datetime) -> None:
    """Refuse marks of a session that is cancelled, not held, or not about to begin."""
    check_run(session.run)
    if session.is_cancelled:
        raise Refused("session_cancelled", _("This session was cancelled."))
    if now < rules.may_mark_from(session.period.lower):
        raise Refused(
            "too_early", _("Attendance can be marked from half an hour before the session.")
        )


def check_run(run: Run) -> None:
    """Refuse what would change a record that is closed, or one of what is not held."""
    if run.state == RunState.FINALISED:
        raise Refused("run_finalised", _("This run is finalised; its record no longer changes."))
    if run.state in NOT_HELD:
        raise Refused("run_not_held", _("This run is not being held."))


def _check_confirmed(
    drafts: Sequence[MarkDraft], roster: dict[UUID, Enrollment], new: Sequence[Mark]
) -> None:
    new_people = {mark.enrollment.public_id for mark in new}
    _refuse_people(drafts, {each for each in new_people if roster[each].state != State.CONFIRMED})


def _check_not_overtaken(
    session: Session, drafts: Sequence[MarkDraft], new: Sequence[Mark]
) -> None:
    """Marks made long ago arrive late: what another hand wrote meanwhile is not undone unseen."""
    if not any(draft.seen for draft in drafts):
        return
    newest = queries.newest_marks([session], [mark.enrollment_id for mark in new])
    asked = {(draft.enrollment, draft.nonce): place for place, draft in enumerate(drafts)}
    for mark in new:
        place = asked[mark.enrollment.public_id, mark.nonce]
        seen, line = drafts[place].seen, (mark.enrollment_id, session.pk)
        if seen and rules.is_overtaken(seen.nonce, newest.get(line), mark):
            sentence = _("Somebody else has marked this person meanwhile. Look, then mark again.")
            field_name = f"marks.{place}.status"
            raise Refused("mark_overtaken", sentence, fields={field_name: [sentence]})
        newest[line] = mark


def write_marks(session: Session, new: Sequence[Mark], actor: Actor, now: datetime) -> list[Mark]:
    """Add marks that were found fit, inside the caller's transaction: one event each."""
    for mark in new:
        mark.marked_by, mark.at = actor.id, now
    written = Mark.objects.bulk_create(new)
    facts = [
        fact_of(
            "mark.recorded",
            mark.enrollment,
            session.run,
            session=str(session.public_id),
            status=str(mark.status),
            minutes=mark.minutes,
        )
        for mark in written
    ]
    record(facts, actor=actor, at=now)
    return written


def fact_of(type_: str, enrollment: Enrollment, run: Run, **data: str | int | bool) -> Fact:
    """An event about one person on the sheet."""
    return Fact(
        type_,
        "enrollment",
        enrollment.public_id,
        context_id=run.public_id,
        person_id=enrollment.person.public_id,
        data=data,
    )
