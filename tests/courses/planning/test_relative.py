"""The same week of another year: at the edges of years, around holidays, across the leap day."""

from datetime import date, timedelta

import pytest

from academy.core.working_days import WorkingCalendar
from courses.planning.relative import code_for, new_days, same_week
from tests.seeds.files import table

D = date


@pytest.mark.parametrize(
    ("day", "year", "found"),
    [
        pytest.param(D(2026, 3, 4), 2027, D(2027, 3, 10), id="the Wednesday of week 10"),
        pytest.param(
            D(2028, 2, 29), 2029, D(2029, 2, 27), id="the leap day is a Tuesday of week 9"
        ),
        pytest.param(D(2027, 12, 30), 2028, D(2028, 12, 28), id="week 52 of a leap year"),
        pytest.param(D(2026, 12, 30), 2027, D(2027, 12, 29), id="week 53 becomes week 52"),
        pytest.param(D(2019, 12, 26), 2020, D(2020, 12, 24), id="into a year of 53 weeks"),
        pytest.param(D(2025, 12, 30), 2026, D(2026, 12, 29), id="week 1 of next year stays in it"),
        pytest.param(D(2027, 1, 1), 2028, D(2028, 1, 7), id="week 53 of last year goes forward"),
        pytest.param(D(2026, 6, 1), 2025, D(2025, 6, 2), id="backwards"),
    ],
)
def test_the_same_week_and_weekday_of_another_year(day, year, found):
    assert same_week(day, year) == found


def test_every_day_of_every_year_has_its_day_in_the_next():
    day = D(2024, 1, 1)
    while day < D(2034, 1, 1):
        found = same_week(day, day.year + 1)
        assert (found.year, found.weekday()) == (day.year + 1, day.weekday())
        assert abs((found - D(day.year + 1, 1, 1)) - (day - D(day.year, 1, 1))) < timedelta(days=9)
        day += timedelta(days=1)


@pytest.fixture(scope="module")
def calendar():
    rows = table("reference/calendar.tsv")
    kinds = {
        kind: {D.fromisoformat(row["date"]) for row in rows if row["kind"] == kind}
        for kind in ("off", "worked")
    }
    return WorkingCalendar(frozenset(kinds["off"]), frozenset(kinds["worked"]))


@pytest.mark.parametrize(
    ("days", "first", "found"),
    [
        pytest.param(
            [D(2026, 3, 16), D(2026, 3, 17), D(2026, 3, 18)],
            D(2027, 3, 22),
            [D(2027, 3, 25), D(2027, 3, 26), D(2027, 3, 29)],
            id="three days meet Nauryz and the weekend behind it",
        ),
        pytest.param(
            [D(2026, 4, 28), D(2026, 4, 30)],
            D(2027, 4, 27),
            [D(2027, 4, 27), D(2027, 4, 29)],
            id="nothing in the way: the gap stays",
        ),
        pytest.param(
            [D(2026, 4, 24), D(2026, 4, 27)],
            D(2027, 4, 30),
            [D(2027, 4, 30), D(2027, 5, 4)],
            id="the moved May holiday pushes only the second day",
        ),
        pytest.param(
            [D(2026, 4, 18), D(2026, 4, 25)],
            D(2027, 4, 24),
            [D(2027, 4, 24), D(2027, 5, 1)],
            id="a course of Saturdays keeps its Saturdays, also the holiday among them",
        ),
        pytest.param(
            [D(2025, 1, 5)],
            D(2027, 1, 3),
            [D(2027, 1, 5)],
            id="a Sunday that was worked is an ordinary day: off Sunday and the moved holiday",
        ),
    ],
)
def test_days_off_are_passed_over(calendar, days, first, found):
    assert list(new_days(days, first=first, then=calendar, now=calendar).values()) == found


def test_a_code_says_the_new_year_and_is_never_taken():
    assert code_for("CM-021-2026", was=2026, year=2027, taken=()) == "CM-021-2027"
    assert code_for("D01", was=2026, year=2027, taken={"D01-2027"}) == "D01-2027-2"
    assert len(code_for("x" * 60, was=2026, year=2027, taken=())) < 60
