"""Decisions as people make them, for the tests of what follows."""

from academy.core.actor import Actor, ActorKind
from enrollment.decisions.enums import Decider, StepKind
from enrollment.decisions.models import StepRule
from enrollment.requests import actions
from tests import factories


def actor_of(account):
    return Actor(ActorKind.ACCOUNT, account.public_id, account.person and account.person.public_id)


def decide(step, yes, account, **said):
    said.setdefault("reason", "" if yes else "workload")
    return actions.decide(
        decision=step.public_id, yes=yes, account=account.pk, actor=actor_of(account), **said
    )


def rules_of(run, *steps):
    StepRule.objects.bulk_create(
        StepRule(run=run, number=number, kind=kind, decider=decider, days=3, silence=silence)
        for number, (kind, decider, silence) in enumerate(steps, start=1)
    )
    return run


def asked_under(silence, *, run=None, **columns):
    """A request whose only step means this by silence."""
    run = run or factories.run(**columns)
    return rules_of(run, (StepKind.CONSENT, Decider.HEAD, silence))
