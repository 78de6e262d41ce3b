"""The front door: ask, accept, decline, confirm again, withdraw, decide.

Each function opens the only transaction, gathers the facts, asks the rules, and lets
`enrollment.seats` change the rows.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Invalid, Missing, Refused
from academy.core.keyed import Keyed
from academy.courts.models import Court
from courses.planning.models import Run
from enrollment.decisions import actions as decisions
from enrollment.decisions.enums import Decider
from enrollment.decisions.models import Decision
from enrollment.decisions.rules import Step, court_that_decides
from enrollment.requests import queries, rules, settling
from enrollment.requests.rules import NO_WISHES, Answer, AskingFacts, Wishes
from enrollment.seats import actions as seats, locks, queue
from enrollment.seats.enums import Source, State
from enrollment.seats.models import Enrollment


def enroll(
    *,
    run: UUID,
    person: int | UUID,
    actor: Actor,
    source: Source = Source.SELF,
    appointment: UUID | None = None,
    allow_clash: bool = False,
    wishes: Wishes = NO_WISHES,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Enrollment:
    """Ask for a place: a seat at once, a place on the waiting list, or a request to be decided.

    Refuses outside the enrolment window, twice for the same run, and at the hours of another seat
    (unless the registrar allows the clash, which the event says). A seat is claimed side by side
    with everybody else; who finds none asks again alone, so that "full" is said only when it is
    true and nobody slips in past a waiter. `person` is the inner number or the public id.
    """
    at = at or clock.now()
    asked = (run, person, appointment, source, allow_clash, wishes, actor, keyed, at)
    return _ask_beside_others(*asked) or _need(_ask(*asked, alone=True))


def _ask_beside_others(*asked: Any) -> Enrollment | None:
    """None also where the database refused in a race: asked alone, the rules say why."""
    try:
        return _ask(*asked, alone=False)
    except Refused as refusal:
        if isinstance(refusal.__cause__, IntegrityError):
            return None
        raise


def _ask(
    run: UUID,
    person: int | UUID,
    appointment: UUID | None,
    source: Source,
    allow_clash: bool,
    wishes: Wishes,
    actor: Actor,
    keyed: Keyed | None,
    at: datetime,
    *,
    alone: bool,
) -> Enrollment | None:
    with locks.refusing_conflicts(), transaction.atomic(durable=True):
        alone = locks.lock_for_asking(run, alone=alone)
        facts = queries.asking_facts(
            run=run, person=person, today=at.date(), appointment=appointment
        )
        if facts is None:
            raise _unknown(run)
        if appointment is not None and facts.appointment_id is None:
            raise Invalid("unknown_appointment", _("This person does not hold that post now."))
        answer, steps = rules.answer_to(facts, source=source, now=at, allow_clash=allow_clash)
        asking = asking_of(facts, source, wishes, at)
        if answer == Answer.DECISIONS:
            enrollment = seats.request(asking, holds_seat=facts.holds_seat, actor=actor, at=at)
            if steps:
                open_steps_of(enrollment, facts, steps, actor=actor, at=at)
        else:
            taken = _claim(asking, facts, actor=actor, at=at, alone=alone)
            if taken is None:
                return None
            enrollment = taken
        if keyed:
            keyed.keep(enrollment)
        return enrollment


def _unknown(run: UUID) -> Refused:
    if Run.objects.filter(public_id=run).exists():
        sentence = _("There is no such person.")
        return Invalid("invalid", sentence, fields={"person": [sentence]})
    return Missing("unknown_run", _("There is no such run."))


def _claim(
    asking: seats.Asking, facts: AskingFacts, *, actor: Actor, at: datetime, alone: bool
) -> Enrollment | None:
    if not alone or not asking.needs_seat:
        return seats.claim(asking, actor=actor, at=at)
    enrollment = seats.claim_or_queue(asking, actor=actor, at=at)
    if enrollment.state == State.WAITLISTED:
        rules.check_waiting_list(is_full=facts.waiting_list_is_full)
    return enrollment


def _need(enrollment: Enrollment | None) -> Enrollment:
    if enrollment is None:
        raise RuntimeError("Under the run's own lock every request has an answer.")
    return enrollment


def asking_of(facts: AskingFacts, source: Source, wishes: Wishes, at: datetime) -> seats.Asking:
    """What the claim of a seat needs of these facts."""
    priority_class, reasons = facts.class_and_reasons
    return seats.Asking(
        run_id=facts.run_id,
        run_public_id=facts.run_public_id,
        person_id=facts.person_id,
        person_public_id=facts.person_public_id,
        needs_seat=facts.is_limited,
        pool_ids=facts.pool_ids,
        busy=facts.busy,
        appointment_id=facts.appointment_id,
        court_id=facts.court_id,
        source=source,
        previous_id=facts.previous_id,
        clash_allowed=facts.has_clash,
        priority_class=priority_class,
        priority_reasons=reasons,
        short_notice=wishes.short_notice,
        auto_accept=wishes.auto_accept,
        is_short_notice=facts.is_short_notice(at),
        answer_by=_answer_by(facts, at) if rules.asks_the_nominee(facts, source) else None,
    )


def _answer_by(facts: AskingFacts, at: datetime) -> datetime | None:
    """Until when a nominated person may accept; after the cut-off nobody is asked any more."""
    run = Run.objects.get(pk=facts.run_id)
    court = Court.objects.get(pk=facts.court_id) if facts.court_id else None
    until = queue.offer_until(run, at=at, court=court)
    return until if until > at else None


def open_steps_of(
    enrollment: Enrollment,
    facts: AskingFacts,
    steps: list[Step],
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """Open the decisions of a request at the court whose head is asked."""
    court_id = court_that_decides(
        court_id=facts.court_id, parent_id=facts.court_parent_id, is_head=facts.is_head
    )
    if court_id is None and any(step.decider == Decider.HEAD for step in steps):
        raise Refused("nobody_decides", _("There is no higher court that could decide on this."))
    decisions.open_steps(
        enrollment, steps, court_id=court_id, time_zone=facts.time_zone, actor=actor, at=at
    )


def accept(
    *,
    enrollment: UUID,
    actor: Actor,
    allow_clash: bool = False,
    revision: int | None = None,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Enrollment:
    """Accept an offered seat before its deadline (T14); the clash of a moved run is checked now."""

    def change(row: Enrollment, now: datetime) -> None:
        if row.state == State.CONFIRMED:
            return  # accepted already: saying it twice changes nothing
        rules.check_before(row.due_at, now=now)
        _check_clash(row, allow=allow_clash)
        seats.move(row, State.CONFIRMED, actor=actor, at=now)

    return _change(
        enrollment,
        change,
        revision=revision,
        keyed=keyed,
        at=at,
        allow={State.OFFERED, State.CONFIRMED},
    )


def confirm(
    *,
    enrollment: UUID,
    actor: Actor,
    allow_clash: bool = False,
    revision: int | None = None,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Enrollment:
    """Say "still coming" after a material change of the run (T18); a clash must be gone by now."""

    def change(row: Enrollment, now: datetime) -> None:
        if row.state == State.CONFIRMED:
            return
        rules.check_before(row.due_at, now=now)
        _check_clash(row, allow=allow_clash)
        seats.move(row, State.CONFIRMED, actor=actor, at=now)

    return _change(
        enrollment,
        change,
        revision=revision,
        keyed=keyed,
        at=at,
        allow={State.RECONFIRM, State.CONFIRMED},
    )


def _check_clash(row: Enrollment, *, allow: bool) -> None:
    """Who answers for a seat holds no other at its hours, or the registrar allows these two."""
    clashes = queue.clashes_of(row)
    if clashes and not allow:
        raise Refused(*locks.CONFLICTS["enrollment_no_clash"])
    queue.allow_clashes(row, clashes)


def decline(
    *,
    enrollment: UUID,
    actor: Actor,
    revision: int | None = None,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Enrollment:
    """Decline an offer, or say "no longer coming": the seat goes to the queue (T16, T18)."""

    def change(row: Enrollment, now: datetime) -> None:
        if row.state == State.WITHDRAWN:
            return
        seats.move(row, State.WITHDRAWN, actor=actor, at=now, reason="declined")
        queue.promote(row.run, cause="declined", actor=actor, at=now)

    return _change(
        enrollment,
        change,
        revision=revision,
        keyed=keyed,
        at=at,
        allow={State.OFFERED, State.RECONFIRM, State.WITHDRAWN},
    )


def withdraw(
    *,
    enrollment: UUID,
    actor: Actor,
    reason: str = "",
    note: str = "",
    revision: int | None = None,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Enrollment:
    """Give up a place or a request (T16, T20). Never refused before the start; lateness is flagged.

    Open decisions become moot; a freed seat goes to the queue in the same transaction.
    """

    def change(row: Enrollment, now: datetime) -> None:
        if row.state == State.WITHDRAWN:
            return
        state = State(row.state)
        late = rules.is_late(state, now=now, withdraw_until=row.run.withdraw_until)
        rules.check_can_withdraw(
            state,
            now=now,
            run_state=row.run.state,
            starts_at=row.run.starts_at,
            late=late,
            reason=reason,
        )
        seats.move(
            row, State.WITHDRAWN, actor=actor, at=now, reason=reason, note=note, is_late=late
        )
        decisions.close_open_steps(row, actor=actor, at=now)
        queue.promote(row.run, cause="withdrawn", actor=actor, at=now)

    return _change(enrollment, change, revision=revision, keyed=keyed, at=at)


def promote_out_of_order(
    *,
    enrollment: UUID,
    reason: str,
    actor: Actor,
    note: str = "",
    revision: int | None = None,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Enrollment:
    """The registrar gives a free seat past the queue, with a reason; row and event are marked."""

    def change(row: Enrollment, now: datetime) -> None:
        if not reason:
            raise Refused("reason_needed", _("Please say why."))
        queue.promote_out_of_order(row.run, row, reason=reason, actor=actor, at=now, note=note)

    return _change(
        enrollment, change, revision=revision, keyed=keyed, at=at, allow={State.WAITLISTED}
    )


def cancel_enrollment(
    *,
    enrollment: UUID,
    reason: str,
    actor: Actor,
    note: str = "",
    revision: int | None = None,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Enrollment:
    """The academy ends one enrolment, with a reason (T21); the seat goes to the queue."""

    def change(row: Enrollment, now: datetime) -> None:
        if not reason:
            raise Refused("reason_needed", _("Please say why."))
        settling.call_off(row, reason=reason, actor=actor, at=now, note=note)

    return _change(enrollment, change, revision=revision, keyed=keyed, at=at)


def _change(
    enrollment: UUID,
    change: Callable[[Enrollment, datetime], None],
    *,
    revision: int | None,
    keyed: Keyed | None,
    at: datetime | None,
    allow: set[State] | None = None,
) -> Enrollment:
    """Lock the run, lock and read the row, change it: the frame of every command on a row."""
    at = at or clock.now()
    with locks.refusing_conflicts(), transaction.atomic(durable=True):
        run_id = Enrollment.objects.filter(public_id=enrollment).values_list("run_id", flat=True)
        locks.hold_run(_existing(run_id.first()))
        row = _locked(enrollment)
        rules.check_revision(row.revision, revision)
        if allow is not None and row.state not in allow:
            raise Refused(
                "transition",
                _("This is not possible any more: the enrolment is now “%(state)s”.")
                % {"state": State(row.state).label},
            )
        change(row, at)
        if keyed:
            keyed.keep(row)
        return row


def _existing(run_id: int | None) -> int:
    if run_id is None:
        raise Missing("unknown_enrollment", _("There is no such enrolment."))
    return run_id


def _locked(enrollment: UUID) -> Enrollment:
    return (
        Enrollment.objects.select_for_update(of=("self",))
        .select_related("run", "person", "court")
        .get(public_id=enrollment)
    )


def decide(
    *,
    decision: UUID,
    yes: bool,
    account: int | None,
    actor: Actor,
    reason: str = "",
    note: str = "",
    behalf_of: int | None = None,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Decision:
    """Answer an opinion, a consent or a ruling; the last one settles the request (T7 to T9)."""
    at = at or clock.now()
    with locks.refusing_conflicts(), transaction.atomic(durable=True):
        found = Decision.objects.filter(public_id=decision).values_list(
            "enrollment__run_id", flat=True
        )
        locks.hold_run(_existing(found.first()))
        step = (
            Decision.objects.select_for_update(of=("self",))
            .select_related("enrollment__run", "enrollment__person", "enrollment__court")
            .get(public_id=decision)
        )
        asker = step.enrollment.person
        if asker.public_id in {actor.person, actor.behalf_of} or behalf_of == asker.pk:
            raise Refused("own_request", _("Nobody decides on the own request."))
        decisions.answer(
            step,
            yes=yes,
            account_id=account,
            behalf_of_id=behalf_of,
            reason=reason,
            note=note,
            actor=actor,
            at=at,
        )
        settling.settle(step.enrollment, actor=actor, at=at, reason=reason)
        if keyed:
            keyed.keep(step)
        return step
