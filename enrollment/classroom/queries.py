"""Whom a notice reaches, and what a run's people share."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from academy.people.models import Person
from courses.planning.models import Run
from enrollment.classroom.enums import Diet
from enrollment.classroom.models import Material, Needs, Notice
from enrollment.seats.enums import HOLDING
from enrollment.seats.models import Enrollment


def reached_by_notices(run: Run) -> QuerySet[Enrollment]:
    """Everybody with a seat in the run: the list of those who would be written to."""
    rows = Enrollment.objects.filter(run=run, state__in=HOLDING)
    return rows.select_related("person").order_by("person__sort_key", "person_id")


def notices_of(run: Run) -> QuerySet[Notice]:
    """What was written to the run's people, newest first."""
    return Notice.objects.filter(run=run)


def materials_of(run: UUID) -> QuerySet[Material]:
    """Files and links of the run, in the order in which they were added."""
    return Material.objects.filter(run__public_id=run)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a run has to be prepared for: access by name, diets only as numbers and bare words."""

    access: list[tuple[str, str]]
    diets: list[tuple[str, int]]
    notes: list[str]

    def __bool__(self) -> bool:
        return bool(self.access or self.diets or self.notes)


def needs_in(run: Run, now: datetime) -> Prepared:
    """What those who hold a seat need; nothing of who gave it up, nothing once the run is over."""
    if run.ends_at is not None and run.ends_at < now:
        return Prepared([], [], [])
    found = Needs.objects.filter(enrollment__run=run, enrollment__state__in=HOLDING)
    rows = list(found.select_related("enrollment__person").order_by("enrollment__person__sort_key"))
    counted = Counter(diet for row in rows for diet in row.diets)
    return Prepared(
        access=[(row.enrollment.person.full_name, row.access) for row in rows if row.access],
        diets=[(str(diet.label), counted[diet]) for diet in Diet if counted[diet]],
        notes=sorted(row.diet_note for row in rows if row.diet_note),
    )


def known_needs(who: Person) -> Iterable[Mapping[str, object]]:
    """What one person told, for that person, while it is kept."""
    rows = Needs.objects.filter(enrollment__person=who).order_by("id")
    columns = ("enrollment__public_id", "access", "diets", "diet_note", "told_at")
    yield from rows.values(*columns)
