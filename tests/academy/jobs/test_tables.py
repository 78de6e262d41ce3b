"""Files as offices really send them, and what is refused in plain words."""

import io

import pytest
import xlsxwriter

from academy.core.errors import Invalid
from academy.jobs.tables import read_table

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
