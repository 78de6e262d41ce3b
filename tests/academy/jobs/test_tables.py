"""Files as offices really send them, and what is refused in plain words."""

import io
import warnings
import zipfile
from datetime import datetime

import pytest
import xlsxwriter

from academy.core.errors import Invalid
from academy.jobs import workbooks
from academy.jobs.readings import encodings_of
from academy.jobs.rules import Row, RowReader
from academy.jobs.tables import delimiters_of, read_table, readings_of

LINES = "code;name\nA;Төрелігі\nB;Суд\n"
RUSSIAN = "code;name\nA;Правосудие\nB;Суд\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(encoding):
    table = read_table("a.csv", LINES.encode(encoding))

    assert table.columns == ("code", "name")
    assert [(row.line, row.cells["name"]) for row in table.rows] == [(2, "Төрелігі"), (3, "Суд")]


def test_windows_1251():
    table = read_table("a.csv", RUSSIAN.encode("cp1251"))

    assert [row.cells["name"] for row in table.rows] == ["Правосудие", "Суд"]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_delimiters_and_lines(delimiter):
    text = f'Code{delimiter}Name\r\n\r\nA{delimiter}"two\nlines"\r\nB{delimiter}\r\n'

    table = read_table("a.csv", text.encode())

    assert table.columns == ("code", "name")
    assert [(row.line, dict(row.cells)) for row in table.rows] == [
        (3, {"code": "A", "name": "two\nlines"}),
        (5, {"code": "B", "name": ""}),
    ]


def test_excel():
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    for number, cells in enumerate([["code", "count"], [], ["A", 12], ["B", 2.5]]):
        sheet.write_row(number, 0, cells)
    book.close()

    table = read_table("a.xlsx", file.getvalue())

    assert [(row.line, dict(row.cells)) for row in table.rows] == [
        (3, {"code": "A", "count": "12"}),
        (4, {"code": "B", "count": "2.5"}),
    ]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"", "file_empty"),
        ("a.csv", b" \n\n", "file_empty"),
        ("a.pdf", b"%PDF", "file_kind"),
        ("a.xlsx", b"not a zip", "file_damaged"),
        ("a.csv", bytes(range(256)), "file_encoding"),
        ("a.csv", b"code;name\nA;\xcf\xf0\xe0?\xee\n", "letters_lost"),
        ("a.csv", b'code;name\nA;"open\n', "file_quotes"),
        ("a.csv", b"code;code\nA;B\n", "columns_twice"),
    ],
)
def test_refused(name, content, code):
    with pytest.raises(Invalid) as refusal:
        read_table(name, content)

    assert refusal.value.code == code


KAZAKH = "code;name\nA;Төрелігі және қылмыстық іс\nB;Әділет Ұғымы Үкім\n"


@pytest.mark.parametrize(
    ("text", "encoding", "read_as"),
    [
        (RUSSIAN, "cp1251", ["cp1251"]),
        (RUSSIAN.upper(), "cp1251", ["cp1251"]),
        (RUSSIAN, "cp866", ["cp866"]),
        (KAZAKH, "kz1048", ["kz1048"]),  # letters that Windows-1251 lacks
        ("code;name\nA;Ғалым\n", "kz1048", ["cp1251", "kz1048"]),  # Ukrainian there, Kazakh here
        ("code;name\nA;Єлизавета Ївга\n", "cp1251", ["cp1251", "kz1048"]),
        (KAZAKH, "utf-8", ["utf-8"]),
        (KAZAKH, "utf-16-be", ["utf-16-be"]),
        ("code;name\nA;Łódź\n", "cp1250", []),
        ("code;name\nA;ПРИВЕТ и Мир\n", "koi8-r", []),
    ],
)
def test_alphabets_are_known_by_the_words_that_they_make(text, encoding, read_as):
    assert encodings_of(text.encode(encoding)) == read_as


def test_two_readings_are_refused_until_somebody_chooses():
    content = "code;name\nA;Ғалым\n".encode("kz1048")

    with pytest.raises(Invalid) as refusal:
        read_table("a.csv", content)
    assert refusal.value.code == "file_ambiguous"
    assert [way.sample[1] for way in readings_of("a.csv", content)] == [
        ("A", "Єалым"),
        ("A", "Ғалым"),
    ]
    chosen = read_table("a.csv", content, encoding="kz1048", delimiter=";")
    assert chosen.rows[0].cells["name"] == "Ғалым"


