"""Issue the papers of trips, where a newer revision ends the older one; ask for many as files."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db.transaction import atomic
from django.utils.translation import gettext_lazy as _

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Invalid, Missing, Refused
from academy.jobs.models import Job
from academy.ledger.actions import Fact, record
from courses.catalogue.models import Organisation
from courses.planning.enums import AHEAD, RunState
from courses.planning.models import Run
from enrollment.seats.models import Enrollment
from enrollment.trips.enums import TripState
from enrollment.trips.models import TripBatch, TripPaper
from enrollment.trips.queries import Traveller, present_trip, travellers_of

OPEN = (TripState.TO_PREPARE, TripState.CHANGED)
OVER = (Job.State.DONE, Job.State.FAILED)
KIND = "trips.papers"


@atomic(durable=True)
def issue(
    *,
    run: UUID,
    actor: Actor,
    enrollments: Collection[UUID] | None = None,
    at: datetime | None = None,
) -> list[TripPaper]:
    """Issue the papers that are missing or outdated: of everybody who goes, or of those named.

    Those whose court lies near the place get one only when they are named. A paper that still holds
    is left alone, so that asking twice issues nothing twice. Refuses a run that is over or has no
    dates or place, and one of which nobody has said who pays.
    """
    at = at or clock.now()
    row = _locked(run)
    _check(row)
    asked = Enrollment.objects.filter(run=row)
    if enrollments is not None:
        asked = asked.filter(public_id__in=enrollments)
    wanted = (*OPEN, TripState.NEARBY) if enrollments is not None else OPEN
    going = [one for one in travellers_of(asked) if one.state in wanted]
    TripPaper.objects.filter(pk__in=[one.paper.pk for one in going if one.paper]).update(
        is_current=False
    )
    papers = TripPaper.objects.bulk_create(_papers(going, at))
    record([_fact(paper) for paper in papers], actor=actor, at=at)
    return papers


def _papers(going: Sequence[Traveller], at: datetime) -> list[TripPaper]:
    issuer = Organisation.objects.filter(is_issuer=True).first()
    papers = []
    for one in going:
        trip = present_trip(one.enrollment, issuer)
        if trip is not None:
            revision = one.paper.revision + 1 if one.paper else 1
            papers.append(
                TripPaper(
                    enrollment=one.enrollment,
                    revision=revision,
                    trip=trip.as_json(),
                    issued_at=at,
                )
            )
    return papers


def _locked(run: UUID) -> Run:
    """The run, so that two who press the button do not issue two revisions."""
    rows = Run.objects.select_for_update(no_key=True, of=("self",)).select_related("venue")
    row = rows.filter(public_id=run).first()
    if row is None:
        raise Missing("unknown_run", _("There is no such run."))
    return row


def _check(run: Run) -> None:
    if run.state not in AHEAD | {RunState.RUNNING} or run.starts_at is None:
        raise Refused("run_without_trips", _("Nobody travels to this run now."))
    if run.venue is None:
        raise Invalid("run_has_no_place", _("The run has no place to travel to."))
    if not run.payer:
        raise Invalid("payer_missing", _("Say first who pays for the trips."))


def _fact(paper: TripPaper) -> Fact:
    """What happened, by ids: the serial is a secret of whoever holds the paper."""
    enrollment = paper.enrollment
    return Fact(
        "trip.issued",
        "trip",
        paper.public_id,
        context_id=enrollment.run.public_id,
        person_id=enrollment.person.public_id,
        data={"enrollment": str(enrollment.public_id), "revision": paper.revision},
    )


@atomic(durable=True)
def ask_files(
    *, run: Run, papers: Sequence[TripPaper], actor: Actor, at: datetime | None = None
) -> TripBatch:
    """Have these papers of a run written into files; a worker begins within seconds.

    Asked twice for the same papers while they are written or lie ready, there is one batch. Refuses
    where no paper holds.
    """
    at = at or clock.now()
    if not papers:
        raise Refused("no_papers", _("No paper of this run holds. Issue them first."))
    _locked(run.public_id)
    keys = [paper.pk for paper in papers]
    same = TripBatch.objects.filter(run=run, papers=keys, job__asked_by=actor.id)
    if found := same.exclude(expires_at=None, job__state__in=OVER).first():
        return found
    job = Job.objects.create(
        kind=KIND, is_dry_run=False, asked_by=actor.id, asked_at=at, total=len(keys)
    )
    data = {"papers": len(keys)}
    told = Fact("trip.files_asked", "trip_files", job.public_id, run.public_id, data=data)
    record([told], actor=actor, at=at)
    return TripBatch.objects.create(job=job, run=run, papers=keys)


@atomic(durable=True)
def write_again(batch: UUID, actor: Actor) -> None:
    """Go on with files that could not be written; those that are there stay."""
    jobs = Job.objects.filter(public_id=batch, state=Job.State.FAILED)
    if not jobs.update(state=Job.State.WAITING, error="", finished_at=None):
        raise Missing("unknown_trip", _("There is no such paper."))
    TripBatch.objects.filter(job__public_id=batch).update(lease_until=None)
    told = Fact("trip.files_resumed", "trip_files", batch)
    record([told], actor=actor, at=clock.now())
