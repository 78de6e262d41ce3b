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
    person = viewer.person_id or 0  # an account of nobody does not teach what nobody teaches
    seats = Enrollment.objects.filter(person=person, state__in=READERS)
    return Run.objects.filter(Q(assignments__person=person) | Q(pk__in=seats.values("run")))


def own_needs_of(viewer: Viewer, enrollment: UUID) -> Enrollment:
    """The viewer's own enrolment, to tell what is needed there; nobody tells it for another."""
    rows = Enrollment.objects.select_related("run__version")
    row = rows.filter(public_id=enrollment, person=viewer.person_id or 0).first()
    if row is None:
        raise Missing("unknown_enrollment", _("There is no such enrolment."))
    return row


def prepares(viewer: Viewer, run: Run) -> bool:
    """Whether the viewer has to know what the people of the run need: who teaches it, and the
    registrar. Who reads everything else, the auditor, does not.
    """
    if viewer.may(Right.REGISTER):
        return True
    return run.assignments.filter(person=viewer.person_id or 0).exists()
