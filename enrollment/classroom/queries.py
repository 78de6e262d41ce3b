"""Whom a notice reaches, and what a run's people share."""

from uuid import UUID

from django.db.models import QuerySet

from courses.planning.models import Run
from enrollment.classroom.models import Material, Notice
from enrollment.seats.enums import HOLDING
from enrollment.seats.models import Enrollment


def reached_by_notices(run: Run) -> QuerySet[Enrollment]:
    """Everybody with a seat in the run: the list of those who would be written to."""
    rows = Enrollment.objects.filter(run=run, state__in=HOLDING)
    return rows.select_related("person").order_by("person__sort_key", "person_id")


def notices_of(run: Run) -> QuerySet[Notice]:
    """What was written to the run's people, newest first."""
    return Notice.objects.filter(run=run)


def materials_of(run: UUID) -> QuerySet[Material]:
    """Files and links of the run, in the order in which they were added."""
    return Material.objects.filter(run__public_id=run)
