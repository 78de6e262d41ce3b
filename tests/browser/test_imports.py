"""A registrar brings a list in with one row in twenty wrong, mends those rows, brings them in."""

import io

import pytest
import xlsxwriter
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from academy.people.models import Person
from tests.browser.conftest import NARROW
from tests.browser.hands import HANDS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),  # one Chromium and one web server
]

HEAD = "Тегі;Аты;Табель нөмірі;Соттың коды;Лауазым;Тағайындалған күні"
ROWS, BAD = 40, 2


def office_list(court):
    """As an office saves it: Kazakh letters, semicolons, the old Kazakh alphabet of Windows."""
    lines = [
        f"Әбілқасымов{number};Ғалым;HR-{number};{court.code};judge;01.03.2024"
        for number in range(ROWS - BAD)
    ]
    lines += [f"Қате{number};Үміт;B-{number};;judge;ертең" for number in range(BAD)]
    return "\r\n".join([HEAD, *lines]).encode("kz1048")


def mended(path, court):
    """The file with the rows to mend, mended: the court and the day written in."""
    head, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert len(rows) == BAD
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, head)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, [*row[:3], court.code, row[4], "02.03.2024", row[6]])
    return file.getvalue()


def bring(page, hand, name, content):
    """Send a file and try it with the columns as they were guessed."""
    page.goto("/desk/imports/")
    page.locator("input[name=kind][value=people]").check()
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/plain", "buffer": content}
    )
    hand.press(".measure button[type=submit]")
    expect(page.locator("[aria-current=step]")).to_be_visible()
    hand.press("form[action$='/match/'] button[type=submit]")
    expect(page.locator("form[action$='/apply/'] button")).to_be_visible()


@pytest.mark.parametrize("scripts", [False])
def test_a_list_with_bad_rows_comes_in_and_the_bad_rows_after_it(stage, window, tmp_path, scripts):
    court, before = stage.cast.court, Person.objects.count()
    page = window.open(stage.cast.clara_account, language="kk", width=NARROW, scripts=scripts)
    hand = HANDS["mouse"](page)

    bring(page, hand, "tizim.csv", office_list(court))
    assert Person.objects.count() == before
    with page.expect_download() as fetched:
        hand.press("a[href$='to-mend.xlsx']")
    hand.press("form[action$='/apply/'] button")
    expect(page.locator("form[action$='/apply/']")).to_have_count(0)
    assert Person.objects.count() == before + ROWS - BAD
    path = tmp_path / "to-mend.xlsx"
    fetched.value.save_as(path)
    bring(page, hand, "mended.xlsx", mended(path, court))
    hand.press("form[action$='/apply/'] button")
    expect(page.locator("form[action$='/apply/']")).to_have_count(0)

    assert Person.objects.count() == before + ROWS
    assert Person.objects.filter(family_name="Қате1", given_name="Үміт").exists()
