"""The year's board: every run in its column, and what stands against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count

from courses.planning import bookings, year_queries
from courses.planning.board_rules import Standing, column_of
from courses.planning.enums import Column
from courses.planning.phrases import Clash
from courses.planning.year_queries import Card, Planned, Wanted
from enrollment.seats.enums import HOLDING
from enrollment.seats.models import Enrollment


@dataclass(frozen=True, slots=True)
class OnBoard:
    """A card with its people and with whoever wants the same trainer or place."""

    card: Card
    held: int
    clashes: Sequence[Clash] = ()


@dataclass(slots=True)
class Pile:
    """One column: how many stand in it, and the first of them."""

    column: Column
    count: int = 0
    cards: list[OnBoard] = field(default_factory=list)
    more: int | None = None  # where the next page of the column begins


@dataclass(frozen=True, slots=True)
class Board:
    """The columns of a year, and how many runs were cancelled."""

    piles: list[Pile]
    cancelled: int

    @property
    def count(self) -> int:
        """How many runs stand on the board."""
        return sum(pile.count for pile in self.piles)


def board(
    year: int,
    wanted: Wanted,
    *,
    now: datetime,
    each: int,
    only: Column | None = None,
    after: int = 0,
) -> Board:
    """The board of a year: `each` cards a column, or a page of one column; four statements."""
    rows = year_queries.planned(year, wanted)
    held = held_in([row.id for row in rows])
    sorted_rows: dict[Column, list[Planned]] = {column: [] for column in Column}
    cancelled = 0
    for row in rows:
        column = column_of(_standing(row, held.get(row.id, 0)), now=now)
        if column is None:
            cancelled += 1
        else:
            sorted_rows[column].append(row)
    piles = [Pile(column, len(found)) for column, found in sorted_rows.items()]
    shown = [pile for pile in piles if only in (None, pile.column)]
    pages = {pile.column: sorted_rows[pile.column][after : after + each] for pile in shown}
    _put_cards(shown, pages, held)
    for pile in shown:
        pile.more = after + each if pile.count > after + each else None
    return Board(shown, cancelled)


def _put_cards(
    piles: Sequence[Pile], pages: Mapping[Column, Sequence[Planned]], held: Mapping[int, int]
) -> None:
    keys = [row.id for page in pages.values() for row in page]
    cards = year_queries.cards(keys)
    clashes = bookings.clashes_among(keys)
    for pile in piles:
        pile.cards = [
            OnBoard(cards[row.id], held.get(row.id, 0), clashes.get(row.id, ()))
            for row in pages[pile.column]
            if row.id in cards
        ]


def _standing(row: Planned, held: int) -> Standing:
    return Standing(
        state=row.state,
        is_ready=row.is_ready,
        starts_at=row.starts_at,
        decide_by=row.decide_by,
        minimum_size=row.minimum_size,
        capacity=row.capacity,
        held=held,
    )


def held_in(runs: Sequence[int]) -> dict[int, int]:
    """How many people hold a seat in each of these runs, empty ones left out."""
    rows = Enrollment.objects.filter(run__in=runs, state__in=HOLDING).values("run")
    return {row["run"]: row["people"] for row in rows.annotate(people=Count("pk"))}
