"""Materials are for those with a seat and for those who teach: not for the whole catalogue."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from academy.access.enums import Right
from academy.access.queries import Viewer
from academy.core.errors import Missing
from courses.planning.models import Run
from enrollment.classroom.models import Material
from enrollment.seats.enums import HOLDING, State
from enrollment.seats.models import Enrollment

READERS = HOLDING | {State.CLOSED}
"""Who has a seat reads; who took part may still read when it is over."""


def material_to_read(viewer: Viewer, public_id: UUID) -> Material:
    """A material of a run in which the viewer takes part or teaches, or any for the registrar."""
    rows = Material.objects.select_related("run")
    if not viewer.may(Right.READ_ALL):
        rows = rows.filter(run__in=_shared_with(viewer))
    material = rows.filter(public_id=public_id).first()
    if material is None:
        raise Missing("unknown_material", _("There is no such material."))
    return material


def _shared_with(viewer: Viewer) -> QuerySet[Run]:
    person = viewer.person_id
    seats = Enrollment.objects.filter(person=person, state__in=READERS)
    return Run.objects.filter(Q(assignments__person=person) | Q(pk__in=seats.values("run")))
