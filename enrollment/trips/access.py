"""Who sees the papers of trips: who goes, the own court, the academy. Unknown looks alike."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from academy.access.enums import Right
from academy.access.queries import Viewer
from academy.core.errors import Missing
from academy.jobs.models import Job
from courses.planning.models import Run
from enrollment.seats.models import Enrollment
from enrollment.trips.models import TripBatch, TripPaper


def travellers_seen_by(viewer: Viewer) -> QuerySet[Enrollment]:
    """Whose trips somebody prepares or orders: of the own courts; all for the academy."""
    rows = Enrollment.objects.all()
    return rows if viewer.may(Right.READ_ALL) else rows.filter(court_id__in=viewer.courts)


def paper_for(viewer: Viewer, public_id: UUID) -> TripPaper:
    """One paper that the viewer may print: the own one, too."""
    seen = Q(enrollment__in=travellers_seen_by(viewer))
    if viewer.person_id is not None:
        seen |= Q(enrollment__person=viewer.person_id)
    row = TripPaper.objects.filter(seen, public_id=public_id).select_related("enrollment__run")
    found = row.first()
    if found is None:
        raise Missing("unknown_trip", _("There is no such paper."))
    return found


def batches_of(viewer: Viewer, run: Run) -> QuerySet[TripBatch]:
    """The files of a run that lie ready for the viewer or are being written; only the own ones."""
    rows = TripBatch.objects.filter(run=run, job__asked_by=viewer.actor().id)
    is_open = Q(job__state__in=(Job.State.WAITING, Job.State.RUNNING))
    return rows.filter(is_open | Q(expires_at__isnull=False)).select_related("job")


def batch_for(viewer: Viewer, public_id: UUID) -> TripBatch:
    """Files that the viewer has asked for and may still see the run of; others look unknown."""
    rows = TripBatch.objects.filter(job__public_id=public_id, job__asked_by=viewer.actor().id)
    row = rows.select_related("job", "run__version").first()
    if row is None:
        raise Missing("unknown_trip", _("There is no such paper."))
    run_to_travel_to(viewer, row.run.public_id)
    return row


def run_to_travel_to(viewer: Viewer, public_id: UUID) -> Run:
    """One run to which people in sight go; any for the academy."""
    rows = Run.objects.select_related("venue", "version", "course__provider")
    row = rows.filter(public_id=public_id).first()
    seen = row and (
        viewer.may(Right.READ_ALL) or travellers_seen_by(viewer).filter(run=row).exists()
    )
    if row is None or not seen:
        raise Missing("unknown_run", _("There is no such run."))
    return row
