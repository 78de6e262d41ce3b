"""Changes of the organisation: reference lists, courts that open, merge and close."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import models, transaction

from academy.core.actor import Actor
from academy.core.texts import Texts
from academy.courts.models import CalendarDay, Court, CourtKind, CourtLevel, Position, Region
from academy.ledger.actions import Fact, record

BATCH = 2_000

# Columns of a court that its entry holds under the same name.
PLAIN = (
    *(
        "names",
        "short_names",
        "address",
        "aliases",
        "time_zone",
        "posts_judges",
        "posts_staff",
        "is_remote",
    ),
    *("valid_from", "valid_to"),
)
LINKS = ("level", "kind", "region", "parent", "successor")


@dataclass(frozen=True, slots=True)
class CourtEntry:
    """A court as an import brings it in; other rows are named by their codes."""

    code: str
    names: Texts
    level: str
    kind: str
    time_zone: str
    valid_from: date
    valid_to: date | None = None
    short_names: Texts = field(default_factory=dict)
    address: Texts = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    region: str = ""
    parent: str = ""
    successor: str = ""
    posts_judges: int = 0
    posts_staff: int = 0
    is_remote: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """Rows of the institution's lists that are to exist, by list; each row names its code."""

    regions: Sequence[Mapping[str, Any]] = ()
    levels: Sequence[Mapping[str, Any]] = ()
    kinds: Sequence[Mapping[str, Any]] = ()
    positions: Sequence[Mapping[str, Any]] = ()
    calendar: Sequence[Mapping[str, Any]] = ()


@transaction.atomic
def load_reference(reference: Reference) -> int:
    """Add the rows that are missing from the institution's lists; how many were added.

    What is there stays as it is: the lists belong to those who edit them.
    """
    added = (
        _add_missing(Region, reference.regions),
        _add_missing(CourtLevel, reference.levels),
        _add_missing(CourtKind, reference.kinds),
        _add_missing(Position, reference.positions),
        _add_missing(CalendarDay, reference.calendar, key="date"),
    )
    return sum(added)


def _add_missing(
    model: type[models.Model], rows: Iterable[Mapping[str, Any]], *, key: str = "code"
) -> int:
    listed: models.Manager[Any] = model.objects  # type: ignore[attr-defined]
    present = set(listed.values_list(key, flat=True))
    missing = [model(**row) for row in rows if row[key] not in present]
    return len(listed.bulk_create(missing, batch_size=BATCH))


def load_courts(*, entries: Sequence[CourtEntry], actor: Actor, at: datetime) -> int:
    """Write down courts as they are to be, new and changed ones, with their events; how many.

    Set-based. The caller has checked every code and opened the transaction.
    """
    if not entries:
        return 0
    present = Court.objects.select_for_update(of=("self",)).in_bulk(
        [entry.code for entry in entries], field_name="code"
    )
    ids = _ids()
    new = [entry for entry in entries if entry.code not in present]
    created = Court.objects.bulk_create(
        [_fill(Court(code=entry.code), entry, ids) for entry in new], batch_size=BATCH
    )
    courts = present | {court.code: court for court in created}
    ids["court"] |= {court.code: court.pk for court in created}
    for entry in entries:
        _fill(courts[entry.code], entry, ids)
    Court.objects.bulk_update(
        courts.values(), [*PLAIN, *(f"{link}_id" for link in LINKS)], batch_size=BATCH
    )
    facts = [_fact(court, is_new=court.code not in present) for court in courts.values()]
    record(facts, actor=actor, at=at)
    return len(entries)


def _ids() -> dict[str, dict[str, int]]:
    return {
        "level": dict(CourtLevel.objects.values_list("code", "pk")),
        "kind": dict(CourtKind.objects.values_list("code", "pk")),
        "region": dict(Region.objects.values_list("code", "pk")),
        "court": dict(Court.objects.values_list("code", "pk")),
    }


def _fill(court: Court, entry: CourtEntry, ids: Mapping[str, Mapping[str, int]]) -> Court:
    for name in PLAIN:
        value = getattr(entry, name)
        setattr(court, name, list(value) if isinstance(value, tuple) else value)
    for link in LINKS:
        known = ids["court" if link in ("parent", "successor") else link]
        setattr(court, f"{link}_id", known.get(getattr(entry, link)))
    return court


def _fact(court: Court, *, is_new: bool) -> Fact:
    return Fact(
        "court.imported",
        "court",
        court.public_id,
        data={"code": court.code, "new": is_new, "valid_to": str(court.valid_to or "")},
    )
