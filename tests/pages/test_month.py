"""The catalogue as a calendar: the runs of a month, in squares, in words."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from academy.courts.models import CalendarDay
from courses.planning.models import Run
from courses.search import actions as search
from tests import factories

NOW = datetime(2027, 2, 10, 6, tzinfo=UTC)
MARCH = "/courses/?view=calendar&month=2027-03"


@pytest.fixture
def spring(db):
    """Two runs in March: one over two days from the 10th, one that is full, on the 17th."""
    with time_machine.travel(NOW, tick=False):
        long = factories.run(
            of=factories.course("M-LONG", title="Long run"),
            starts_in=timedelta(days=28),
            sessions=2,
        )
        full = factories.run(
            of=factories.course("M-FULL", title="Full run"), starts_in=timedelta(days=35), seats=1
        )
        full.seats.update(free=False)
        factories.run(of=factories.course("M-DRAFT"), is_published=False)
        search.reindex_courses([long.course_id, full.course_id])
        yield long, full


def squares(response):
    """What stands on each day of the month, in plain words."""
    found = re.findall(
        r'<td role="cell"[^>]*>\s*<p class="month-day">\s*<time datetime="([\d-]+)">(.*?)</td>',
        response.text,
        re.DOTALL,
    )
    return {day: " ".join(re.sub("<[^>]+>", " ", words).split()) for day, words in found}


@pytest.mark.django_db(transaction=True)
def test_a_run_stands_on_each_of_its_days_with_its_state(spring, browser):
    days = squares(browser().get(MARCH))

    assert len(days) == 31
    assert "Long run 11:00 · enrolment is open" in days["2027-03-10"]
    assert "Long run continues · enrolment is open" in days["2027-03-11"]
    assert "Full run 11:00 · waiting list" in days["2027-03-17"]
    assert "run" not in days["2027-03-12"]


@pytest.mark.django_db(transaction=True)
def test_search_and_filters_hold_for_the_calendar(spring, browser):
    page = browser().get(f"{MARCH}&q=long&format=in_person")

    assert "Long run" in page.text
    assert "Full run" not in page.text
    assert re.search(r'rel="prev" href="\?[^"]*[^"]*month=2027-02', page.text)
    assert 'name="month" value="2027-03"' in page.text


@pytest.mark.django_db(transaction=True)
def test_what_was_called_off_says_so_and_what_is_postponed_has_no_day(spring, browser):
    long, full = spring
    Run.objects.filter(pk=long.pk).update(state="cancelled")
    Run.objects.filter(pk=full.pk).update(state="postponed")

    days = squares(browser().get(MARCH))

    assert "Long run 11:00 · Cancelled" in days["2027-03-10"]
    assert "Full run" not in days["2027-03-17"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("language", "title", "weekday", "note"),
    [
        ("en", "March 2027", "Mon", "Day off: Nauryz"),
        ("ru", "Март 2027\u00a0г.", "Пн", "Выходной день: Наурыз мейрамы"),
        ("kk", "2027\u00a0ж. наурыз", "Дс", "Демалыс күні: Наурыз мейрамы"),
    ],
)
def test_days_months_and_holidays_are_named_in_the_language(
    spring, browser, language, title, weekday, note
):
    names = {"en": "Nauryz", "ru": "Наурыз мейрамы", "kk": "Наурыз мейрамы"}
    CalendarDay.objects.create(date=date(2027, 3, 22), kind="off", names=names)

    page = browser(language=language).get(MARCH)

    assert title in page.text
    assert re.findall(r'columnheader" abbr="[^"]+">([^<]+)<', page.text)[0] == weekday
    assert note in squares(page)["2027-03-22"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("month", ["", "2027-13", "soon", "1066-10"])
def test_an_unknown_month_is_the_present_one(spring, browser, month):
    page = browser().get(f"/courses/?view=calendar&month={month}")

    assert "February 2027" in page.text
    assert "No run in this month" in page.text


@pytest.mark.django_db(transaction=True)
def test_signed_out_it_is_the_same_bytes_and_asks_little(spring, browser, statements, cast):
    first, second = browser().get(MARCH), browser().get(MARCH)

    assert first.content == second.content
    assert first["ETag"]
    assert len(statements(browser(), MARCH)) == 3
    assert len(statements(browser(cast.asel_account), f"{MARCH}&for=me&q=run")) == 6
