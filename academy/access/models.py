"""Which account holds which role, where and until when."""

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models

from academy.access.enums import Role
from academy.accounts.models import Account
from academy.courts.models import Court


class RoleGrant(models.Model):
    """A role given to an account; a coordinator's grant names the court.

    That somebody is a trainee, heads a court or teaches a run follows from facts (a person, an
    appointment, an assignment) and is never granted.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    court = models.ForeignKey(Court, on_delete=models.PROTECT, null=True, blank=True)
    period = DateTimeRangeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "role", "court"], name="role_granted_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=~models.Q(role="coordinator") | models.Q(court__isnull=False),
                name="coordinator_has_court",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.role}"
