"""The locks of the room."""

from django.db import connection
from django.utils.translation import gettext_lazy as _

from academy.core.errors import Missing
from enrollment.credits.models import Requirement

RECKONING = 7_301_019


def hold_reckoning() -> None:
    """One reckoning at a time: each works a batch of people and is over in a moment.

    Two that read the same person's facts at different moments would else write in either order.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [RECKONING])


def locked_requirement(code: str) -> Requirement:
    """The requirement as it is now, held until the commit."""
    row = Requirement.objects.select_for_update(of=("self",)).filter(code=code).first()
    if row is None:
        raise Missing("unknown_requirement", _("There is no such requirement."))
    return row
