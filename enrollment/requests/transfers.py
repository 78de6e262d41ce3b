"""One person moves: to another run of the same course, or a colleague takes over the seat.

A deadline is not dodged by either: after it, the person's own transfer is flagged as late and needs
a reason, as a withdrawal would.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Invalid, Missing, Refused
from academy.core.keyed import Keyed
from academy.core.revisions import check_revision
from courses.planning.models import Run
from enrollment.requests import moving_rules, queries, rules
from enrollment.requests.asking import asking_of
from enrollment.requests.letters import MOVED_FROM, MOVED_TO
from enrollment.requests.rules import NO_WISHES, Answer, AskingFacts
from enrollment.seats import actions as seats, entering, locks, queue
from enrollment.seats.enums import Source, State
from enrollment.seats.models import Enrollment

SUBSTITUTED = "substituted"


def transfer(
    *,
    enrollment: UUID,
    to_run: UUID,
    actor: Actor,
    reason: str = "",
    note: str = "",
    source: Source = Source.SELF,
    revision: int | None = None,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Enrollment:
    """Move a promised seat to another run of the same course (T19); the new row is returned.

    Only to a seat that is free there and for which nobody waits; otherwise nothing changes. The
    seat left goes to its queue. Where the other run needs a decision the person asks there
    instead; the registrar (and a system) may move all the same, with a reason.
    """
    at = at or clock.now()
    with locks.refusing_conflicts(), transaction.atomic(durable=True):
        old, target = _locked_pair(enrollment, to_run)
        check_revision(old.revision, revision)
        by_academy = source in moving_rules.BY_ACADEMY
        late = not by_academy and rules.is_late(
            State(old.state), now=at, withdraw_until=old.run.withdraw_until
        )
        moving_rules.check_can_move(
            moving_rules.standing_of(old, late=late, reason=reason),
            same_run=old.run_id == target.pk,
            same_course=old.run.course_id == target.course_id,
            now=at,
        )
        facts = _facts(target, old.person_id, old, at)
        _check_asking(facts, source=source, reason=reason, at=at)
        seats.move(
            old,
            State.TRANSFERRED,
            actor=actor,
            at=at,
            reason=reason,
            note=note,
            is_late=late,
            data={MOVED_TO: str(target.public_id)},
        )
        new = _claim(facts, old, actor=actor, at=at)
        queue.promote(old.run, cause="transferred", actor=actor, at=at)
        if keyed:
            keyed.keep(new)
        return new


def _locked_pair(enrollment: UUID, to_run: UUID) -> tuple[Enrollment, Run]:
    """The row and the other run, both runs locked alone in the order of their ids."""
    found = Enrollment.objects.filter(public_id=enrollment).values_list("run_id", flat=True)
    run_id = found.first()
    target_id = Run.objects.filter(public_id=to_run).values_list("pk", flat=True).first()
    if run_id is None:
        raise Missing("unknown_enrollment", _("There is no such enrolment."))
    if target_id is None:
        raise Missing("unknown_run", _("There is no such run."))
    locks.hold_runs([run_id, target_id])
    return locked(enrollment), Run.objects.get(pk=target_id)


def locked(enrollment: UUID) -> Enrollment:
    """The row for a change, with what its move is decided from; its run is locked already."""
    return (
        Enrollment.objects.select_for_update(of=("self",))
        .select_related("run", "person", "court", "appointment", "seat")
        .get(public_id=enrollment)
    )


def _facts(run: Run, person: int | UUID, old: Enrollment, at: datetime) -> AskingFacts:
    """What the other run's rules look at; the seat that is left clashes with nothing."""
    facts = queries.asking_facts(run=run.public_id, person=person, today=at.date())
    if facts is None:
        sentence = _("There is no such person.")
        raise Invalid("invalid", sentence, fields={"person": [sentence]})
    clashes = facts.has_clash and queries.clashes_with(
        run_id=run.pk, person_id=facts.person_id, apart_from=old.pk
    )
    return replace(facts, has_clash=clashes)


def _check_asking(facts: AskingFacts, *, source: Source, reason: str, at: datetime) -> None:
    by_academy = source in moving_rules.BY_ACADEMY
    answer, _steps = rules.answer_to(facts, source=source, now=at)
    if answer == Answer.DECISIONS:
        moving_rules.check_without_decision(by_academy=by_academy, reason=reason)


def _claim(facts: AskingFacts, old: Enrollment, *, actor: Actor, at: datetime) -> Enrollment:
    asking = asking_of(facts, Source(old.source), NO_WISHES, at)
    linked = replace(
        asking,
        previous_id=old.pk,
        answer_by=None,
        nominated_by={MOVED_FROM: str(old.public_id)},
    )
    new = entering.claim(linked, actor=actor, at=at)
    if new is None:
        raise Refused(
            "no_free_seat", _("No seat is free in the other run, or others wait for it already.")
        )
    return _whole(new, old)


def _whole(new: Enrollment, old: Enrollment) -> Enrollment:
    new.previous = old
    return new


def substitute(
    *,
    enrollment: UUID,
    person: int | UUID,
    actor: Actor,
    reason: str = "",
    source: Source = Source.SELF,
    revision: int | None = None,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Enrollment:
    """A colleague takes over the very seat, without a queue, until the cut-off; the new row.

    The substitute must be one for whom the seat is kept, and pass the rules of asking. A holder
    names somebody of the own court; the academy anyone.
    """
    at = at or clock.now()
    by_academy = source in moving_rules.BY_ACADEMY
    with locks.refusing_conflicts(), transaction.atomic(durable=True):
        locks.hold_run(_run_of(enrollment))
        old = locked(enrollment)
        check_revision(old.revision, revision)
        standing = moving_rules.standing_of(old, late=False, reason=reason)
        cut_off = moving_rules.check_can_substitute(standing, now=at)
        facts = _facts(old.run, person, old, at)
        facts = replace(facts, window=replace(facts.window, closes_at=cut_off))
        _check_substitute(facts, old, by_academy=by_academy, reason=reason, at=at)
        seat_id = old.seat_id
        seats.move(old, State.WITHDRAWN, actor=actor, at=at, reason=SUBSTITUTED, hands_over=True)
        new = entering.take_over(_in_place_of(old, facts, at), seat_id, actor=actor, at=at)
        if keyed:
            keyed.keep(_whole(new, old))
        return new


def _run_of(enrollment: UUID) -> int:
    rows = Enrollment.objects.filter(public_id=enrollment).values_list("run_id", flat=True)
    run_id = rows.first()
    if run_id is None:
        raise Missing("unknown_enrollment", _("There is no such enrolment."))
    return run_id


def _check_substitute(
    facts: AskingFacts, old: Enrollment, *, by_academy: bool, reason: str, at: datetime
) -> None:
    answer, _steps = rules.answer_to(facts, source=Source.REGISTRAR, now=at)
    if answer == Answer.DECISIONS:
        moving_rules.check_without_decision(by_academy=by_academy, reason=reason)
    moving_rules.check_colleague(
        court_id=old.court_id, their_court_id=facts.court_id, by_academy=by_academy
    )
    if old.seat and old.seat.pool_id not in facts.pool_ids:
        raise Refused("pool", _("This seat is kept for others than this person."))


def _in_place_of(old: Enrollment, facts: AskingFacts, at: datetime) -> entering.Asking:
    asking = asking_of(facts, Source(old.source), NO_WISHES, at)
    return replace(
        asking,
        needs_seat=old.needs_seat,
        previous_id=old.pk,
        answer_by=None,
        nominated_by={"in_place_of": str(old.public_id)},
    )
