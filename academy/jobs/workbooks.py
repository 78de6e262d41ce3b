"""Excel files, opened with care: what a file claims to be small may unpack to fill the memory.

Before anything reads a workbook, its parts are unpacked once, piece by piece, and thrown away: how
much there is, and how far out its cells lie, is known before a table is made of it.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time

import xlsxwriter
from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook

from academy.core.errors import Invalid
from academy.jobs.rules import MOST_COLUMNS

MOST_PARTS = 2_000
MOST_UNPACKED = 300_000_000  # bytes
MOST_CELLS = 5_000_000  # of the rectangle that the farthest cells span
PIECE = 1 << 20
CELL = re.compile(rb'<c\b[^>]{0,200}?\br="([A-Z]{1,3})(\d{1,7})"')
WIDEST = 600  # pixels of a column
LONGEST_CELL = 256  # bytes of a cell's tag, which may be cut by a piece's end
OLD_BOOK = b"\xd0\xcf\x11\xe0"


def workbook(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """One sheet of words.

    Its cells are words whatever they begin with: what somebody wrote into a list cannot become a
    formula on the desk of who opens it, and no alphabet is lost.
    """
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, headings, book.add_format({"bold": True}))
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, row)
        sheet.freeze_panes(1, 0)
        sheet.autofit(WIDEST)
    return file.getvalue()


def workbook_lines(content: bytes) -> list[tuple[int, list[str]]]:
    """The first sheet as numbered lines of text. Refuses what is no workbook, or is a trap."""
    if not content.startswith(OLD_BOOK):
        _check_size(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, IndexError, OSError, ValueError) as error:
        raise _damaged() from error
    return [(number, [_cell(value) for value in row]) for number, row in enumerate(rows, start=1)]


def _check_size(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS:
                raise _trap()
            left = MOST_UNPACKED
            for part in parts:
                left = _check_part(packed, part, left)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise _damaged() from error


def _check_part(packed: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    """Unpack a part and forget it; how many bytes may still come."""
    is_sheet = part.filename.startswith("xl/worksheets/")
    columns = rows = 0
    tail = b""
    for piece in _pieces(packed, part):
        left -= len(piece)
        if is_sheet:
            for column, row in CELL.findall(tail + piece):
                columns, rows = max(columns, _place(column)), max(rows, int(row))
            tail = piece[-LONGEST_CELL:]
        if left < 0 or columns * rows > MOST_CELLS:
            raise _trap()
        if columns > MOST_COLUMNS:
            raise too_wide()
    return left


def _pieces(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    with packed.open(part) as opened:
        while piece := opened.read(PIECE):
            yield piece


def _place(letters: bytes) -> int:
    """A column's letters as its number: A is 1, AA is 27."""
    place = 0
    for letter in letters:
        place = place * 26 + letter - ord("A") + 1
    return place


def too_wide() -> Invalid:
    """A file with more columns than any list of an office has."""
    return Invalid(
        "file_too_wide",
        _("The file has more than %(most)s columns. Send only those that are needed.")
        % {"most": MOST_COLUMNS},
    )


def _trap() -> Invalid:
    return Invalid(
        "file_unpacks_too_big",
        _("This Excel file unpacks to far more than a list. Save only the list in a new file."),
    )


def _damaged() -> Invalid:
    return Invalid("file_damaged", _("This Excel file cannot be opened."))


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):  # Excel keeps a day as its midnight
        return f"{value:%Y-%m-%d %H:%M}" if value.time() != time() else value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _number(value: float) -> str:
    """Excel keeps every number as a fraction, to fifteen digits: 2.0000000000000004 is 2."""
    return str(int(value)) if value.is_integer() else f"{value:.15g}"
