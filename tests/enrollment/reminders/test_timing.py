"""Hours, days and working days; each place counts its own."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from academy.core.working_days import WorkingCalendar
from enrollment.reminders import timing
from enrollment.reminders.enums import Unit
from enrollment.reminders.timing import DueDay, Span, Timing

NINE = time(9)
ALMATY = ("Asia/Almaty", 0)
DAY = timedelta(days=1)
# 2027-03-22 is a Monday off; the Saturday before is worked.
NAURYZ = WorkingCalendar(
    frozenset({date(2027, 3, 22), date(2027, 3, 23)}), frozenset({date(2027, 3, 20)})
)


def span(first, last):
    return Span(datetime(2027, 3, *first, tzinfo=UTC), datetime(2027, 3, *last, tzinfo=UTC))


def due(offset, unit, window, calendar=NAURYZ):
    days = timing.by_days(window, Timing(offset, unit, NINE, DAY), {ALMATY: calendar})
    return [(row.anchor, row.due_at.date()) for row in days]


@pytest.mark.parametrize(
    ("offset", "unit", "day", "anchors"),
    [
        (-3, Unit.DAYS, 16, [19]),
        (2, Unit.DAYS, 16, [14]),
        (0, Unit.DAYS, 16, [16]),
        (-1, Unit.WORKING_DAYS, 16, [17]),
        (-1, Unit.WORKING_DAYS, 20, [21, 22, 23, 24]),  # the last day worked before the feast
        (-2, Unit.WORKING_DAYS, 19, [21, 22, 23, 24]),
        (-1, Unit.WORKING_DAYS, 22, []),  # a day off is nobody's working day
        (1, Unit.WORKING_DAYS, 24, [20, 21, 22, 23]),
    ],
)
def test_whose_reminder_falls_due_on_a_day(offset, unit, day, anchors):
    found = due(offset, unit, span((day, 3), (day, 5)))  # nine in Almaty is four in UTC

    assert found == [(date(2027, 3, anchor), date(2027, 3, day)) for anchor in anchors]


def test_what_planning_finds_is_what_the_calendar_says():
    for offset in (-5, -1, 2, 7):
        for anchor, day in due(offset, Unit.WORKING_DAYS, span((1, 0), (31, 0))):
            assert NAURYZ.shift(anchor, offset) == day


def test_each_court_has_its_own_calendar_and_clock():
    free = WorkingCalendar(frozenset({date(2027, 3, 17)}))
    places = {
        ALMATY: WorkingCalendar(),
        ("Asia/Almaty", 7): free,
        ("Europe/Berlin", 0): WorkingCalendar(),
    }
    rows = timing.by_days(span((17, 3), (17, 5)), Timing(-1, Unit.WORKING_DAYS, NINE, DAY), places)

    assert rows == [DueDay(ALMATY, date(2027, 3, 18), datetime(2027, 3, 17, 4, tzinfo=UTC))]


def test_outside_its_hour_a_rule_has_nothing_to_do():
    zones = {"Asia/Almaty", "Europe/Berlin"}

    assert timing.strikes(span((17, 3), (17, 5)), NINE, zones)
    assert timing.strikes(span((17, 7), (17, 9)), NINE, zones)
    assert not timing.strikes(span((17, 5), (17, 7)), NINE, zones)
