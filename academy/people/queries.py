"""Reads of people and their posts."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from academy.people.models import Appointment, Person


def appointments_on(day: date) -> QuerySet[Appointment]:
    """The appointments valid on that day, permanent ones first."""
    return (
        Appointment.objects.filter(period__contains=day)
        .select_related("person", "court", "court__region", "position")
        .order_by("person_id", "-kind", "id")
    )


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Which people a list shows: of these courts (None: all), of one court, one external id."""

    courts: frozenset[int] | None = None
    court: str = ""
    external_id: str = ""


def people_rows(
    wanted: PeopleFilter, day: date, *, after: tuple[str, UUID] | None, limit: int
) -> list[dict[str, Any]]:
    """Up to `limit` people in alphabetical order after one of them, with their posts on that day.

    Two statements, whatever the number of people. Identification numbers are not among the columns.
    """
    people = Person.objects.order_by("sort_key", "id")
    if wanted.external_id:
        people = people.filter(external_id=wanted.external_id)
    if wanted.courts is not None or wanted.court:
        posts = Appointment.objects.filter(period__contains=day, person=OuterRef("pk"))
        if wanted.courts is not None:
            posts = posts.filter(court__in=wanted.courts)
        if wanted.court:
            posts = posts.filter(court__code=wanted.court)
        people = people.filter(Exists(posts))
    if after:
        key, public_id = after
        last = Person.objects.filter(public_id=public_id).values("pk")[:1]
        people = people.filter(
            Q(sort_key__gt=key) | Q(sort_key=key, pk__gt=Coalesce(Subquery(last), 0))
        )
    rows = list(people.values(*_PERSON_COLUMNS)[:limit])
    return _with_posts(rows, day)


def person_row(public_id: UUID, day: date) -> dict[str, Any] | None:
    """One person with the posts of that day."""
    rows = list(Person.objects.filter(public_id=public_id).values(*_PERSON_COLUMNS))
    return next(iter(_with_posts(rows, day)), None)


_POST_COLUMNS = ("person_id", "court_id", "court__code", "position__code", "kind", "period")
_PERSON_COLUMNS = (
    "id",
    "public_id",
    "external_id",
    "family_name",
    "given_name",
    "patronymic",
    "language",
    "in_service_since",
    "left_on",
    "sort_key",
)


def _with_posts(rows: list[dict[str, Any]], day: date) -> list[dict[str, Any]]:
    posts: dict[int, list[dict[str, Any]]] = {}
    found = Appointment.objects.filter(
        person__in=[row["id"] for row in rows], period__contains=day
    ).order_by("-kind", "id")
    for post in found.values(*_POST_COLUMNS):
        posts.setdefault(post["person_id"], []).append(post)
    return [{**row, "posts": posts.get(row["id"], [])} for row in rows]
