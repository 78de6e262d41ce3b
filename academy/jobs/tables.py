"""Read what people really send: CSV in any of the encodings of their offices, and Excel files."""

import csv
import io
import re
from datetime import date, datetime
from pathlib import PurePath

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook

from academy.core.errors import Invalid
from academy.jobs.rules import Row, Table

MAX_BYTES = 50_000_000
DELIMITERS = ";\t,"
BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# Windows-1251 has no Kazakh letters: a program that saved them left question marks inside words.
LOST_LETTERS = re.compile(r"[а-яА-ЯёЁ]\?[а-яА-ЯёЁ]")
UNREADABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def read_table(name: str, content: bytes) -> Table:
    """The table in a file, chosen by its name. Refuses, in plain words, what cannot be read.

    CSV may be UTF-8 (with or without its mark), UTF-16 or Windows-1251, separated by commas,
    semicolons or tabs. Of an Excel file the first sheet is read.
    """
    if not content.strip():
        raise Invalid("file_empty", _("The file is empty."))
    if len(content) > MAX_BYTES:
        raise Invalid("file_too_big", _("The file is larger than 50 MB; send it in parts."))
    match PurePath(name).suffix.lower():
        case ".csv" | ".tsv" | ".txt":
            lines = _csv_lines(content)
        case ".xlsx" | ".xlsm" | ".xls" | ".ods":
            lines = _sheet_lines(content)
        case _:
            raise Invalid("file_kind", _("Send a CSV or an Excel file (.csv, .xlsx)."))
    return _table(lines)


def _csv_lines(content: bytes) -> list[tuple[int, list[str]]]:
    text = _decoded(content)
    header = text.lstrip("\r\n").splitlines()[0]
    delimiter = max(DELIMITERS, key=header.count)
    lines, start = [], 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
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


def _decoded(content: bytes) -> str:
    for mark, encoding in BOMS:
        if content.startswith(mark):
            return _strictly(content, encoding)
    if b"\x00" in content[:200]:
        return _strictly(content, "utf-16-le" if content[1:2] == b"\x00" else "utf-16-be")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        text = _strictly(content, "cp1251")
    if LOST_LETTERS.search(text):
        raise Invalid(
            "letters_lost",
            _("Kazakh letters were lost when this file was saved. Save it as “CSV UTF-8”."),
        )
    return text


def _strictly(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = "\x00"
    if UNREADABLE.search(text):
        raise Invalid(
            "file_encoding",
            _("This is not a text file that can be read. Save it as “CSV UTF-8” or as Excel."),
        )
    return text


def _sheet_lines(content: bytes) -> list[tuple[int, list[str]]]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, IndexError, OSError, ValueError) as error:
        raise Invalid("file_damaged", _("This Excel file cannot be opened.")) from error
    return [(number, [_cell(value) for value in row]) for number, row in enumerate(rows, start=1)]


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # Excel keeps every number as a fraction
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _table(lines: list[tuple[int, list[str]]]) -> Table:
    filled = [(number, cells) for number, cells in lines if any(cell.strip() for cell in cells)]
    if not filled:
        raise Invalid("file_empty", _("The file is empty."))
    columns = tuple(cell.strip().lower() for cell in filled[0][1])
    while columns and not columns[-1]:
        columns = columns[:-1]
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
    )
