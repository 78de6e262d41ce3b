"""Identification numbers and posts, as tables."""

from datetime import date

import pytest

from academy.people.rules import (
    Post,
    iin_problem,
    masked,
    permanent_clash,
    posts_after,
    posts_of_leaver,
)

JUDGE = Post("A", "judge", "permanent", date(2020, 1, 1))
CHAIR = Post("B", "chair", "permanent", date(2026, 3, 1))
ACTING = Post("B", "chair", "acting", date(2026, 3, 1))


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        ("990101500006", None),  # first pass
        ("990101500708", None),  # second pass
        ("990101600302", None),
        ("990101500710", "check_digit"),  # no digit fits: never issued
        ("990101500007", "check_digit"),
        ("99010150000", "length"),
        ("9901015000O6", "digits"),
        ("٩٩٠١٠١٥٠٠٠٠٦", "digits"),
        ("990140500006", "organisation"),
    ],
)
def test_iin(number, problem):
    assert iin_problem(number) == problem


def test_masked():
    assert masked("990101500006") == "9901******06"
    assert masked("123") == "***"


@pytest.mark.parametrize(
    ("held", "reported", "after"),
    [
        ((), JUDGE, (JUDGE,)),
        ((JUDGE,), JUDGE, (JUDGE,)),
        (
            (JUDGE,),
            CHAIR,
            (Post("A", "judge", "permanent", date(2020, 1, 1), date(2026, 2, 28)), CHAIR),
        ),
        ((JUDGE,), ACTING, (JUDGE, ACTING)),
        (
            (JUDGE,),
            Post("A", "judge", "permanent", date(2020, 1, 1), date(2026, 5, 1)),
            (Post("A", "judge", "permanent", date(2020, 1, 1), date(2026, 5, 1)),),
        ),
    ],
)
def test_posts_after(held, reported, after):
    assert posts_after(held, reported, permanent="permanent") == after


def test_nobody_holds_two_permanent_posts():
    earlier = Post("B", "judge", "permanent", date(2019, 1, 1))

    assert not permanent_clash((JUDGE, ACTING), permanent="permanent")
    assert permanent_clash((earlier, JUDGE), permanent="permanent")


def test_a_leaver_holds_nothing_after_the_last_day():
    (post,) = posts_of_leaver((JUDGE, CHAIR), date(2026, 1, 31))

    assert (post.court, post.ends_on) == ("A", date(2026, 1, 31))
