"""What is owed, to read: one person's sums explained, and a court's list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from academy.core.errors import Missing
from academy.core.texts import Texts
from academy.people.models import Appointment
from courses.catalogue.models import Audience, Topic
from courses.development.registry import Gap
from enrollment.credits import owing
from enrollment.credits.enums import Duty
from enrollment.credits.facts import Reader, concerned_by
from enrollment.credits.models import Exemption, Obligation, Requirement
from enrollment.credits.terms import Standing

SOON = timedelta(days=90)
LATE, DUE_SOON, LATER = "late", "soon", "later"


def requirements() -> QuerySet[Requirement]:
    """Every requirement, by code, with what it names."""
    rows = Requirement.objects.select_related("audience")
    return rows.prefetch_related("minimums__topic", "courses").order_by("code")


def requirement_of(code: str) -> Requirement:
    """One requirement."""
    found = requirements().filter(code=code).first()
    if found is None:
        raise Missing("unknown_requirement", _("There is no such requirement."))
    return found


def obligations_of(person: int) -> QuerySet[Obligation]:
    """All that a person owes or owed, what is due first on top."""
    rows = Obligation.objects.filter(person=person).select_related("requirement")
    return rows.order_by("due_at", "requirement__code")


def present_obligations(person: int, now: datetime) -> list[Obligation]:
    """What a person owes at present: what is not over yet, and what is over and still owed."""
    return list(obligations_of(person).filter(Q(due_at__gte=now) | Q(state=Duty.OWED)))


def standings_of(rows: Sequence[Obligation], now: datetime) -> Mapping[date, Standing]:
    """The arithmetic behind one person's obligations by one requirement, by the first day.

    From the present facts: a period that has changed within the last moments may be missing.
    """
    reader, person = Reader(rows[0].requirement), rows[0].person_id
    facts = reader.facts([person]).get(person)
    today = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    found = owing.standings(reader.terms, facts, today) if facts else []
    return {one.first_day: one for one in found}


def topics_of(standings: Iterable[Standing]) -> Mapping[int, Texts]:
    """The names of the topics that the arithmetic names."""
    named = {line.topic for standing in standings for line in standing.topics}
    return dict(Topic.objects.filter(pk__in=named).values_list("pk", "names")) if named else {}


def exemptions_of(requirement: Requirement) -> QuerySet[Exemption]:
    """Who is relieved of a requirement, the newest first; those taken back as well."""
    rows = Exemption.objects.filter(requirement=requirement)
    return rows.select_related("person", "granted_by").order_by("-granted_at", "-pk")


def would_owe(audience: str, day: date) -> int:
    """How many people hold a post of this audience on that day: whom a norm for it touches."""
    row = Audience.objects.filter(code=audience).first()
    return concerned_by(row, day) if row else 0


@dataclass(frozen=True, slots=True)
class OwedFilter:
    """Which obligations a list shows: of these courts (None: all), one requirement, one state."""

    courts: frozenset[int] | None
    requirement: str = ""
    state: str = ""


def owed_in(wanted: OwedFilter, now: datetime, day: date) -> QuerySet[Any]:
    """What people now in post at these courts owe, late ones first."""
    rows = _at_courts(wanted.courts, day).annotate(standing=_standing(now))
    rows = rows.filter(Q(due_at__gte=now) | Q(state=Duty.OWED))
    if wanted.requirement:
        rows = rows.filter(requirement__code=wanted.requirement)
    if wanted.state:
        rows = rows.filter(standing=wanted.state)
    rows = rows.select_related("person", "requirement")
    return rows.order_by("due_at", "person__sort_key", "pk")


def owed_counts(
    courts: frozenset[int] | None, now: datetime, day: date
) -> list[tuple[Requirement, dict[str, int]]]:
    """How many people stand how, by requirement."""
    rows = owed_in(OwedFilter(courts), now, day).order_by()
    counts: dict[int, dict[str, int]] = {}
    for requirement, standing, number in rows.values_list("requirement_id", "standing").annotate(
        number=Count("pk")
    ):
        counts.setdefault(requirement, {})[standing] = number
    found = Requirement.objects.filter(pk__in=counts).order_by("code")
    return [(row, counts[row.pk]) for row in found]


def gaps(now: datetime) -> list[Gap]:
    """How many people in post owe each requirement now, the widest gap first."""
    day = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    rows = _at_courts(None, day).filter(state=Duty.OWED, first_day__lte=day)
    found = rows.values("requirement__code", "requirement__names").annotate(
        people=Count("person", distinct=True)
    )
    return [
        Gap(row["requirement__code"], row["requirement__names"], row["people"])
        for row in found.order_by("-people", "requirement__code")
    ]


def _at_courts(courts: frozenset[int] | None, day: date) -> QuerySet[Obligation]:
    posts = Appointment.objects.filter(person=OuterRef("person"), period__contains=day)
    if courts is not None:
        posts = posts.filter(court__in=courts)
    return Obligation.objects.filter(Exists(posts))


def _standing(now: datetime) -> Case:
    """Met and exempt as they are; what is owed by how near its day is."""
    return Case(
        When(~Q(state=Duty.OWED), then="state"),
        When(due_at__lt=now, then=Value(LATE)),
        When(due_at__lt=now + SOON, then=Value(DUE_SOON)),
        default=Value(LATER),
    )


def standing_word(obligation: Obligation, now: datetime) -> str:
    """The same of one row in hand."""
    if obligation.state != Duty.OWED:
        return obligation.state
    if obligation.due_at < now:
        return LATE
    return DUE_SOON if obligation.due_at < now + SOON else LATER
