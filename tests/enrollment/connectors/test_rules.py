from datetime import timedelta

import pytest

from enrollment.connectors import rules
from enrollment.connectors.enums import Verb


@pytest.mark.parametrize(
    ("kind", "data", "verbs"),
    [
        ("enrollment.confirmed", {"from": "offered"}, (Verb.REGISTERED,)),
        ("enrollment.confirmed", {"from": "reconfirm"}, ()),
        ("outcome.frozen", {"outcome": "completed"}, (Verb.ATTENDED, Verb.COMPLETED)),
        ("outcome.frozen", {"outcome": "partial"}, (Verb.ATTENDED,)),
        ("outcome.frozen", {"outcome": "excused"}, ()),
        ("outcome.frozen", {"outcome": "no_show"}, ()),
        ("certificate.issued", {}, (Verb.CERTIFIED,)),
        ("enrollment.rejected", {}, ()),
        ("enrollment.waitlisted", {}, ()),
    ],
)
def test_only_participation_is_said(kind, data, verbs):
    assert rules.verbs_of(kind, data) == verbs


def test_tries_come_ever_later_but_at_least_hourly():
    pauses = [rules.pause_after(tries) for tries in (1, 2, 9, 10, 500)]

    assert [pause / timedelta(seconds=1) for pause in pauses] == [10, 20, 2560, 3600, 3600]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (None, ""),
        ([], ""),
        ({"exception": "e", "errorcode": "invalidtoken", "message": "No"}, "invalidtoken: No"),
    ],
)
def test_an_error_that_comes_with_200_is_an_error(answer, problem):
    assert rules.moodle_problem(answer) == problem


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        ({"completionstatus": {"completed": False, "completions": []}}, (False, None)),
        (
            {
                "completionstatus": {
                    "completed": True,
                    "completions": [{"timecompleted": 9}, {"timecompleted": None}],
                }
            },
            (True, 9),
        ),
    ],
)
def test_what_a_completion_status_means(answer, meaning):
    assert rules.completion_of(answer) == meaning


@pytest.mark.parametrize("answer", [None, [], {}, {"completionstatus": {"completed": "yes"}}])
def test_another_shape_is_not_guessed_at(answer):
    with pytest.raises(ValueError, match="completion status"):
        rules.completion_of(answer)
