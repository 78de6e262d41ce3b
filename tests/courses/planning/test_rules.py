from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from academy.core.errors import Refused
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


@pytest.mark.parametrize(
    ("hours", "last", "until"),
    [(48, NOON + 5 * DAY, NOON + 2 * DAY), (48, NOON + DAY, NOON + DAY), (0, NOON + DAY, NOON)],
)
def test_an_offer_never_lasts_beyond_the_last_moment(hours, last, until):
    assert rules.offer_deadline(now=NOON, hours=hours, last_moment=last) == until


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
