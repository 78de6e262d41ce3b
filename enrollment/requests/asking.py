"""One person asks for one run: the facts, the rules' answer, and the row that follows."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from academy.core.actor import Actor
from academy.core.errors import Invalid, Missing, Refused
from academy.core.keyed import Keyed
from academy.courts.models import Court
from courses.planning.models import Run
from enrollment.decisions import actions as decisions
from enrollment.decisions.enums import Decider
from enrollment.decisions.rules import Step, court_that_decides
from enrollment.requests import queries, rules
from enrollment.requests.rules import Answer, AskingFacts, Wishes
from enrollment.seats import entering, locks, queue
from enrollment.seats.enums import Source, State
from enrollment.seats.models import Enrollment


def ask_beside_others(*asked: Any) -> Enrollment | None:
    """None also where the database refused in a race: asked alone, the rules say why."""
    try:
        return ask(*asked, alone=False)
    except Refused as refusal:
        if isinstance(refusal.__cause__, IntegrityError):
            return None
        raise


def ask(
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
    """One transaction: the lock, the facts, the answer, the row. None: no seat beside others."""
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
            enrollment = entering.request(asking, holds_seat=facts.holds_seat, actor=actor, at=at)
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
    asking: entering.Asking, facts: AskingFacts, *, actor: Actor, at: datetime, alone: bool
) -> Enrollment | None:
    if not alone or not asking.needs_seat:
        return entering.claim(asking, actor=actor, at=at)
    enrollment = entering.claim_or_queue(asking, actor=actor, at=at)
    if enrollment.state == State.WAITLISTED:
        rules.check_waiting_list(is_full=facts.waiting_list_is_full)
    return enrollment


def asking_of(facts: AskingFacts, source: Source, wishes: Wishes, at: datetime) -> entering.Asking:
    """What the claim of a seat needs of these facts."""
    priority_class, reasons = facts.class_and_reasons
    return entering.Asking(
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
