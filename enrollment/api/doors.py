"""What a caller may see: people through the rooms' doors, systems through scope and projection.

The scope itself is checked before a view is entered (`needs`).
"""

from uuid import UUID

from django.db.models import QuerySet

from academy.access.enums import Right
from academy.access.queries import Viewer
from academy.clients.projections import Projection
from academy.core.actor import Actor
from academy.core.errors import Missing
from courses.planning.models import Run
from enrollment.requests import access
from enrollment.requests.access import (
    enrollments_visible_to,
    own_enrollment,
    run_to_read,
    run_to_register,
)
from enrollment.seats.models import Enrollment
from enrollment.seats.queries import shown_to

RESOURCE = "enrollment"


def visible_enrollments(viewer: Viewer, projection: Projection) -> QuerySet[Enrollment]:
    """The enrolments that exist for this caller."""
    if viewer.client_id is None:
        return enrollments_visible_to(viewer)
    return shown_to(projection, Enrollment.objects.select_related("person"))


def enrollment_to_change(viewer: Viewer, projection: Projection, enrollment: UUID) -> Enrollment:
    """The own enrolment, any for the registrar, any that a system with the scope can see."""
    if viewer.client_id is None:
        return own_enrollment(viewer, enrollment)
    row = visible_enrollments(viewer, projection).filter(public_id=enrollment).first()
    if row is None:
        raise Missing("unknown_enrollment", "There is no such enrolment.")
    return row


def enrollment_to_move(viewer: Viewer, projection: Projection, enrollment: UUID) -> Enrollment:
    """The same, and for who nominates for a court the enrolments of its people."""
    if viewer.client_id is None:
        return access.enrollment_to_move(viewer, enrollment)
    return enrollment_to_change(viewer, projection, enrollment)


def acting_for(viewer: Viewer, actor: Actor, row: Enrollment) -> Actor:
    """Who acts: a system does so on behalf of the person whose claim it is."""
    return actor.for_person(row.person.public_id) if viewer.client_id else actor


def run_to_command(viewer: Viewer, run: UUID) -> Run:
    """The run whose state the caller may change: the registrar's and the systems' door."""
    return _run(run) if viewer.client_id else run_to_register(viewer, run)


def run_to_read_whole(viewer: Viewer, projection: Projection, run: UUID) -> Run:
    """The run whose queue and refusals the caller may read: staff, and systems that see all."""
    if viewer.client_id is None:
        return run_to_read(viewer, run)
    if not projection.is_full:
        raise Missing("unknown_run", "There is no such run.")
    return _run(run)


def may_act_for_others(viewer: Viewer) -> bool:
    """Whether the caller may ask on behalf of a named person."""
    return viewer.client_id is not None or viewer.may(Right.REGISTER)


def _run(run: UUID) -> Run:
    row = Run.objects.filter(public_id=run).first()
    if row is None:
        raise Missing("unknown_run", "There is no such run.")
    return row
