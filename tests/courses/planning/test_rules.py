from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from academy.core.errors import Refused
from academy.core.working_days import OfficeHours, WorkingCalendar
from courses.planning import rules
from courses.planning.enums import TRANSITIONS, EnrollmentMode, PoolScope, RunState
from courses.planning.rules import Placement, Pool, Window

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)

ALLOWED = {
    ("draft", "published"),
    ("draft", "cancelled"),
    ("published", "going_ahead"),
    ("published", "running"),
    ("published", "postponed"),
    ("published", "cancelled"),
    ("going_ahead", "running"),
    ("going_ahead", "postponed"),
    ("going_ahead", "cancelled"),
    ("running", "finished"),
    ("running", "cancelled"),
    ("finished", "finalised"),
    ("postponed", "published"),
    ("postponed", "cancelled"),
}


@pytest.mark.parametrize(("present", "wanted"), list(product(RunState, RunState)))
def test_a_run_takes_the_steps_of_the_table_and_no_other(present, wanted):
    if (present, wanted) in ALLOWED:
        rules.check_transition(present, wanted)
        return
    with pytest.raises(Refused) as refusal:
        rules.check_transition(present, wanted)
    assert refusal.value.code == "run_state"


def test_every_state_of_a_run_stands_in_the_table():
    assert set(TRANSITIONS) == set(RunState)


@pytest.mark.parametrize(
    ("state", "opens", "closes", "starts", "code"),
    [
        ("published", NOON - DAY, NOON + DAY, NOON + 2 * DAY, None),
        ("going_ahead", NOON - DAY, NOON + DAY, NOON + 2 * DAY, None),
        ("published", NOON, NOON + DAY, None, None),
        ("published", NOON + HOUR, NOON + DAY, NOON + 2 * DAY, "enrollment_not_open_yet"),
        ("published", NOON - DAY, NOON, NOON + 2 * DAY, "enrollment_closed"),
        ("published", NOON - DAY, NOON + DAY, NOON, "enrollment_closed"),
        *(
            (state, NOON - DAY, NOON + DAY, NOON + DAY, "run_takes_nobody")
            for state in ("draft", "running", "finished", "finalised", "postponed", "cancelled")
        ),
    ],
)
def test_when_one_can_ask(state, opens, closes, starts, code):
    window = Window(state, opens, closes, starts)
    if code is None:
        rules.check_can_ask(window, now=NOON)
        return
    with pytest.raises(Refused) as refusal:
        rules.check_can_ask(window, now=NOON)
    assert refusal.value.code == code


POOLS = [
    Pool(1, PoolScope.EVERYONE),
    Pool(2, PoolScope.LANGUAGE, value="kk"),
    Pool(3, PoolScope.CATEGORY, value="judge"),
    Pool(4, PoolScope.REGION, region_id=7),
    Pool(5, PoolScope.COURT, court_id=9),
]


@pytest.mark.parametrize(
    ("placement", "pools"),
    [
        (Placement(9, 7, "judge", "kk"), [5, 4, 3, 2, 1]),
        (Placement(8, 7, "judge", "ru"), [4, 3, 1]),
        (Placement(8, 6, "staff", "kk"), [2, 1]),
        (Placement(), [1]),
    ],
)
def test_seats_come_from_the_most_specific_pool_first(placement, pools):
    assert rules.pools_for(placement, POOLS) == pools


def test_who_has_no_court_or_category_is_admitted_to_no_pool_without_one():
    nameless = [Pool(1, PoolScope.COURT), Pool(2, PoolScope.REGION)]

    assert rules.pools_for(Placement(), nameless) == []


OFFICE = OfficeHours(
    WorkingCalendar(days_off=frozenset({date(2026, 3, 9)})),
    ZoneInfo("UTC"),
    ((time(9), time(13)), (time(14), time(18))),
)
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "hours", "last", "until"),
    [
        # Two working days of eight hours; the lunch break does not count.
        (MONDAY, 16, MONDAY + 30 * DAY, datetime(2026, 3, 3, 18, tzinfo=UTC)),
        (MONDAY + 3 * HOUR, 2, MONDAY + 30 * DAY, MONDAY + 6 * HOUR),
        # Out of hours the window begins when the office opens; a weekend and a holiday pass by.
        (MONDAY - 5 * HOUR, 1, MONDAY + 30 * DAY, MONDAY + HOUR),
        (MONDAY + 4 * DAY, 12, MONDAY + 30 * DAY, datetime(2026, 3, 10, 13, tzinfo=UTC)),
        # Near the last moment half of the working time that is left, so that one more can be asked.
        (MONDAY, 16, MONDAY + 2 * DAY, datetime(2026, 3, 2, 18, tzinfo=UTC)),
        (MONDAY, 16, MONDAY + 2 * HOUR, MONDAY + HOUR),
        # No office opens before the last moment: half of all the time.
        (MONDAY - 10 * HOUR, 16, MONDAY - 6 * HOUR, MONDAY - 8 * HOUR),
        (MONDAY, 0, MONDAY + DAY, MONDAY),
    ],
)
def test_an_offer_is_kept_for_working_hours_and_never_beyond_the_last_moment(
    now, hours, last, until
):
    until_when = rules.offer_deadline(now=now, hours=hours, last_moment=last, office=OFFICE)

    assert until_when == until
    assert until_when <= last


@pytest.mark.parametrize(
    ("hours", "starts", "short"),
    [(0, MONDAY, False), (24, MONDAY + DAY, False), (25, MONDAY + DAY, True), (25, None, False)],
)
def test_short_notice_begins_so_many_hours_before_the_start(hours, starts, short):
    assert rules.is_short_notice(now=MONDAY, hours=hours, starts_at=starts) is short


@pytest.mark.parametrize(
    ("starts", "until"),
    [
        (NOON + 30 * DAY, NOON + 7 * DAY),
        (NOON + 14 * DAY, NOON + 7 * DAY),
        (NOON + 4 * DAY, NOON + 2 * DAY),
        (NOON + 2 * HOUR, NOON + HOUR),
        (None, NOON + 7 * DAY),
    ],
)
def test_reconfirm_is_due_after_seven_days_or_half_the_way(starts, until):
    assert rules.reconfirm_deadline(now=NOON, starts_at=starts) == until


@pytest.mark.parametrize(
    ("promote_until", "starts", "last"),
    [
        (NOON + DAY, NOON + 3 * DAY, NOON + DAY),
        (NOON + 9 * DAY, NOON + 3 * DAY, NOON + 3 * DAY),
        (None, NOON + 3 * DAY, NOON + 3 * DAY),
        (NOON + DAY, None, NOON + DAY),
        (None, None, NOON + 365 * DAY),
    ],
)
def test_no_offer_after_the_cut_off_or_the_start(promote_until, starts, last):
    assert rules.last_offer_moment(promote_until=promote_until, starts_at=starts, now=NOON) == last


def test_modes_are_those_of_the_blueprint():
    assert set(EnrollmentMode) == {"open", "approval", "nomination", "invitation", "selection"}
