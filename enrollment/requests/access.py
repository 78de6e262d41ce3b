"""The doors to enrolments, decisions and runs. Unknown and forbidden look alike."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from academy.access.enums import Right
from academy.access.models import Deputy
from academy.access.queries import Viewer
from academy.core.errors import Missing
from academy.courts.models import Court
from academy.people.models import Appointment, Person
from courses.planning.enums import ASKING
from courses.planning.models import Run
from enrollment.decisions.enums import StepState
from enrollment.decisions.models import Decision
from enrollment.requests.models import Nomination
from enrollment.seats.enums import Source
from enrollment.seats.models import Enrollment


def enrollments_visible_to(viewer: Viewer) -> QuerySet[Enrollment]:
    """Own enrolments; the own court's; those of the runs one teaches; all of them for staff."""
    rows = Enrollment.objects.select_related("run", "person")
    if viewer.may(Right.READ_ALL):
        return rows
    mine = Q(person_id=viewer.person_id) if viewer.person_id else Q(pk__in=[])
    if viewer.courts:
        mine |= Q(court_id__in=viewer.courts)
    if viewer.person_id:
        mine |= Q(run__assignments__person_id=viewer.person_id)
    return rows.filter(mine).distinct()


def enrollment_for(viewer: Viewer, public_id: UUID) -> Enrollment:
    """One enrolment that the viewer may see."""
    row = enrollments_visible_to(viewer).filter(public_id=public_id).first()
    if row is None:
        raise Missing("unknown_enrollment", _("There is no such enrolment."))
    return row


def asked_by_link(public_id: UUID) -> Enrollment | None:
    """The enrolment that a signed link names: the signature is the right to see this one."""
    rows = Enrollment.objects.select_related("run__version", "run__venue", "person")
    return rows.filter(public_id=public_id).first()


def own_enrollment(viewer: Viewer, public_id: UUID) -> Enrollment:
    """One enrolment that the viewer may change: the own one, or any for the registrar."""
    row = enrollment_for(viewer, public_id)
    if row.person_id != viewer.person_id and not viewer.may(Right.REGISTER):
        raise Missing("unknown_enrollment", _("There is no such enrolment."))
    return row


def enrollment_to_move(viewer: Viewer, public_id: UUID) -> Enrollment:
    """One enrolment that the viewer may move or hand over: the holder, the registrar, and who
    nominates for the holder's court.
    """
    row = enrollment_for(viewer, public_id)
    nominates = viewer.may(Right.NOMINATE) and row.court_id in viewer.courts
    if row.person_id != viewer.person_id and not nominates and not viewer.may(Right.REGISTER):
        raise Missing("unknown_enrollment", _("There is no such enrolment."))
    return row


def enrollment_to_call_off(viewer: Viewer, public_id: UUID) -> Enrollment:
    """One enrolment that the academy may end; nobody ends the own one like this."""
    row = enrollment_for(viewer, public_id)
    if not viewer.may(Right.REGISTER) or row.person_id == viewer.person_id:
        raise Missing("unknown_enrollment", _("There is no such enrolment."))
    return row


def moves_as(viewer: Viewer, row: Enrollment) -> Source:
    """In which part somebody moves this enrolment; the rules allow each a little more or less."""
    if viewer.client_id:
        return Source.SYSTEM
    if row.person_id == viewer.person_id:
        return Source.SELF
    return Source.REGISTRAR if viewer.may(Right.REGISTER) else Source.NOMINATION


def decisions_for(viewer: Viewer) -> QuerySet[Decision]:
    """The open decisions that wait for this viewer, most pressing first; never on own requests."""
    rows = (
        Decision.objects.filter(state=StepState.OPEN)
        .select_related(
            "enrollment__person", "enrollment__run__course", "enrollment__run__version", "court"
        )
        .order_by("due_at", "pk")
    )
    return rows.filter(_decided_by(viewer)).exclude(enrollment__person_id=viewer.person_id or 0)


def decisions_among(viewer: Viewer, wanted: Collection[UUID]) -> list[Decision]:
    """Those that are the viewer's to make, also answered ones: a repeated answer finds them."""
    rows = Decision.objects.filter(_decided_by(viewer), public_id__in=wanted)
    others = rows.exclude(enrollment__person_id=viewer.person_id or 0)
    return list(others.select_related("enrollment__person", "enrollment__run__version", "court"))


def _decided_by(viewer: Viewer) -> Q:
    """As head of the court, in its head's place (not on that head's own), or as the academy."""
    mine = Q(decider="head", court_id__in=viewer.headed_courts)
    for head in viewer.stands_in_for:
        mine |= Q(decider="head", court_id=head.court_id) & ~Q(enrollment__person_id=head.person_id)
    if viewer.may(Right.REGISTER):
        mine |= Q(decider="academy")
    return mine


def decision_for(viewer: Viewer, public_id: UUID) -> Decision:
    """One decision that this viewer may make."""
    row = (
        Decision.objects.filter(_decided_by(viewer), public_id=public_id)
        .exclude(enrollment__person_id=viewer.person_id or 0)
        .select_related(
            *("enrollment__person", "enrollment__run__course", "enrollment__run__version"),
            *("court", "decided_by__person", "behalf_of"),
        )
        .first()
    )
    if row is None:
        raise Missing("unknown_decision", _("There is no such decision."))
    return row


