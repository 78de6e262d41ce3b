"""The bodies that approve the plan of a year, and whether they have."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Invalid, Missing
from academy.ledger.actions import Fact, record
from courses.catalogue.models import Organisation
from courses.planning.models import PlanApproval, PlanYear

FIRST_YEAR, LAST_YEAR = 2000, 2200


@dataclass(frozen=True, slots=True)
class PlanState:
    """A year's plan is a draft until every body that approves it has done so."""

    approvals: list[PlanApproval]

    @property
    def is_approved(self) -> bool:
        """Whether all of them have approved."""
        return bool(self.approvals) and all(one.approved_on for one in self.approvals)

    @property
    def approved_on(self) -> date | None:
        """The day of the last approval that it needed."""
        days = [one.approved_on for one in self.approvals if one.approved_on]
        return max(days) if self.is_approved else None


def state_of(year: int) -> PlanState:
    """Who approves the plan of that year and who has; nobody is named at first."""
    rows = PlanApproval.objects.filter(plan__year=year).select_related("organisation")
    return PlanState(list(rows))


def check_year(year: int) -> None:
    """Refuse a year that no plan can be for."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Missing("unknown_page", _("There is no such page."))


def name_bodies(
    *, year: int, bodies: Sequence[Organisation], actor: Actor, at: datetime | None = None
) -> PlanState:
    """Say which bodies approve the plan. Who stays keeps the approval that was given."""
    check_year(year)
    with transaction.atomic(durable=True):
        plan = _plan(year)
        before = sorted(plan.approvals.values_list("organisation__code", flat=True))
        wanted = sorted(body.code for body in bodies)
        if before != wanted:
            plan.approvals.exclude(organisation__in=bodies).delete()
            for body in bodies:
                PlanApproval.objects.get_or_create(plan=plan, organisation=body)
            data = {"year": year, "from": before, "to": wanted}
            fact = Fact("plan.bodies_named", "plan", plan.public_id, data=data)
            record([fact], actor=actor, at=at or clock.now())
        return state_of(year)


def note_approval(
    *, year: int, body: str, day: date | None, actor: Actor, at: datetime | None = None
) -> PlanState:
    """Note on which day a body approved the plan; None takes it back. Not a day still to come."""
    at = at or clock.now()
    if day is not None and day > at.date():
        raise Invalid("approved_tomorrow", _("An approval is noted once it was given."))
    with transaction.atomic(durable=True):
        plan = _plan(year)
        row = plan.approvals.filter(organisation__code=body).first()
        if row is None:
            raise Missing("unknown_body", _("This body does not approve the plan."))
        if row.approved_on != day:
            row.approved_on = day
            row.save(update_fields=["approved_on"])
            verb = "plan.approved" if day else "plan.approval_taken_back"
            data = {"year": year, "body": body, "on": str(day or "")}
            record([Fact(verb, "plan", plan.public_id, data=data)], actor=actor, at=at)
        return state_of(year)


def _plan(year: int) -> PlanYear:
    """The row of a year, held by this transaction."""
    PlanYear.objects.get_or_create(year=year)
    return PlanYear.objects.select_for_update().get(year=year)
