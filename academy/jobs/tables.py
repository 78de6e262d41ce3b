"""Read what people really send: CSV in any of the encodings of their offices, and Excel files."""

import csv
import io
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath

from django.utils.translation import gettext_lazy as _

from academy.core.errors import Invalid
from academy.jobs import readings
from academy.jobs.rules import MOST_COLUMNS, Row, Table
from academy.jobs.workbooks import too_wide, workbook_lines

MAX_BYTES = 50_000_000
DELIMITERS = ";\t,"
SEEN = 20  # lines that say by what the cells are separated
SAMPLE = 3  # rows that are shown where a person chooses
PLAIN, SHEETS = frozenset({".csv", ".tsv", ".txt"}), frozenset({".xlsx", ".xlsm", ".xls"})
Lines = list[tuple[int, list[str]]]


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a text file: its alphabet, what separates its cells, how it begins."""

    encoding: str
    delimiter: str
    sample: tuple[tuple[str, ...], ...]


def read_table(name: str, content: bytes, *, encoding: str = "", delimiter: str = "") -> Table:
    """The table in a file, chosen by its name. Refuses, in plain words, what cannot be read.

    CSV may be UTF-8 (with or without its mark), UTF-16, Windows-1251 or its Kazakh sister,
    separated by commas, semicolons or tabs; what a person chose goes before what the file seems to
    be. Of an Excel file the first sheet is read.
    """
    if _is_text(name, content):
        return _table(_csv_lines(readings.decoded(content, encoding), delimiter))
    return _table(workbook_lines(content))


def readings_of(name: str, content: bytes) -> list[Reading]:
    """The ways in which a text file can be read, the likeliest first; none for an Excel file.

    One when it is certain. Refuses what cannot be read at all.
    """
    if not _is_text(name, content):
        return []
    found = readings.encodings_of(content)
    if not found:
        readings.decoded(content)  # says what is wrong
    return [
        Reading(encoding, delimiter, _sample(text, delimiter))
        for encoding in found
        for text in [readings.decoded(content, encoding)]
        for delimiter in delimiters_of(text)
    ]


def delimiters_of(text: str) -> list[str]:
    """What can separate the cells: what does so in every line alike; several if all of them do.

    Decimal commas stand in some lines and not in others, so they separate nothing.
    """
    lines = [line for line in text.splitlines()[: SEEN + 1] if line.strip()]
    header = lines[0] if lines else ""
    in_header = [one for one in DELIMITERS if one in header]
    even = [one for one in in_header if _is_even(lines, one)]
    likeliest = max(DELIMITERS, key=header.count)
    if len(even) > 1 and '"' not in text:
        return even
    return [even[0] if len(even) == 1 else likeliest]


def _is_even(lines: list[str], delimiter: str) -> bool:
    counts = Counter(line.count(delimiter) for line in lines)
    return len(counts) == 1 and len(lines) > 1


def _sample(text: str, delimiter: str) -> tuple[tuple[str, ...], ...]:
    rows = islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), SAMPLE + 1)
    try:
        return tuple(tuple(cell[:60] for cell in cells[:12]) for cells in rows)
    except csv.Error:
        return ()


def _is_text(name: str, content: bytes) -> bool:
    """Whether it is a text file, by its name; refuses what is neither text nor a workbook."""
    if not content.strip():
        raise Invalid("file_empty", _("The file is empty."))
    if len(content) > MAX_BYTES:
        raise Invalid("file_too_big", _("The file is larger than 50 MB; send it in parts."))
    ending = PurePath(name).suffix.lower()
    if ending not in PLAIN | SHEETS:
        raise Invalid("file_kind", _("Send a CSV or an Excel file (.csv, .xlsx)."))
    return ending in PLAIN


def _csv_lines(text: str, delimiter: str) -> Lines:
    lines, start = [], 1
    by = delimiter if delimiter and delimiter in DELIMITERS else delimiters_of(text)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=by, strict=True)
    try:
        for cells in reader:
            lines.append((start, cells))
            start = reader.line_num + 1
    except csv.Error as error:
        raise Invalid(
            "file_quotes",
            _("Line %(line)s cannot be read: a quotation mark is missing or too many.")
            % {"line": start},
        ) from error
    return lines


def _table(lines: Lines) -> Table:
    filled = [(number, cells) for number, cells in lines if any(cell.strip() for cell in cells)]
    if not filled:
        raise Invalid("file_empty", _("The file is empty."))
    headings = tuple(" ".join(cell.split()) for cell in filled[0][1])
    while headings and not headings[-1]:
        headings = headings[:-1]
    if len(headings) > MOST_COLUMNS:
        raise too_wide()
    columns = tuple(heading.lower() for heading in headings)
    if twice := sorted({column for column in columns if columns.count(column) > 1}):
        raise Invalid(
            "columns_twice", _("Columns stand twice: %(names)s.") % {"names": ", ".join(twice)}
        )
    return Table(
        columns,
        tuple(
            Row(number, dict(zip(columns, map(str.strip, cells), strict=False)))
            for number, cells in filled[1:]
        ),
        headings,
    )
