"""Which account holds which role, where and until when."""

from datetime import date, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from academy.access.enums import Role
from academy.accounts.models import Account
from academy.core import ids
from academy.courts.models import Court
from academy.people.models import Person


class RoleGrant(models.Model):
    """A role given to an account; a coordinator's grant names the court, a partner's the body.

    A body is named by its code, which lasts: the bodies themselves are kept by a higher room.

    That somebody is a trainee, heads a court or teaches a run follows from facts (a person, an
    appointment, an assignment) and is never granted.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    court = models.ForeignKey(Court, on_delete=models.PROTECT, null=True, blank=True)
    body = models.CharField(max_length=40, blank=True, default="")
    period = DateTimeRangeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "role", "court", "body"],
                name="role_granted_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(role="partner") ^ Q(body=""), name="partner_has_body"
            ),
            models.CheckConstraint(
                condition=~models.Q(role="coordinator") | models.Q(court__isnull=False),
                name="coordinator_has_court",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.role}"


class Deputy(models.Model):
    """Who decides in the place of a head of court, where and for how long.

    Holds only while the head heads that court. Both names are recorded on every decision.
    """

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    head = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="deputies")
    deputy = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="deputises")
    court = models.ForeignKey(Court, on_delete=models.PROTECT, related_name="+")
    period = DateRangeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(head=F("deputy")), name="deputy_is_another"),
            ExclusionConstraint(
                name="deputy_once_at_a_time",
                expressions=[
                    (F("head"), RangeOperators.EQUAL),
                    (F("deputy"), RangeOperators.EQUAL),
                    (F("court"), RangeOperators.EQUAL),
                    (F("period"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deputy_id} for {self.head_id}"

    @property
    def last_day(self) -> date | None:
        """The last day on which the deputy decides; the range in the row ends before its bound."""
        upper: date | None = self.period.upper if self.period else None
        return upper - timedelta(days=1) if upper else None
