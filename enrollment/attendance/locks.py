"""The one lock of the room: a run's row, so that marks and finalisation cannot cross."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from academy.core.errors import Missing
from courses.planning.models import Run, Session
from enrollment.seats.models import Enrollment


def session_with_run_locked(public_id: UUID) -> Session:
    """The session, its run held until the commit; re-read after waiting for somebody else."""
    rows = Session.objects.select_related("run").select_for_update(of=("run",), no_key=True)
    session = rows.filter(public_id=public_id).first()
    if session is None:
        raise Missing("unknown_session", _("There is no such session."))
    return session


def enrollment_with_run_locked(public_id: UUID) -> Enrollment:
    """The enrolment with its person, its run held until the commit."""
    rows = Enrollment.objects.select_related("run__version", "person")
    enrollment = (
        rows.select_for_update(of=("run",), no_key=True).filter(public_id=public_id).first()
    )
    if enrollment is None:
        raise Missing("unknown_enrollment", _("There is no such enrolment."))
    return enrollment


def lock_run(run: Run) -> Run:
    """The run as it is now, held until the commit."""
    rows = Run.objects.select_related("version")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=run.pk)
