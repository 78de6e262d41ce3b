"""Who exports what: higher rooms fill this when the apps are ready; nobody looks up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from academy.clients.projections import Projection
from academy.exports.enums import Format


@dataclass(frozen=True, slots=True)
class Wish:
    """What a file is to hold.

    `since` and `until` are positions of the feed: with `since`, only what has changed behind it.
    """

    projection: Projection
    filters: Mapping[str, str]
    since: int | None
    until: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows in the order of their keys, whom they tell of, and after which key to go on."""

    rows: Sequence[Mapping[str, Any]]
    people: Sequence[UUID]
    after: Any  # as JSON; None at the end


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a file. `resource` is its name in the projections; None: it cuts by itself."""

    name: str
    columns: tuple[str, ...]
    piece: Callable[[Wish, Any, int], Piece]  # (wish, after, limit)
    resource: str | None = None


TABLES = (Format.NDJSON, Format.CSV, Format.XLSX)


@dataclass(frozen=True, slots=True)
class Exporter:
    """One kind of file: what it is called, who may ask for it, and its tables.

    A client needs `scope`; where `resource` is named its projection must show it.
    """

    title: str | Promise
    scope: str
    sheets: tuple[Sheet, ...]
    formats: tuple[Format, ...] = TABLES
    filters: tuple[str, ...] = ()
    resource: str | None = None
    is_always_whole: bool = False  # what has changed since cannot be told from events
    opening: Callable[[], Mapping[str, str]] = field(default=dict)  # files beside the tables


_exporters: dict[str, Exporter] = {}


def register(kind: str, exporter: Exporter) -> None:
    """Offer an export under a plural noun."""
    _exporters[kind] = exporter


def exporter_of(kind: str) -> Exporter | None:
    """The export of that noun."""
    return _exporters.get(kind)


def exporters() -> dict[str, Exporter]:
    """Every export, by its noun."""
    return dict(sorted(_exporters.items()))
