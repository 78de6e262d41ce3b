"""The front door: ask, accept, decline, confirm again, withdraw, decide.

Each function opens the only transaction, gathers the facts, asks the rules, and lets
`enrollment.seats` change the rows.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Missing, Refused
from academy.core.keyed import Keyed
from academy.core.revisions import check_revision
from enrollment.decisions import actions as decisions
from enrollment.decisions.models import Decision
from enrollment.requests import asking, rules, settling
from enrollment.requests.rules import NO_WISHES, Wishes
from enrollment.seats import actions as seats, locks, queue
from enrollment.seats.enums import Source, State
from enrollment.seats.models import Enrollment

Change = Callable[[Enrollment, datetime], None]


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
    return asking.ask_beside_others(*asked) or _need(asking.ask(*asked, alone=True))


def _need(enrollment: Enrollment | None) -> Enrollment:
    if enrollment is None:
        raise RuntimeError("Under the run's own lock every request has an answer.")
    return enrollment


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
    answer = _yes(allow_clash=allow_clash, actor=actor)
    allow = {State.OFFERED, State.CONFIRMED}
    return _change(enrollment, answer, revision=revision, keyed=keyed, at=at, allow=allow)


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
    answer = _yes(allow_clash=allow_clash, actor=actor)
    allow = {State.RECONFIRM, State.CONFIRMED}
    return _change(enrollment, answer, revision=revision, keyed=keyed, at=at, allow=allow)


def _yes(*, allow_clash: bool, actor: Actor) -> Change:
    def change(row: Enrollment, now: datetime) -> None:
        if row.state == State.CONFIRMED:
            return  # said already: saying it twice changes nothing
        rules.check_before(row.due_at, now=now)
        _check_clash(row, allow=allow_clash)
        seats.move(row, State.CONFIRMED, actor=actor, at=now)

    return change


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
        rules.check_reason(reason)
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
        rules.check_reason(reason)
        settling.call_off(row, reason=reason, actor=actor, at=now, note=note)

    return _change(enrollment, change, revision=revision, keyed=keyed, at=at)


def _change(
    enrollment: UUID,
    change: Change,
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
        check_revision(row.revision, revision)
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
