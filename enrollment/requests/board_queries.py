"""The year's board: every run in its column, and what stands against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from courses.development.queries import Idea, ideas
from courses.planning import bookings, year_queries
from courses.planning.board_rules import Standing, column_of, ways_from
from courses.planning.enums import Column, Step
from courses.planning.phrases import Clash
from courses.planning.year_queries import Card, Planned, Wanted
from enrollment.seats.enums import HOLDING

STATES = ", ".join(f"'{state.value}'" for state in sorted(HOLDING))
HELD = f"""(SELECT count(*) FROM enrollment_enrollment claim
         WHERE claim.run_id = run.id AND claim.state IN ({STATES}))"""  # noqa: S608 - constants


@dataclass(slots=True)
class OnBoard:
    """A card with its people and with whoever wants the same trainer or place.

    `leads` are the addresses of the steps to other columns, which only a page knows.
    """

    card: Card
    held: int
    clashes: Sequence[Clash] = ()
    ways: Mapping[Column, Step] = field(default_factory=dict)  # to other columns
    leads: Sequence[tuple[str, str]] = ()


@dataclass(slots=True)
class Pile:
    """One column: how many stand in it, and the first of them."""

    column: Column
    count: int = 0
    cards: list[OnBoard] = field(default_factory=list)
    more: int | None = None  # where the next page of the column begins
    ideas: Sequence[Idea] = ()  # accepted proposals of which nothing is planned yet

    @property
    def total(self) -> int:
        """Runs and ideas together."""
        return self.count + len(self.ideas)


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
    """The board of a year: `each` cards a column, or a page of one column; four statements.

    Accepted proposals stand before the ideas, where nothing narrows the year.
    """
    rows = year_queries.planned(year, wanted, held=HELD)
    held = {row.id: row.held for row in rows}
    sorted_rows: dict[Column, list[Planned]] = {column: [] for column in Column}
    cancelled = 0
    for row in rows:
        column = column_of(_standing(row), now=now)
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
        if pile.column == Column.IDEA and not wanted and not after:
            pile.ideas = ideas(year, present=year_queries.year_of(now))
    return Board(shown, cancelled)


def _put_cards(
    piles: Sequence[Pile], pages: Mapping[Column, Sequence[Planned]], held: Mapping[int, int]
) -> None:
    keys = [row.id for page in pages.values() for row in page]
    cards = year_queries.cards(keys)
    clashes = bookings.clashes_among(keys)
    for pile in piles:
        pile.cards = [
            OnBoard(
                cards[row.id],
                held[row.id],
                clashes.get(row.id, ()),
                _ways(pile.column, cards[row.id]),
            )
            for row in pages[pile.column]
            if row.id in cards
        ]


def _ways(column: Column, card: Card) -> Mapping[Column, Step]:
    has_dates, has_trainer = card.starts_at is not None, bool(card.trainers)
    return ways_from(column, card.state, has_dates=has_dates, has_trainer=has_trainer)


def _standing(row: Planned) -> Standing:
    return Standing(
        state=row.state,
        is_ready=row.is_ready,
        starts_at=row.starts_at,
        decide_by=row.decide_by,
        minimum_size=row.minimum_size,
        capacity=row.capacity,
        held=row.held,
    )
