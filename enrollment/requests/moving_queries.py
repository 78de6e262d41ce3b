"""Where a seat could move to, and who could take it over."""

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from academy.people.models import Appointment, Person
from courses.planning.enums import ASKING
from courses.planning.models import Run
from enrollment.requests import moving_rules
from enrollment.seats.enums import ACTIVE
from enrollment.seats.models import Enrollment


def runs_to_move_to(run: Run, *, now: datetime) -> QuerySet[Run]:
    """Other runs of the same course that can be asked for now, with their free seats."""
    rows = Run.objects.filter(
        course_id=run.course_id,
        state__in=ASKING,
        enrollment_opens_at__lte=now,
        enrollment_closes_at__gt=now,
    ).exclude(pk=run.pk)
    free = Count("seats", filter=Q(seats__free=True))
    return rows.select_related("venue", "version").annotate(free=free).order_by("starts_at", "pk")


def runs_to_join(run: Run) -> QuerySet[Run]:
    """Other runs of the same course that are still ahead and take people."""
    rows = Run.objects.filter(course_id=run.course_id, state__in=ASKING).exclude(pk=run.pk)
    free = Count("seats", filter=Q(seats__free=True))
    return rows.annotate(free=free).order_by("starts_at", "pk")


def people_in(run: Run) -> QuerySet[Enrollment]:
    """Everybody with an active enrolment: who holds a seat first, each group by name."""
    rows = Enrollment.objects.filter(run=run, state__in=ACTIVE).select_related("person")
    seatless = rows.annotate(is_seatless=Q(seat__isnull=True))
    return seatless.order_by("is_seatless", "person__sort_key", "pk")


def next_of(enrollment: Enrollment) -> Enrollment | None:
    """Where somebody stands who was moved from here."""
    rows = Enrollment.objects.filter(previous=enrollment.pk, person=enrollment.person_id)
    return rows.exclude(run=enrollment.run_id).order_by("-pk").first()


def ways_out(enrollment: Enrollment, *, now: datetime) -> dict[str, bool]:
    """Whether a promised seat could move now: to another run, to a colleague."""
    standing = moving_rules.standing_of(enrollment, late=False, reason="")
    to_colleague = moving_rules.can_substitute(standing, now=now)
    if not (to_colleague or moving_rules.is_promised(standing, now=now)):
        return {}
    found = Enrollment.objects.filter(pk=enrollment.pk).values_list(
        Exists(runs_to_move_to(enrollment.run, now=now)),
        Exists(colleagues_of(enrollment, now=now)),
    )
    has_run, has_colleague = found.get()
    return {"to_run": has_run, "to_colleague": to_colleague and has_colleague}


def colleagues_of(enrollment: Enrollment, *, now: datetime) -> QuerySet[Person]:
    """People of the same court who are not in the run yet."""
    here = Appointment.objects.filter(
        person=OuterRef("pk"), court=enrollment.court_id, period__contains=now.date()
    )
    taken = Enrollment.objects.filter(
        run=enrollment.run_id, person=OuterRef("pk"), state__in=ACTIVE
    )
    rows = Person.objects.filter(Exists(here), ~Exists(taken), left_on__isnull=True)
    return rows.order_by("sort_key", "pk")
