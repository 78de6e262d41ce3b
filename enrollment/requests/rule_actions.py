"""The academy's own rules as data: priority rules, the steps of a run, how its queue is served."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Missing, Refused
from academy.ledger.actions import Fact, record
from courses.planning.enums import AHEAD, LapsePolicy, RunState
from courses.planning.models import Run
from enrollment.decisions.enums import Decider, Silence, StepKind
from enrollment.decisions.models import StepRule
from enrollment.decisions.rules import Step, check_steps
from enrollment.requests.rule_queries import subject_of
from enrollment.seats import locks
from enrollment.seats.enums import FIRST_CLASS, STANDARD_CLASS, PriorityKind
from enrollment.seats.models import PriorityRule

MOST_STEPS_AHEAD = STANDARD_CLASS - FIRST_CLASS


@dataclass(frozen=True, slots=True)
class PrioritySeed:
    """A rule as the seeds hold it."""

    code: str
    names: Mapping[str, str]
    kind: PriorityKind
    step: int


@dataclass(frozen=True, slots=True)
class QueuePolicy:
    """How the queue of a run is served; hours are working hours, but those before the start."""

    offer_hours: int
    short_notice_hours: int
    lapse_policy: LapsePolicy
    auto_accept: bool
    nominees_answer: bool


def install_priority_rules(seeds: Iterable[PrioritySeed]) -> int:
    """Add the rules that are not there yet; how many. What the registrar has edited stays."""
    rows = [
        PriorityRule(code=seed.code, names=dict(seed.names), kind=seed.kind.value, step=seed.step)
        for seed in seeds
    ]
    before = PriorityRule.objects.count()
    PriorityRule.objects.bulk_create(rows, ignore_conflicts=True)
    return PriorityRule.objects.count() - before


def change_priority_rule(
    *, code: str, step: int, is_active: bool, actor: Actor, at: datetime | None = None
) -> PriorityRule:
    """Publish another weight of a rule, or suspend it. Who has asked already keeps their class."""
    with transaction.atomic(durable=True):
        row = PriorityRule.objects.select_for_update().filter(code=code).first()
        if row is None:
            raise Missing("unknown_rule", _("There is no such rule."))
        if not 1 <= step <= MOST_STEPS_AHEAD:
            raise Refused(
                "priority_step",
                _("A rule puts people one to %(most)d classes ahead.") % {"most": MOST_STEPS_AHEAD},
            )
        before, wanted = [row.step, row.is_active], [step, is_active]
        if before == wanted:
            return row
        row.step, row.is_active = step, is_active
        row.save(update_fields=["step", "is_active"])
        data = {"code": code, "from": before, "to": wanted}
        fact = Fact("priority.changed", "priority_rule", subject_of(code), data=data)
        record([fact], actor=actor, at=at or clock.now())
    return row


def set_steps(
    *, run: UUID, steps: Sequence[Step], actor: Actor, at: datetime | None = None
) -> list[StepRule]:
    """Say whose decisions a run asks for, in order, from now on. None: its mode says it.

    Who has asked already keeps the steps that were opened.
    """
    check_steps(steps)
    with locks.refusing_conflicts(), transaction.atomic(durable=True):
        row = _open_run(run)
        StepRule.objects.filter(run=row).delete()
        made = StepRule.objects.bulk_create(
            StepRule(
                run=row,
                number=number,
                kind=step.kind,
                decider=step.decider,
                days=step.days,
                silence=step.silence,
            )
            for number, step in enumerate(steps, start=1)
        )
        told = [[step.kind, step.decider, step.days, step.silence] for step in steps]
        _note(row, "run.steps_changed", {"steps": told}, actor=actor, at=at)
    return made


def set_queue_policy(
    *, run: UUID, policy: QueuePolicy, actor: Actor, at: datetime | None = None
) -> Run:
    """Say how offers of this run are made from now on; offers already made keep their deadline."""
    with locks.refusing_conflicts(), transaction.atomic(durable=True):
        row = _open_run(run)
        row.offer_hours, row.short_notice_hours = policy.offer_hours, policy.short_notice_hours
        row.lapse_policy, row.auto_accept = policy.lapse_policy.value, policy.auto_accept
        row.nominees_answer = policy.nominees_answer
        row.revision += 1
        row.save()
        data = {
            "offer_hours": policy.offer_hours,
            "short_notice_hours": policy.short_notice_hours,
            "lapse_policy": policy.lapse_policy.value,
            "auto_accept": policy.auto_accept,
            "nominees_answer": policy.nominees_answer,
        }
        _note(row, "run.policy_changed", data, actor=actor, at=at)
    return row


def step_of(kind: StepKind, days: int, silence: Silence) -> Step:
    """A step with the one who decides on such: the academy rules, heads of court do the rest."""
    decider = Decider.ACADEMY if kind == StepKind.RULING else Decider.HEAD
    return Step(kind, decider, days, Silence.LAPSE if kind == StepKind.OPINION else silence)


def _open_run(run: UUID) -> Run:
    run_id = Run.objects.filter(public_id=run).values_list("pk", flat=True).first()
    if run_id is None:
        raise Missing("unknown_run", _("There is no such run."))
    locks.hold_run(run_id)
    row = Run.objects.select_for_update(of=("self",)).get(pk=run_id)
    if row.state not in AHEAD | {RunState.DRAFT}:
        raise Refused("run_state", _("The run has begun; its rules stay as they are."))
    return row


def _note(run: Run, verb: str, data: dict[str, Any], *, actor: Actor, at: datetime | None) -> None:
    fact = Fact(verb, "run", run.public_id, context_id=run.public_id, data=data)
    record([fact], actor=actor, at=at or clock.now())
