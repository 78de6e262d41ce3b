"""What a person has earned."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, QuerySet, Sum

from enrollment.credits.models import CreditEntry
from enrollment.credits.rules import TENTH


@dataclass(frozen=True, slots=True)
class CreditSum:
    """The credit of one kind in one year: entries, minutes, and academic hours to the tenth."""

    year: int
    kind: CreditEntry.Kind
    entries: int
    minutes: int
    hours: Decimal


def credits_of(person: int, year: int | None = None) -> list[CreditSum]:
    """The sums by year and kind, newest year first; of one year when it is given.

    Courses may count academic hours of different lengths, so the hours are added up exactly and
    rounded once at the end. What a correction superseded does not count.
    """
    rows = entries_of(person, year).order_by("-year", "kind", "minutes_per_hour")
    sums = rows.values_list("year", "kind", "minutes_per_hour").annotate(
        entries=Count("pk"), total=Sum("minutes")
    )
    groups: dict[tuple[int, str], list[tuple[int, int, int]]] = defaultdict(list)
    for of_year, kind, per_hour, entries, minutes in sums:
        groups[of_year, kind].append((per_hour, entries, minutes))
    return [
        CreditSum(
            of_year,
            CreditEntry.Kind(kind),
            entries=sum(entries for _, entries, _ in parts),
            minutes=sum(minutes for _, _, minutes in parts),
            hours=_hours(parts),
        )
        for (of_year, kind), parts in groups.items()
    ]


def _hours(parts: list[tuple[int, int, int]]) -> Decimal:
    exact = sum((Decimal(minutes) / per_hour for per_hour, _, minutes in parts), Decimal(0))
    return exact.quantize(TENTH, ROUND_HALF_UP)


def entries_of(person: int, year: int | None = None) -> QuerySet[CreditEntry]:
    """The entries that count, newest first, with the course; of one year when it is given."""
    rows = CreditEntry.objects.filter(person=person, superseded_at__isnull=True)
    if year is not None:
        rows = rows.filter(year=year)
    return rows.select_related("course__current").order_by("-earned_on", "-pk")
