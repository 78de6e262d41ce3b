import pytest

from courses.planning.enums import EnrollmentMode
from enrollment.decisions import rules
from enrollment.decisions.enums import Decider, Silence, StepKind, StepState
from enrollment.decisions.rules import CONSENT_OF_HEAD, Step, Verdict

RULING = Step(StepKind.RULING, Decider.ACADEMY, 3, Silence.REFUSE)


@pytest.mark.parametrize(
    ("decisions", "verdict"),
    [
        ([], Verdict.YES),
        ([("consent", "open")], Verdict.PENDING),
        ([("consent", "yes")], Verdict.YES),
        ([("consent", "no")], Verdict.NO),
        ([("consent", "moot")], Verdict.YES),
        ([("consent", "lapsed")], Verdict.YES),
        ([("consent", "lapsed"), ("consent", "open")], Verdict.PENDING),
        ([("consent", "yes"), ("ruling", "open")], Verdict.PENDING),
        ([("consent", "open"), ("ruling", "no")], Verdict.NO),
        ([("consent", "yes"), ("ruling", "yes")], Verdict.YES),
        ([("opinion", "open")], Verdict.YES),
        ([("opinion", "no")], Verdict.YES),
        ([("opinion", "no"), ("ruling", "open")], Verdict.PENDING),
        ([("opinion", "open"), ("ruling", "yes")], Verdict.YES),
        ([("opinion", "yes"), ("ruling", "no")], Verdict.NO),
    ],
)
def test_what_decisions_add_up_to(decisions, verdict):
    assert rules.verdict(decisions) == verdict


@pytest.mark.parametrize(
    ("silence", "has_higher_court", "becomes"),
    [
        (Silence.APPROVE, False, StepState.YES),
        (Silence.APPROVE, True, StepState.YES),
        (Silence.REFUSE, False, StepState.NO),
        (Silence.REFUSE, True, StepState.NO),
        (Silence.LAPSE, False, StepState.LAPSED),
        (Silence.LAPSE, True, StepState.LAPSED),
        (Silence.ESCALATE, True, StepState.LAPSED),
        (Silence.ESCALATE, False, StepState.NO),
    ],
)
def test_what_silence_means(silence, has_higher_court, becomes):
    assert rules.after_silence(silence, has_higher_court=has_higher_court) == becomes


@pytest.mark.parametrize(
    ("mode", "own", "steps"),
    [
        (EnrollmentMode.OPEN, [], []),
        (EnrollmentMode.OPEN, [RULING], [RULING]),
        (EnrollmentMode.APPROVAL, [], [CONSENT_OF_HEAD]),
        (EnrollmentMode.APPROVAL, [RULING], [RULING]),
        (EnrollmentMode.NOMINATION, [], []),
    ],
)
def test_which_decisions_a_run_asks_for(mode, own, steps):
    assert rules.steps_for(mode, own) == steps


@pytest.mark.parametrize(
    ("is_head", "court"), [(False, 5), (True, 3)], ids=["own court", "one level up"]
)
def test_a_heads_own_request_goes_one_level_up(is_head, court):
    assert rules.court_that_decides(court_id=5, parent_id=3, is_head=is_head) == court


def test_nobody_stands_above_the_highest_head():
    assert rules.court_that_decides(court_id=5, parent_id=None, is_head=True) is None
