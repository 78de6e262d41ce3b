"""Who wants to hear when a course is held: a wish, taken back at will, answered at publication."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Missing, Refused
from academy.ledger.actions import Fact, record
from academy.people.models import Person
from courses.catalogue.enums import CourseStatus
from courses.catalogue.models import Course
from courses.planning.models import Interest


def tell_me(*, course: Course, person: int, actor: Actor, at: datetime | None = None) -> Interest:
    """Note the wish to hear of the next run. Saying it twice is one wish; one answered is new."""
    at = at or clock.now()
    if course.status != CourseStatus.PUBLISHED:
        raise Refused("course_not_held", _("This course is no longer in the catalogue."))
    with transaction.atomic(durable=True):
        row, made = Interest.objects.select_for_update().get_or_create(
            course=course, person_id=person, defaults={"at": at}
        )
        if made or row.told_at is not None:
            row.at, row.told_at = at, None
            row.save(update_fields=["at", "told_at"])
            record([_fact("interest.noted", course, row.person)], actor=actor, at=at)
    return row


def known(who: Person) -> Iterable[Mapping[str, object]]:
    """The wishes of one person, for that person."""
    rows = Interest.objects.filter(person=who).order_by("id")
    yield from rows.values("course__code", "at", "told_at")


def never_mind(*, course: Course, person: int, actor: Actor, at: datetime | None = None) -> None:
    """Take the wish back; without one nothing happens."""
    who = Person.objects.filter(pk=person).first()
    if who is None:
        raise Missing("no_person", _("There is no such person."))
    with transaction.atomic(durable=True):
        deleted, _kinds = Interest.objects.filter(course=course, person=who).delete()
        if deleted:
            record([_fact("interest.dropped", course, who)], actor=actor, at=at or clock.now())


def answer(*, course: int, noted_until: datetime, at: datetime) -> int:
    """These people have been told of a run; how many. Their wishes count no longer."""
    open_wishes = Interest.objects.filter(course=course, told_at__isnull=True, at__lte=noted_until)
    return open_wishes.update(told_at=at)


def _fact(verb: str, course: Course, person: Person) -> Fact:
    data = {"code": course.code}
    return Fact(verb, "course", course.public_id, person_id=person.public_id, data=data)
