"""Who may write on a run's attendance sheet, and who may open the scan of the signed one."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from academy.access.enums import Right
from academy.access.queries import Viewer
from academy.core.errors import Missing
from courses.planning.models import Run, Session
from enrollment.attendance.models import SheetScan
from enrollment.attendance.rules import EARLY_MARKS
from enrollment.seats.enums import State
from enrollment.seats.models import Enrollment


def session_to_mark(viewer: Viewer, public_id: UUID) -> Session:
    """The session whose attendance the viewer may mark: trainers their own, the registrar any."""
    sessions = Session.objects.select_related("run__version", "run__course").filter(
        _writable(viewer), public_id=public_id
    )
    session = sessions.first()
    if session is None:
        raise Missing("unknown_session", _("There is no such session."))
    return session


def scan_to_read(viewer: Viewer, public_id: UUID) -> SheetScan:
    """A scanned list that is still kept, for who may read the sheet it was signed for."""
    rows = SheetScan.objects.select_related("session__run")
    if not viewer.may(Right.READ_ALL):
        rows = rows.filter(session__run__in=_taught_by(viewer))
    scan = rows.filter(public_id=public_id).first()
    if scan is None:
        raise Missing("unknown_scan", _("There is no such scan."))
    if scan.erased_at:
        raise Missing("scan_erased", _("This scan was erased when its time was over."))
    return scan


def sessions_to_attend(person: int, now: datetime) -> QuerySet[Session]:
    """The sessions at which the person could sign in now."""
    return _attended_by(person).filter(
        is_cancelled=False,
        period__startswith__lte=now + EARLY_MARKS,
        period__endswith__gt=now,
    )


def session_to_attend(person: int, public_id: UUID) -> Session:
    """The session of a run in which the person has a confirmed seat."""
    session = _attended_by(person).filter(public_id=public_id).first()
    if session is None:
        raise Missing("unknown_session", _("There is no such session."))
    return session


def enrollment_to_mark(viewer: Viewer, public_id: UUID) -> Enrollment:
    """The enrolment whose test result the viewer may record: by the same rule as marks."""
    enrollments = Enrollment.objects.select_related("run__version", "person").filter(
        _writable(viewer), public_id=public_id
    )
    enrollment = enrollments.first()
    if enrollment is None:
        raise Missing("unknown_enrollment", _("There is no such enrolment."))
    return enrollment


def _writable(viewer: Viewer) -> Q:
    return Q() if viewer.may(Right.REGISTER) else Q(run__in=_taught_by(viewer))


def _attended_by(person: int) -> QuerySet[Session]:
    seats = Enrollment.objects.filter(person=person, state=State.CONFIRMED)
    rows = Session.objects.select_related("run__version", "run__course")
    return rows.filter(run__in=seats.values("run")).order_by("period", "pk")


def _taught_by(viewer: Viewer) -> QuerySet[Run]:
    if viewer.person_id is None:
        return Run.objects.none()
    return Run.objects.filter(assignments__person=viewer.person_id)