def people_to_nominate(viewer: Viewer, *, day: date) -> QuerySet[Person]:
    """Those whom the viewer may nominate: of the courts coordinated or headed; all for staff."""
    present = Person.objects.filter(Q(left_on__isnull=True) | Q(left_on__gt=day))
    if viewer.may(Right.REGISTER):
        return present
    if not viewer.may(Right.NOMINATE):
        return present.none()
    posts = Appointment.objects.filter(court_id__in=viewer.courts, period__contains=day)
    return present.filter(pk__in=posts.values("person_id"))


def run_to_nominate_for(viewer: Viewer, public_id: UUID) -> Run:
    """One run that people may be nominated for; whether it takes them now is said with each."""
    row = Run.objects.select_related("course", "version").filter(public_id=public_id).first()
    nominates = viewer.may(Right.NOMINATE) or viewer.may(Right.REGISTER)
    if row is None or row.state not in ASKING or not nominates:
        raise Missing("unknown_run", _("There is no such run."))
    return row


def nominations_seen_by(viewer: Viewer) -> QuerySet[Nomination]:
    """The own nominations and those of the own court; all for registrar and auditor."""
    rows = Nomination.objects.select_related("run", "job")
    if viewer.may(Right.READ_ALL):
        return rows
    if viewer.client_id:
        return rows.filter(job__asked_by=viewer.client_id)
    return rows.filter(Q(account_id=viewer.account_id or 0) | Q(court_id__in=viewer.courts))


def nomination_for(viewer: Viewer, public_id: UUID) -> Nomination:
    """One nomination that the viewer may see."""
    row = nominations_seen_by(viewer).filter(public_id=public_id).first()
    if row is None:
        raise Missing("unknown_nomination", _("There is no such nomination."))
    return row


def nomination_to_apply(viewer: Viewer, public_id: UUID, *, by: UUID | None) -> Nomination:
    """One nomination that may be carried out: in the right of who nominated, by who wrote it."""
    row = nomination_for(viewer, public_id)
    if (row.account_id, row.job.asked_by) != (viewer.account_id, by):
        raise Missing("unknown_nomination", _("There is no such nomination."))
    return row


def possible_deputies(viewer: Viewer, *, day: date) -> QuerySet[Person]:
    """Colleagues of the courts that the viewer heads who have an account to decide with."""
    at_court = Appointment.objects.filter(court_id__in=viewer.headed_courts, period__contains=day)
    people = Person.objects.filter(pk__in=at_court.values("person_id"), account__is_active=True)
    return people.exclude(pk=viewer.person_id or 0).distinct().order_by("sort_key", "pk")


def heads_with(viewer: Viewer, deputy: Person, *, day: date) -> tuple[Person, Court]:
    """The viewer as a head, and the court headed at which that colleague serves."""
    court = Court.objects.filter(
        pk__in=viewer.headed_courts,
        appointments__person=deputy,
        appointments__period__contains=day,
    ).first()
    if court is None:
        raise Missing("unknown_person", _("There is no such person."))
    return Person.objects.get(pk=viewer.person_id or 0), court


def own_deputy(viewer: Viewer, public_id: UUID) -> Deputy:
    """One deputy whom the viewer has named."""
    rows = Deputy.objects.filter(head_id=viewer.person_id, public_id=public_id)
    row = rows.select_related("head", "deputy", "court").first()
    if row is None:
        raise Missing("unknown_deputy", _("There is no such deputy."))
    return row


def runs_read_by(viewer: Viewer) -> QuerySet[Run]:
    """The runs whose roster the viewer may see: the own ones; all for registrar and auditor."""
    rows = Run.objects.select_related("course", "version", "venue")
    if viewer.may(Right.READ_ALL):
        return rows
    return rows.filter(assignments__person_id=viewer.person_id) if viewer.person_id else rows.none()


def run_to_read(viewer: Viewer, public_id: UUID) -> Run:
    """One run whose roster the viewer may see."""
    row = runs_read_by(viewer).filter(public_id=public_id).first()
    if row is None:
        raise Missing("unknown_run", _("There is no such run."))
    return row


def run_to_teach(viewer: Viewer, public_id: UUID) -> Run:
    """One run that the viewer may mark and finalise: a trainer's own, any for the registrar."""
    if not viewer.may(Right.TEACH):
        raise Missing("unknown_run", _("There is no such run."))
    return run_to_read(viewer, public_id)


def run_to_register(viewer: Viewer, public_id: UUID) -> Run:
    """One run that the viewer may cancel, move or change: the registrar's door."""
    if not viewer.may(Right.REGISTER):
        raise Missing("unknown_run", _("There is no such run."))
    return run_to_teach(viewer, public_id)


def enrollment_to_read(viewer: Viewer, public_id: UUID) -> Enrollment:
    """One enrolment with its whole story: the holder's own, or any for registrar and auditor.

    Trainers and heads of court know who takes part; why somebody waited or declined is not theirs.
    """
    row = enrollment_for(viewer, public_id)
    if row.person_id != viewer.person_id and not viewer.may(Right.READ_ALL):
        raise Missing("unknown_enrollment", _("There is no such enrolment."))
    return row
