"""The code of a room, and what signing in with it is worth."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from enrollment.attendance.check_in_rules import code_at, is_valid, own_mark, seconds_left
from enrollment.attendance.enums import MarkStatus

SECRET = b"a secret of the service"
ONE, OTHER = UUID(int=1), UUID(int=2)
NINE = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("later", "valid"),
    [(0, True), (29, True), (30, True), (59, True), (60, False), (-1, False)],
)
def test_a_code_lives_while_it_is_shown_and_half_a_minute_more(later, valid):
    code = code_at(SECRET, ONE, NINE)

    assert is_valid(SECRET, ONE, NINE + timedelta(seconds=later), code) is valid


def test_a_code_is_of_one_session_and_may_be_typed_with_a_space():
    code = code_at(SECRET, ONE, NINE)

    assert is_valid(SECRET, ONE, NINE, f" {code[:3]} {code[3:]}")
    assert not is_valid(SECRET, OTHER, NINE, code)
    assert not is_valid(b"another secret", ONE, NINE, code)
    assert not is_valid(SECRET, ONE, NINE, "")


@pytest.mark.parametrize(
    ("minute", "mark"),
    [
        (-30, (MarkStatus.PRESENT, None)),
        (10, (MarkStatus.PRESENT, None)),
        (11, (MarkStatus.LATE, 79)),
        (89, (MarkStatus.LATE, 1)),
        (200, (MarkStatus.LATE, 1)),
    ],
)
def test_who_signs_in_late_is_late_by_so_many_minutes(minute, mark):
    assert own_mark(NINE, 90, NINE + timedelta(minutes=minute)) == mark


def test_the_screen_says_how_long_the_number_stays():
    assert seconds_left(NINE) == 30
    assert seconds_left(NINE + timedelta(seconds=29)) == 1
