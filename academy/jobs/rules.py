"""What an import would do, row by row, and how a cell is read. Pure: no file, no table."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Generic, TypeVar

from django.utils.translation import gettext_lazy as _

from academy.core.errors import Invalid, Refused

Entry = TypeVar("Entry")
MOST_COLUMNS = 200
SERIAL = re.compile(r"\d{5}")  # Excel's number of a day between 1927 and 2173
SPACES = dict.fromkeys(map(ord, " \u00a0\u202f"))  # between the thousands of a number
SPOKEN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?: \d{1,2}:\d{2}(?::\d{2})?)?")
TRUE = frozenset({"1", "yes", "true", "y", "да", "иә", "ия"})
FALSE = frozenset({"0", "no", "false", "n", "нет", "жоқ", "жок"})


class RowOutcome(StrEnum):
    """What an import does with a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row cannot be taken: in which column, and what to mend there."""

    column: str
    reason: object  # a sentence, translated when it is shown


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file as it was written: cells by column, all of them text."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A file that was read: its columns and its rows, without empty ones.

    `headings` are the columns as they were written; where a table is made anew, they may be left.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowPlan(Generic[Entry]):
    """What would happen to one row. `changes` holds what is shown: (before, after) by column."""

    line: int
    key: str
    outcome: RowOutcome
    changes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class ImportPlan(Generic[Entry]):
    """A dry run: nothing has been done yet. `table` is what it was made from."""

    kind: str
    rows: tuple[RowPlan[Entry], ...]
    table: Table

    @property
    def counts(self) -> dict[RowOutcome, int]:
        """How many rows have each outcome."""
        found = dict.fromkeys(RowOutcome, 0)
        for row in self.rows:
            found[row.outcome] += 1
        return found

    @property
    def has_errors(self) -> bool:
        """Whether any row cannot be taken."""
        return any(row.outcome == RowOutcome.ERROR for row in self.rows)

    def entries(self, *outcomes: RowOutcome) -> Iterator[Entry]:
        """What the rows with these outcomes say (by default: everything that changes something)."""
        wanted = outcomes or (RowOutcome.NEW, RowOutcome.CHANGED)
        for row in self.rows:
            if row.outcome in wanted and row.entry is not None:
                yield row.entry


def check_clean(plan: ImportPlan[Entry]) -> None:
    """Refuse to apply a plan with a bad row: an import is done whole or not at all."""
    if plan.has_errors:
        bad = plan.counts[RowOutcome.ERROR]
        raise Refused(
            "import_has_errors",
            _("%(bad)s rows have errors. Nothing was imported.") % {"bad": bad},
        )


def check_columns(table: Table, *, required: Collection[str], known: Collection[str]) -> None:
    """Refuse a file whose header lacks a column or has one that this import does not know."""
    wrong: dict[str, list[object]] = {}
    for column in required:
        if column not in table.columns:
            wrong[column] = [_("This column is missing.")]
    for column in table.columns:
        if column not in known:
            wrong[column] = [_("This column is not known here.")]
    if wrong:
        names = ", ".join(wrong)
        raise Invalid(
            "import_columns",
            _("The header line is not right: %(columns)s. Columns are: %(known)s.")
            % {"columns": names, "known": ", ".join(known)},
            fields=wrong,
        )


class RowReader:
    """Reads the cells of one row and remembers what is wrong with them."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.problems: list[Problem] = []

    def refuse(self, column: str, reason: object) -> None:
        """Note a problem of this row."""
        self.problems.append(Problem(column, reason))

    def text(self, column: str, *, required: bool = False, longest: int = 500) -> str:
        """Words; surrounding and repeated spaces fall away."""
        value = " ".join(self.row.cells.get(column, "").split())
        if required and not value:
            self.refuse(column, _("This may not be empty."))
        if len(value) > longest:
            self.refuse(column, _("Longer than %(longest)s characters.") % {"longest": longest})
        return value

    def code(self, column: str, known: Collection[str], *, required: bool = False) -> str:
        """One code of a list; refuses a code that the list does not have."""
        value = self.text(column, required=required)
        if value and value not in known:
            self.refuse(column, _("“%(value)s” is not known.") % {"value": value})
        return value

    def codes(self, column: str, known: Collection[str]) -> tuple[str, ...]:
        """Several codes of a list, separated by semicolons, in alphabetical order."""
        values = sorted({part.strip() for part in self.text(column).split(";") if part.strip()})
        for value in values:
            if value not in known:
                self.refuse(column, _("“%(value)s” is not known.") % {"value": value})
        return tuple(values)

    def listed(self, column: str, *, separator: str = ";") -> list[str]:
        """Several texts in their order."""
        parts = self.row.cells.get(column, "").split(separator)
        return [" ".join(part.split()) for part in parts if part.strip()]

    def integer(self, column: str, *, least: int = 0) -> int | None:
        """A whole number; empty stays unknown, it is not zero."""
        value = self.text(column)
        if not value:
            return None
        if not value.lstrip("-").isdecimal() or int(value) < least:
            self.refuse(column, _("Not a whole number from %(least)s on.") % {"least": least})
            return None
        return int(value)

    def decimal(self, column: str, *, places: int = 1) -> Decimal | None:
        """A number with a decimal point or comma; empty stays unknown, and zero is refused."""
        value = self.text(column).translate(SPACES).replace(",", ".")
        if not value:
            return None
        try:
            number = round(Decimal(value), places)
        except InvalidOperation:
            self.refuse(column, _("Not a number."))
            return None
        if not number > 0:
            self.refuse(column, _("Leave an unknown number empty; it is not zero."))
            return None
        return number

    def day(self, column: str, *, required: bool = False) -> date | None:
        """A date, written 2026-03-31 or 31.03.2026."""
        value = self.text(column, required=required)
        if not value:
            return None
        if SERIAL.fullmatch(value):
            self.refuse(column, _("Excel's number of a day. Format the column as a date."))
            return None
        try:
            if spoken := SPOKEN_DATE.fullmatch(value):
                return date(int(spoken[3]), int(spoken[2]), int(spoken[1]))
            return date.fromisoformat(value[:10])
        except ValueError:
            self.refuse(column, _("Not a date. Write 2026-03-31 or 31.03.2026."))
            return None

    def flag(self, column: str) -> bool:
        """Yes or no; empty is no."""
        value = self.text(column).lower()
        if value and value not in TRUE | FALSE:
            self.refuse(column, _("Write yes or no."))
        return value in TRUE


def differences(
    before: Mapping[str, object], after: Mapping[str, object]
) -> dict[str, tuple[str, str]]:
    """The columns that would change, as they are shown: (before, after)."""
    return {
        name: (shown(before.get(name)), shown(value))
        for name, value in after.items()
        if before.get(name) != value
    }


def shown(value: object) -> str:
    """A value as a cell."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return " / ".join(f"{code}: {text}" for code, text in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "; ".join(map(str, value))
    return str(value)


def once(rows: Sequence[RowPlan[Entry]]) -> tuple[RowPlan[Entry], ...]:
    """The rows, where a key that stands on an earlier line already is an error."""
    first: dict[str, int] = {}
    checked = []
    for row in rows:
        earlier = first.setdefault(row.key, row.line) if row.key else row.line
        if earlier != row.line:
            reason = _("The same as line %(line)s.") % {"line": earlier}
            problems = (*row.problems, Problem("", reason))
            row = RowPlan(row.line, row.key, RowOutcome.ERROR, {}, problems)  # noqa: PLW2901
        checked.append(row)
    return tuple(checked)
