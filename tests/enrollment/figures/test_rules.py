"""What may be shown of few people, and how numbers are put together."""

import pytest

from enrollment.figures.rules import Share, by_duration, guarded, hidden, largest, typical


@pytest.mark.parametrize(
    ("numbers", "gaps"),
    [
        ([], set()),
        ([0, 5, 100], set()),
        ([4, 9, 30], {0, 1}),  # one gap could be worked out from the sum
        ([1, 2, 30], {0, 1}),
        ([3, 0, 0], {0}),  # there is nothing else to hide it behind
    ],
)
def test_small_numbers_are_hidden_and_never_one_alone(numbers, gaps):
    assert hidden(numbers) == gaps


def test_a_gap_for_another_reason_is_guarded_alike():
    assert guarded([1], [10, 60, 20]) == {0, 1}
    assert guarded([0, 2], [10, 60, 20]) == {0, 2}


@pytest.mark.parametrize(
    ("part", "whole", "is_hidden"),
    [(0, 4, True), (0, 40, False), (3, 40, True), (38, 40, True), (40, 40, False), (20, 40, False)],
)
def test_a_share_is_hidden_when_it_tells_of_few_on_either_side(part, whole, is_hidden):
    assert Share(part, whole).is_hidden is is_hidden


def test_waits_fall_into_groups_and_few_of_them_have_no_middle():
    assert by_duration([0.5, 1, 2, 31]) == [(1, 2), (3, 1), (7, 0), (14, 0), (30, 0), (None, 1)]
    assert typical([1, 2, 3, 4]) is None
    assert typical([1, 2, 3, 4, 50]) == 3


def test_the_largest_come_first():
    assert largest({1: 5.0, 2: 9.0, 3: 5.0}, 2) == [2, 1]
