"""Who answers in whose right: one's own or a head's as deputy; and one answer to many requests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from academy.access.queries import Principal, Viewer
from academy.core.actor import Actor
from academy.core.errors import Refused
from academy.core.keyed import Keyed
from enrollment.decisions.enums import Decider, StepState
from enrollment.decisions.models import Decision
from enrollment.requests import actions


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of one of many answers; without a refusal it is recorded."""

    decision: Decision
    refusal: Refused | None = None


def principal_for(viewer: Viewer, decision: Decision) -> Principal | None:
    """The head in whose place the viewer would answer; nobody's place where the right is own."""
    return viewer.principal_at(decision.court_id) if decision.decider == Decider.HEAD else None


def decide_as(
    *,
    viewer: Viewer,
    decision: Decision,
    yes: bool,
    actor: Actor,
    reason: str = "",
    note: str = "",
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Decision:
    """Decide in the own right, or as the head's deputy: then both names are written down.

    Where a system passes on what somebody decided, its event names that person.
    """
    head = principal_for(viewer, decision)
    named = actor.behalf_of or (head.person_public_id if head else None)
    return actions.decide(
        decision=decision.public_id,
        yes=yes,
        account=viewer.account_id,
        actor=actor.for_person(named) if named else actor,
        behalf_of=head.person_id if head else None,
        reason=reason,
        note=note,
        keyed=keyed,
        at=at,
    )


def decide_many(
    *,
    viewer: Viewer,
    decisions: Sequence[Decision],
    yes: bool,
    actor: Actor,
    reason: str = "",
    note: str = "",
    at: datetime | None = None,
) -> list[Answered]:
    """One answer to many requests, each in a transaction of its own; what could not be, and why.

    Sent again after a crash it does what is missing: the caller's own same answer counts as given.
    """
    answered = []
    for one in decisions:
        try:
            decide_as(
                viewer=viewer, decision=one, yes=yes, actor=actor, reason=reason, note=note, at=at
            )
            answered.append(Answered(one))
        except Refused as refusal:
            said = _said_already(one, viewer, yes=yes)
            answered.append(Answered(one) if said else Answered(one, refusal))
    return answered


def _said_already(decision: Decision, viewer: Viewer, *, yes: bool) -> bool:
    state = StepState.YES if yes else StepState.NO
    mine = Decision.objects.filter(pk=decision.pk, state=state, decided_by_id=viewer.account_id)
    return viewer.account_id is not None and mine.exists()
