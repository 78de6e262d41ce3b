"""The published order of service: its rules, how they changed, and what it means for somebody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_OID, UUID, uuid5

from academy.accounts.models import Account
from academy.core.texts import Texts
from academy.ledger.queries import histories_of
from courses.planning.models import Run
from enrollment.seats.enums import State
from enrollment.seats.models import Enrollment, PriorityRule, PromotionPass

SHOWN = 50


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One change of a rule, as its history tells it."""

    names: Texts
    at: datetime
    by: str  # the sign-in name; for staff only
    step_before: int
    step: int
    was_active: bool
    is_active: bool


@dataclass(frozen=True, slots=True)
class Priority:
    """In which class somebody is served, and the rules that led to it."""

    enrollment: Enrollment
    reasons: list[PriorityRule]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the waiting list, in the order in which it is served."""

    enrollment: Enrollment
    reasons: list[Texts]


def subject_of(code: str) -> UUID:
    """Under which id the ledger keeps the history of a rule: always the same for one code."""
    return uuid5(NAMESPACE_OID, f"priority-rule:{code}")


def priority_rules() -> list[PriorityRule]:
    """Every rule, the weightiest first."""
    return list(PriorityRule.objects.all())


def rule_changes(rules: Iterable[PriorityRule]) -> list[RuleChange]:
    """The last changes of these rules, the newest first."""
    named = {rule.code: rule.names for rule in rules}
    events = list(histories_of(map(subject_of, named)).order_by("-id")[:SHOWN])
    actors = {event.actor_id for event in events if event.actor_id}
    accounts = Account.objects.filter(public_id__in=actors).values_list("public_id", "login")
    by: dict[UUID | None, str] = dict(accounts)
    return [
        RuleChange(
            names=named[event.data["code"]],
            at=event.time,
            by=by.get(event.actor_id, ""),
            step_before=event.data["from"][0],
            step=event.data["to"][0],
            was_active=event.data["from"][1],
            is_active=event.data["to"][1],
        )
        for event in events
    ]


def priority_of(enrollment: int) -> Priority:
    """In which class somebody is served, and by which published rules."""
    row = Enrollment.objects.get(pk=enrollment)
    return Priority(row, list(PriorityRule.objects.filter(code__in=row.priority_reasons)))


def waiting_in_order(run: Run) -> list[Waiting]:
    """The waiting list in the order in which it is served, each with the reasons of the class."""
    names = dict(PriorityRule.objects.values_list("code", "names"))
    rows = Enrollment.objects.filter(run=run, state=State.WAITLISTED)
    ordered = rows.select_related("person", "court").order_by("priority_class", "queue_number")
    return [
        Waiting(row, [names[code] for code in row.priority_reasons if code in names])
        for row in ordered
    ]


def passes(run: Run, *, limit: int = 20) -> list[PromotionPass]:
    """The last looks along the queue, each with its verdicts and reasons."""
    rows = PromotionPass.objects.filter(run=run).order_by("-pk")
    return list(rows.prefetch_related("looks__enrollment__person")[:limit])
