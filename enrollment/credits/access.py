"""Who may see what somebody owes, and what somebody has learnt."""

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from academy.access.enums import Right
from academy.access.queries import Viewer
from academy.core.errors import Missing
from academy.people.models import Appointment, Person


def person_for(viewer: Viewer, public_id: UUID) -> Person:
    """One person whose record of learning the viewer may read: the own one, or as staff all.

    Another system was asked for its scope before, and its projection cuts what it is answered.
    """
    return _one(_people(viewer, None), public_id)


def owing_for(viewer: Viewer, public_id: UUID, day: date) -> Person:
    """One person of whom the viewer may see what is owed: also people of the own courts."""
    return _one(_people(viewer, day), public_id)


def courts_in_sight(viewer: Viewer) -> frozenset[int] | None:
    """The courts of which the viewer sees who owes what; None: all of them."""
    return None if viewer.may(Right.READ_ALL) else viewer.courts


def _people(viewer: Viewer, day: date | None) -> QuerySet[Person]:
    people = Person.objects.all()
    if viewer.client_id or viewer.may(Right.READ_ALL):
        return people
    allowed = Q(pk=viewer.person_id or 0)
    if day is not None and viewer.courts:
        posts = Appointment.objects.filter(court__in=viewer.courts, period__contains=day)
        allowed |= Q(pk__in=posts.values("person_id"))
    return people.filter(allowed)


def _one(people: QuerySet[Person], public_id: UUID) -> Person:
    person = people.filter(public_id=public_id).first()
    if person is None:
        raise Missing("unknown_person", _("There is no such person."))
    return person
