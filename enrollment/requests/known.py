"""What the rooms of enrolment keep about one person, in that person's own hands.

Remarks that others wrote about somebody else's request are not there; the reason for a decision on
the own request is.
"""

from collections.abc import Iterable, Mapping

from academy.people.models import Person
from enrollment.attendance.models import Mark, Outcome
from enrollment.calendars.models import CalendarFeed
from enrollment.certificates.models import Certificate
from enrollment.credits.models import CreditEntry, Exemption, Obligation
from enrollment.decisions.models import Decision
from enrollment.feedback.models import AnswerInvitation
from enrollment.seats.models import Enrollment
from enrollment.trips.models import TripPaper

Rows = Iterable[Mapping[str, object]]


def enrollments(who: Person) -> Rows:
    """Every claim on a run, and how it ended."""
    columns = ("public_id", "run__code", "run__course__code", "state", "source", "queue_number")
    rows = Enrollment.objects.filter(person=who).order_by("id")
    yield from rows.values(*columns, "priority_class", "end_reason", "created_at", "state_since")


def decisions(who: Person) -> Rows:
    """Every step on the own requests."""
    rows = Decision.objects.filter(enrollment__person=who).order_by("id")
    columns = ("public_id", "kind", "decider", "state", "due_at", "reason")
    yield from rows.values("enrollment__public_id", *columns)


def marks(who: Person) -> Rows:
    """Attendance, also what was corrected later."""
    rows = Mark.objects.filter(enrollment__person=who).order_by("id")
    yield from rows.values("enrollment__public_id", "session__number", "status", "minutes", "at")


def outcomes(who: Person) -> Rows:
    """What the runs came to, every revision."""
    rows = Outcome.objects.filter(enrollment__person=who).order_by("id")
    columns = ("public_id", "enrollment__public_id", "revision", "outcome", "minutes_attended")
    yield from rows.values(*columns, "minutes_planned", "test_passed", "frozen_at", "is_current")


def credits_earned(who: Person) -> Rows:
    """Credit, also what was superseded."""
    rows = CreditEntry.objects.filter(person=who).order_by("id")
    columns = ("public_id", "course__code", "kind", "year", "earned_on", "minutes", "title")
    yield from rows.values(*columns, "evidence", "minutes_per_hour", "superseded_at")


def certificates(who: Person) -> Rows:
    """Papers, and what became of them."""
    rows = Certificate.objects.filter(outcome__enrollment__person=who).order_by("id")
    yield from rows.values("public_id", "serial", "state", "issued_at", "ended_at", "paper")


def trips(who: Person) -> Rows:
    """The papers on which a court orders a trip, every revision."""
    rows = TripPaper.objects.filter(enrollment__person=who).order_by("id")
    yield from rows.values("public_id", "serial", "revision", "is_current", "issued_at", "trip")


def obligations(who: Person) -> Rows:
    """What was owed, period by period, as it is reckoned at present."""
    rows = Obligation.objects.filter(person=who).order_by("id")
    columns = ("requirement__code", "first_day", "last_day", "due_at", "needed", "earned")
    yield from rows.values(*columns, "state", "met_on")


def exemptions(who: Person) -> Rows:
    """Reliefs from requirements, also those taken back."""
    rows = Exemption.objects.filter(person=who).order_by("id")
    columns = ("public_id", "requirement__code", "kind", "first_day", "last_day", "reason")
    yield from rows.values(*columns, "granted_by__code", "granted_at", "ended_at")


def calendars(who: Person) -> Rows:
    """Private addresses for calendars: that they exist, not what they are."""
    yield from CalendarFeed.objects.filter(account__person=who).values("kind", "made_at")


def questionnaires(who: Person) -> Rows:
    """In which questionnaires somebody was asked, and whether that was answered: all there is."""
    rows = AnswerInvitation.objects.filter(enrollment__person=who).order_by("id")
    columns = ("enrollment__public_id", "round__moment", "round__opens_at", "round__closes_at")
    yield from rows.values(*columns, "answered")


ALL = {
    "enrollments": enrollments,
    "decisions": decisions,
    "marks": marks,
    "outcomes": outcomes,
    "credits": credits_earned,
    "certificates": certificates,
    "trips": trips,
    "obligations": obligations,
    "exemptions": exemptions,
    "calendars": calendars,
    "questionnaires": questionnaires,
}
"""By the noun under which each is told."""
