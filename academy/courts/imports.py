"""Courts from a file: plan what would happen row by row, then do it whole or not at all.

Columns: code, level, kind, name_<language>, valid_from and optionally region, parent, successor,
time_zone, short_name_<language>, address_<language>, aliases (separated by semicolons),
posts_judges, posts_staff, is_remote, valid_to. A court that closes gets valid_to and, where another
took over, a successor.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import available_timezones

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from academy.core import clock, texts
from academy.core.actor import Actor
from academy.core.keyed import Keyed
from academy.courts.actions import CourtEntry, load_courts
from academy.courts.models import Court, CourtKind, CourtLevel, Region
from academy.jobs.matching import Field
from academy.jobs.rules import (
    ImportPlan,
    Row,
    RowOutcome,
    RowPlan,
    RowReader,
    Table,
    check_clean,
    check_columns,
    differences,
    once,
)

PLAIN = (
    *("code", "level", "kind", "region", "parent", "successor", "time_zone", "aliases"),
    *("posts_judges", "posts_staff", "is_remote", "valid_from", "valid_to"),
)
WORDS = ("name", "short_name", "address")  # in each of the institution's languages
LABELS = {
    "code": _("Code of the court|Court code|Code"),
    "level": _("Level of the court|Level"),
    "kind": _("Kind of court|Kind"),
    "region": _("Region|Region code"),
    "parent": _("Higher court|Court above"),
    "successor": _("Successor"),
    "time_zone": _("Time zone"),
    "aliases": _("Other names"),
    "posts_judges": _("Posts of judges|Judges by the staff list"),
    "posts_staff": _("Posts of court officials|Staff by the staff list"),
    "is_remote": _("Remote"),
    "valid_from": _("Open since|Valid from"),
    "valid_to": _("Open until|Valid until"),
    "name": _("Name of the court|Name|Title"),
    "short_name": _("Short name"),
    "address": _("Address"),
}


@dataclass(frozen=True, slots=True)
class Lists:
    """The codes that a row may use."""

    levels: frozenset[str]
    kinds: frozenset[str]
    regions: frozenset[str]
    courts: frozenset[str]
    zones: frozenset[str]


def columns() -> tuple[str, ...]:
    """Every column that the import knows, in the institution's languages."""
    named = (f"{name}_{code}" for name in WORDS for code in texts.languages())
    return (*PLAIN, *named)


def fields() -> list[Field]:
    """The columns as people know them."""
    known: dict[str, type[Region | CourtLevel | CourtKind]]
    first, known = texts.languages()[0], {"region": Region, "level": CourtLevel, "kind": CourtKind}
    must = {"code", "level", "kind", "valid_from"}
    plain = [
        Field(code, LABELS[code], code in must, _codes_of(known[code]) if code in known else None)
        for code in PLAIN
    ]
    named = [
        Field(f"{name}_{code}", LABELS[name], (name, code) == ("name", first), suffix=code)
        for name in WORDS
        for code in texts.languages()
    ]
    return plain + named


def _codes_of(listed: type[Region | CourtLevel | CourtKind]) -> Callable[[], frozenset[str]]:
    return lambda: frozenset(listed.objects.values_list("code", flat=True))


def plan_courts(table: Table) -> ImportPlan[CourtEntry]:
    """What importing this table would do. Changes nothing."""
    required = ("code", "level", "kind", f"name_{texts.languages()[0]}", "valid_from")
    check_columns(table, required=required, known=columns())
    present = _present()
    lists = Lists(
        levels=frozenset(CourtLevel.objects.values_list("code", flat=True)),
        kinds=frozenset(CourtKind.objects.values_list("code", flat=True)),
        regions=frozenset(Region.objects.values_list("code", flat=True)),
        courts=frozenset(present) | {row.cells.get("code", "") for row in table.rows},
        zones=frozenset(available_timezones()),
    )
    return ImportPlan("courts", once([_plan_row(row, lists, present) for row in table.rows]), table)


def apply(
    plan: ImportPlan[CourtEntry],
    *,
    actor: Actor,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> ImportPlan[CourtEntry]:
    """Import the planned courts; answers what was really done.

    The plan is made again under the transaction, because courts may have changed since it was
    shown. Refused as a whole when any row is bad.
    """
    with transaction.atomic(durable=True):
        fresh = plan_courts(plan.table)
        check_clean(fresh)
        load_courts(entries=list(fresh.entries()), actor=actor, at=at or clock.now())
        if keyed:
            keyed.keep(fresh)
    return fresh


def _present() -> dict[str, CourtEntry]:
    rows = Court.objects.select_related("level", "kind", "region", "parent", "successor")
    return {row.code: _entry_of(row) for row in rows}


def _entry_of(court: Court) -> CourtEntry:
    return CourtEntry(
        code=court.code,
        names=court.names,
        level=court.level.code,
        kind=court.kind.code,
        time_zone=court.time_zone,
        valid_from=court.valid_from,
        valid_to=court.valid_to,
        short_names=court.short_names,
        address=court.address,
        aliases=tuple(court.aliases),
        region=court.region.code if court.region else "",
        parent=court.parent.code if court.parent else "",
        successor=court.successor.code if court.successor else "",
        posts_judges=court.posts_judges,
        posts_staff=court.posts_staff,
        is_remote=court.is_remote,
    )


def _plan_row(row: Row, lists: Lists, present: Mapping[str, CourtEntry]) -> RowPlan[CourtEntry]:
    reader = RowReader(row)
    code = reader.text("code", required=True, longest=40)
    entry = _entry(reader, code, lists)
    if entry is None or reader.problems:
        return RowPlan(row.line, code, RowOutcome.ERROR, {}, tuple(reader.problems))
    before = present.get(code)
    if before == entry:
        return RowPlan(row.line, code, RowOutcome.UNCHANGED, entry=entry)
    outcome = RowOutcome.CHANGED if before else RowOutcome.NEW
    changes = differences(asdict(before) if before else {}, asdict(entry))
    return RowPlan(row.line, code, outcome, changes, entry=entry)


def _entry(reader: RowReader, code: str, lists: Lists) -> CourtEntry | None:
    valid_from, valid_to = reader.day("valid_from", required=True), reader.day("valid_to")
    if valid_from is None:
        return None
    if valid_to and valid_to < valid_from:
        reader.refuse("valid_to", _("The court would close before it opens."))
    zone = reader.code("time_zone", lists.zones) or settings.TIME_ZONE
    return CourtEntry(
        code=code,
        names=_by_language(reader, "name", required=True),
        level=reader.code("level", lists.levels, required=True),
        kind=reader.code("kind", lists.kinds, required=True),
        time_zone=zone,
        valid_from=valid_from,
        valid_to=valid_to,
        short_names=_by_language(reader, "short_name"),
        address=_by_language(reader, "address"),
        aliases=tuple(reader.listed("aliases")),
        region=reader.code("region", lists.regions),
        parent=reader.code("parent", lists.courts),
        successor=reader.code("successor", lists.courts),
        posts_judges=reader.integer("posts_judges") or 0,
        posts_staff=reader.integer("posts_staff") or 0,
        is_remote=reader.flag("is_remote"),
    )


def _by_language(reader: RowReader, name: str, *, required: bool = False) -> dict[str, str]:
    first = texts.languages()[0]
    found = {
        code: reader.text(f"{name}_{code}", required=required and code == first)
        for code in texts.languages()
    }
    return {code: text for code, text in found.items() if text}
