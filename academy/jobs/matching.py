"""Which column of a file is which column of the import: guessed, mended by hand, remembered.

A heading is known by the column's code, by its name in any of the service's languages, or, where
headings say nothing, by cells that are all codes of one list. Pure but for the lists themselves.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils import translation
from django.utils.functional import Promise

from academy.core import texts
from academy.jobs.rules import Row, Table

SAMPLE_ROWS = 50
KNOWN_SHARE = 0.8  # of a column's cells that are codes of one list
BRACKETS = re.compile(r"[(\[].*?[)\]]")


@dataclass(frozen=True, slots=True)
class Field:
    """A column that an import takes.

    `label` names it; after a bar it may go on with other names that offices use for the same. Where
    the cells are codes of a list, `known` gives them.
    """

    code: str
    label: str | Promise
    is_required: bool = False
    known: Callable[[], Collection[str]] | None = None
    suffix: str = ""  # the language of a text that stands in several columns

    @property
    def name(self) -> str:
        """What a person reads."""
        return f"{_names(self.label)[0]} ({self.suffix})" if self.suffix else _names(self.label)[0]


def guessed(table: Table, fields: Sequence[Field]) -> dict[str, str]:
    """The code for each column of the file; empty where it cannot be told. Each code once."""
    words = _words_of(fields)
    found: dict[str, str] = {}
    for column in table.columns:
        code = words.get(plain(column)) or words.get(plain(BRACKETS.sub("", column)), "")
        found[column] = "" if code in found.values() else code
    for field in fields:
        if field.known and field.code not in found.values():
            _guess_by_cells(table, field.code, frozenset(field.known()), found)
    return found


def _guess_by_cells(table: Table, code: str, known: frozenset[str], found: dict[str, str]) -> None:
    for column in [name for name, taken in found.items() if not taken and name]:
        cells = [row.cells.get(column, "") for row in table.rows[:SAMPLE_ROWS]]
        filled = [cell for cell in cells if cell]
        if filled and sum(cell in known for cell in filled) >= KNOWN_SHARE * len(filled):
            found[column] = code
            return


def _words_of(fields: Sequence[Field]) -> dict[str, str]:
    """Every word by which a column is known, to its code; the code itself goes first."""
    words = {plain(field.code): field.code for field in fields}
    for language in texts.languages():
        with translation.override(language):
            for field in fields:
                for name in _names(field.label):
                    words.setdefault(plain(f"{name}{field.suffix}"), field.code)
    return words


def _names(label: str | Promise) -> list[str]:
    return [name.strip() for name in str(label).split("|")]


def plain(heading: str) -> str:
    """A heading without what offices write differently: case, spaces, dots, dashes, stars."""
    folded = unicodedata.normalize("NFKC", heading).casefold().replace("ё", "е")
    return "".join(letter for letter in folded if letter.isalnum())


def fingerprint(columns: Sequence[str]) -> str:
    """The same for the same set of headings, in whatever order they stand."""
    return hashlib.sha256("\n".join(sorted(map(plain, columns))).encode()).hexdigest()


def matched(table: Table, matching: Mapping[str, str]) -> Table:
    """The table with the import's own columns; what was matched to nothing is left out."""
    taken = {column: code for column, code in matching.items() if code and column in table.columns}
    return Table(
        tuple(taken.values()),
        tuple(
            Row(row.line, {code: row.cells.get(name, "") for name, code in taken.items()})
            for row in table.rows
        ),
    )


def missing(matching: Mapping[str, str], fields: Sequence[Field]) -> list[Field]:
    """The columns that the import cannot do without and that nothing is matched to."""
    taken = set(matching.values())
    return [field for field in fields if field.is_required and field.code not in taken]


def twice(matching: Mapping[str, str], fields: Sequence[Field]) -> list[Field]:
    """The columns to which more than one column of the file is matched."""
    codes = list(matching.values())
    return [field for field in fields if codes.count(field.code) > 1]