@pytest.mark.parametrize(
    ("text", "delimiters"),
    [
        ("a;b\n1,5;2\n2;3\n", [";"]),
        ("a,b;c,d\n1,2;3,4\n", [";", ","]),
        ("a,b\n1,2\n", [","]),
        ("a\tb, c\n1\t2\n", ["\t"]),
        ("a\n1\n", [";"]),
    ],
)
def test_what_separates_the_cells_does_so_in_every_line(text, delimiters):
    assert delimiters_of(text) == delimiters


def book(rows, **properties):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, **properties}) as made:
        sheet, day = made.add_worksheet(), made.add_format({"num_format": "dd.mm.yyyy hh:mm"})
        for number, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, datetime):
                    sheet.write_datetime(number, column, cell, day)
                elif str(cell).startswith("="):
                    sheet.write_formula(number, column, cell, value="danger")
                else:
                    sheet.write(number, column, cell)
    return file.getvalue()


def test_cells_of_excel_are_what_they_look_like():
    cells = [datetime(2026, 3, 31), datetime(2026, 3, 31, 9, 30), 0.1 + 0.2, 12, True, "=1+1"]

    table = read_table("a.xlsx", book([[f"c{n}" for n in range(6)], cells]))

    assert list(table.rows[0].cells.values()) == [
        *("2026-03-31", "2026-03-31 09:30", "0.3", "12", "yes", "danger"),
    ]


def bomb(size, *, where="xl/worksheets/sheet1.xml"):
    """A workbook whose sheet unpacks to so many bytes."""
    packed = io.BytesIO(book([["a"], [1]]))
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as opened, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with opened.open(where, "w", force_zip64=True) as part:
            for _piece in range(size // 1_000_000):
                part.write(b" " * 1_000_000)
    return packed.getvalue()


def test_a_workbook_that_unpacks_to_fill_the_memory_is_not_opened(monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_UNPACKED", 20_000_000)
    content = bomb(40_000_000)
    assert len(content) < 100_000

    with pytest.raises(Invalid) as refusal:
        read_table("a.xlsx", content)
    assert refusal.value.code == "file_unpacks_too_big"


def test_two_cells_at_the_ends_of_a_sheet_are_no_list():
    """Between them lie seventeen thousand million empty ones."""
    with pytest.raises(Invalid) as refusal:
        read_table("a.xlsx", far_apart(1_048_575, 150))
    assert refusal.value.code == "file_unpacks_too_big"
    with pytest.raises(Invalid) as refusal:
        read_table("a.xlsx", far_apart(1, 16_383))
    assert refusal.value.code == "file_too_wide"


def far_apart(row, column):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        sheet.write(0, 0, "a")
        sheet.write(row, column, 1)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b";".join([b"a"] * 1_000_000) + b"\n1\n", "file_too_wide"),
        ("a.xlsx", b"PK\x03\x04" + b"x" * 100, "file_damaged"),
        ("a.xls", b"\xd0\xcf\x11\xe0" + b"x" * 100, "file_damaged"),
        ("a.ods", b"PK\x03\x04", "file_kind"),
        ("a.csv", b"a;b\n" + b'"' + b"x" * 200_000 + b'";1\n', "file_quotes"),
    ],
)
def test_hostile_files_are_refused(name, content, code):
    with pytest.raises(Invalid) as refusal:
        read_table(name, content)

    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("written", "number"),
    [("16,5", "16.5"), ("1 234,5", "1234.5"), ("1\u00a0234.5", "1234.5"), ("x", None), ("0", None)],
)
def test_numbers_with_commas_and_spaces(written, number):
    reader = RowReader(Row(2, {"hours": written}))

    found = reader.decimal("hours")

    assert (str(found) if found else None) == number


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("31.03.2026", "2026-03-31"),
        ("2026-03-31", "2026-03-31"),
        ("31.03.2026 09:30", "2026-03-31"),
        ("46112", None),  # Excel's number of it: which of its two calendars?
        ("31/03/2026", None),
        ("31.02.2026", None),
    ],
)
def test_days_as_offices_write_them(written, day):
    reader = RowReader(Row(2, {"day": written}))

    found = reader.day("day")

    assert (found.isoformat() if found else None) == day
    assert bool(reader.problems) == (day is None)
