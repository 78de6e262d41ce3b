from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from academy.core.errors import Invalid
from enrollment.attendance import rules
from enrollment.attendance.enums import MarkStatus, OutcomeKind
from enrollment.attendance.rules import Attended, CompletionRule

PRESENT, LATE, LEFT = MarkStatus.PRESENT, MarkStatus.LATE, MarkStatus.LEFT
EXCUSED, ABSENT = MarkStatus.EXCUSED, MarkStatus.ABSENT
FOUR_FIFTHS = CompletionRule(Decimal("0.80"))
TESTED = CompletionRule(Decimal("0.80"), test_required=True)


def went(*sessions):
    """Sessions of 90 minutes: a status, or a status with the minutes."""
    pairs = [each if isinstance(each, tuple) else (each, None) for each in sessions]
    return [
        Attended(90, status, rules.minutes_of(status, planned=90, given=given))
        for status, given in pairs
    ]


@pytest.mark.parametrize(
    ("status", "given", "minutes"),
    [
        (PRESENT, None, 90),
        (PRESENT, 90, 90),
        (LATE, 60, 60),
        (LATE, 90, 90),
        (LEFT, 1, 1),
        (EXCUSED, None, 0),
        (EXCUSED, 0, 0),
        (ABSENT, None, 0),
    ],
)
def test_minutes_of(status, given, minutes):
    assert rules.minutes_of(status, planned=90, given=given) == minutes


@pytest.mark.parametrize(
    ("status", "given", "code"),
    [
        (PRESENT, 60, "minutes_contradict_status"),
        (ABSENT, 10, "minutes_contradict_status"),
        (EXCUSED, 10, "minutes_contradict_status"),
        (LATE, None, "minutes_missing"),
        (LEFT, None, "minutes_missing"),
        (LATE, 0, "minutes_out_of_range"),
        (LATE, 91, "minutes_out_of_range"),
        (LEFT, -5, "minutes_out_of_range"),
    ],
)
def test_minutes_that_contradict_the_status_are_refused(status, given, code):
    with pytest.raises(Invalid) as refused:
        rules.minutes_of(status, planned=90, given=given)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("sessions", "outcome"),
    [
        ([PRESENT] * 5, "completed"),
        ([PRESENT] * 4 + [ABSENT], "completed"),  # 80 of 100: the share itself is enough
        ([PRESENT] * 3 + [(LATE, 89), ABSENT], "partial"),  # one minute short
        ([PRESENT] * 3 + [ABSENT] * 2, "partial"),
        ([(LEFT, 1)] + [ABSENT] * 4, "partial"),
        ([ABSENT] * 5, "no_show"),
        ([EXCUSED] * 5, "excused"),
        ([PRESENT] * 3 + [EXCUSED] * 2, "excused"),  # would have been there
        ([PRESENT] * 3 + [EXCUSED, ABSENT], "excused"),  # 80 of 100 with the excused one
        ([PRESENT] * 2 + [EXCUSED, ABSENT, ABSENT], "partial"),
        ([EXCUSED] + [ABSENT] * 4, "no_show"),
        ([PRESENT] * 4 + [EXCUSED], "completed"),
    ],
)
def test_outcome_of_marks(sessions, outcome):
    assert rules.outcome_of(FOUR_FIFTHS, 450, went(*sessions)) == outcome


@pytest.mark.parametrize(
    ("sessions", "test_passed", "outcome"),
    [
        ([PRESENT] * 5, True, "completed"),
        ([PRESENT] * 5, False, "partial"),
        ([PRESENT] * 5, None, "partial"),
        ([PRESENT] * 3 + [EXCUSED] * 2, True, "excused"),
        ([PRESENT] * 2 + [ABSENT] * 3, True, "partial"),
        ([ABSENT] * 5, True, "no_show"),
    ],
)
def test_outcome_where_a_test_decides(sessions, test_passed, outcome):
    assert rules.outcome_of(TESTED, 450, went(*sessions), test_passed=test_passed) == outcome


def test_a_passed_test_changes_nothing_where_none_is_asked():
    assert rules.outcome_of(FOUR_FIFTHS, 180, went(PRESENT, ABSENT), test_passed=True) == "partial"


def test_nobody_completes_without_having_been_there():
    open_door = CompletionRule(Decimal(0))

    assert rules.outcome_of(open_door, 180, went(ABSENT, ABSENT)) == "no_show"
    assert rules.outcome_of(open_door, 180, went((LATE, 1), ABSENT)) == "completed"


def test_a_share_is_compared_exactly():
    two_thirds = CompletionRule(Decimal("0.67"))

    assert rules.outcome_of(two_thirds, 270, went(PRESENT, PRESENT, ABSENT)) == "partial"


@pytest.mark.parametrize(
    ("sessions", "secured", "reachable", "share"),
    [
        ([], False, True, None),
        ([PRESENT], False, True, Decimal(1)),
        ([ABSENT], False, True, Decimal(0)),
        ([ABSENT, ABSENT], False, False, Decimal(0)),  # 3 of 5 is the most that is left
        ([PRESENT] * 4, True, True, Decimal(1)),
        ([PRESENT, ABSENT, PRESENT, PRESENT], False, True, Decimal("0.75")),
    ],
)
def test_standing_so_far_is_no_verdict(sessions, secured, reachable, share):
    standing = rules.standing_so_far(FOUR_FIFTHS, 450, went(*sessions))

    assert standing.outcome is None
    assert (standing.is_secured, standing.is_reachable) == (secured, reachable)
    assert standing.share_so_far == share


def test_standing_after_the_last_mark_says_the_outcome():
    standing = rules.standing_so_far(FOUR_FIFTHS, 180, went(PRESENT, ABSENT))

    assert standing.outcome == OutcomeKind.PARTIAL
    assert standing.is_fully_marked


@pytest.mark.parametrize(
    ("sessions", "test_passed", "awaits"),
    [
        ([PRESENT, PRESENT], None, True),
        ([PRESENT, PRESENT], False, False),
        ([PRESENT, PRESENT], True, False),
        ([PRESENT, ABSENT], None, False),  # short of the share anyway
        ([ABSENT, ABSENT], None, False),
    ],
)
def test_a_missing_test_result_is_waited_for(sessions, test_passed, awaits):
    marked = went(*sessions)

    assert rules.awaits_test(TESTED, 180, marked, test_passed=test_passed) is awaits
    standing = rules.standing_so_far(TESTED, 180, marked, test_passed=test_passed)
    assert (standing.outcome is None) is awaits


END = datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("unmarked", "awaiting_test", "last_end", "at", "code"),
    [
        ({}, 0, None, END, "nothing_held"),
        ({1: 2}, 1, END, END - timedelta(seconds=1), "run_not_over"),
        ({1: 2}, 1, END, END, "marks_missing"),
        ({}, 1, END, END, "test_results_missing"),
        ({}, 0, END, END, None),
    ],
)
def test_what_keeps_a_run_from_being_finalised(unmarked, awaiting_test, last_end, at, code):
    obstacle = rules.obstacle_to_finalising(
        unmarked=unmarked, awaiting_test=awaiting_test, last_end=last_end, at=at
    )

    assert (obstacle.code if obstacle else None) == code
