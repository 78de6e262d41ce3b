"""Reads of people and their posts."""

from datetime import date

from django.db.models import QuerySet

from academy.people.models import Appointment, Person


def appointments_on(day: date) -> QuerySet[Appointment]:
    """The appointments valid on that day, permanent ones first."""
    return (
        Appointment.objects.filter(period__contains=day)
        .select_related("person", "court", "court__region", "position")
        .order_by("person_id", "-kind", "id")
    )


def appointment_of(person: Person, day: date) -> Appointment | None:
    """The post under which a person acts by default: the permanent one, else the oldest."""
    rows = list(appointments_on(day).filter(person=person))
    permanent = [row for row in rows if row.kind == Appointment.Kind.PERMANENT]
    return next(iter(permanent or rows), None)


def heads_of(court_id: int, day: date) -> QuerySet[Person]:
    """Who heads a court on that day; more than one while somebody acts for another."""
    return Person.objects.filter(
        appointments__court_id=court_id,
        appointments__position__is_head=True,
        appointments__period__contains=day,
    ).distinct()


def people_of_court(court_id: int, day: date) -> QuerySet[Person]:
    """Everybody who holds a post at that court on that day, in alphabetical order."""
    return (
        Person.objects.filter(
            appointments__court_id=court_id, appointments__period__contains=day, left_on__isnull=True
        )
        .distinct()
        .order_by("sort_key", "id")
    )
