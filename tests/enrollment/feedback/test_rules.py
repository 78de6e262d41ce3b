"""What can be answered, when, and which groups are shown: tables, without a database."""

import random
from datetime import UTC, datetime

import pytest

from academy.core.errors import Invalid
from enrollment.feedback import rules
from enrollment.feedback.enums import Moment, QuestionKind
from enrollment.feedback.rules import Closed, Question

TEXTS = {"kk": "Сұрақ", "ru": "Вопрос", "en": "Question"}
SCALE = Question("useful", QuestionKind.SCALE, TEXTS, is_overall=True)
CHOICE = Question("length", QuestionKind.CHOICE, TEXTS, (("short", TEXTS), ("long", TEXTS)))
TEXT = Question("keep", QuestionKind.TEXT, TEXTS, is_required=False)


@pytest.mark.parametrize(
    ("moment", "finalised", "opens", "closes"),
    [
        (Moment.AFTER_RUN, (2026, 3, 4), (2026, 3, 4), (2026, 3, 25)),
        (Moment.THREE_MONTHS, (2026, 11, 30), (2027, 2, 28), (2027, 3, 30)),
        (Moment.THREE_MONTHS, (2027, 11, 30), (2028, 2, 29), (2028, 3, 30)),
        (Moment.SIX_MONTHS, (2026, 6, 15), (2026, 12, 15), (2027, 1, 14)),
        (Moment.SIX_MONTHS, (2026, 8, 31), (2027, 2, 28), (2027, 3, 30)),
    ],
)
def test_when_people_are_asked(moment, finalised, opens, closes):
    window = rules.window(moment, datetime(*finalised, 9, tzinfo=UTC))

    assert window.opens_at == datetime(*opens, 9, tzinfo=UTC)
    assert window.closes_at == datetime(*closes, 9, tzinfo=UTC)


def test_answers_are_kept_without_what_nobody_asked():
    given = {"useful": "5", "length": "long", "keep": " a\r\nb\x00 ", "person": "Asel"}

    assert rules.checked([SCALE, CHOICE, TEXT], given) == {
        "useful": "5",
        "length": "long",
        "keep": "a\nb",
    }


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({}, {"useful", "length"}),
        ({"useful": "6", "length": "long"}, {"useful"}),
        ({"useful": "5", "length": "endless"}, {"length"}),
        ({"useful": "5", "length": "long", "keep": "x" * 2_001}, {"keep"}),
    ],
)
def test_every_fault_is_said_at_once(given, wrong):
    with pytest.raises(Invalid) as refusal:
        rules.checked([SCALE, CHOICE, TEXT], given)

    assert refusal.value.fields.keys() == wrong


@pytest.mark.parametrize(
    ("answers", "shown"),
    [
        ([4], []),
        ([5], [[0]]),
        ([4, 1], [[0, 1]]),
        ([4, 6, 1], [[1], [0, 2]]),
        ([2, 0, 2, 3, 4], [[0, 2, 3]]),
        ([2, 3, 2, 3, 4], [[0, 1], [2, 3]]),
    ],
)
def test_which_groups_are_shown(answers, shown):
    closed = [Closed(place, number) for place, number in enumerate(answers)]

    found = rules.groups(closed, 5)

    assert [[one.id for one in group] for group in found] == shown


def test_a_setting_can_ask_for_more_and_never_for_less():
    assert rules.groups([Closed(0, 4)], 1) == []
    assert rules.groups([Closed(0, 7)], 8) == []


def test_what_is_shown_later_minus_what_was_shown_is_never_a_small_group():
    """Whoever keeps every figure that was ever shown can subtract; nobody is left alone."""
    draw = random.Random(7)
    for _case in range(300):
        closed = [Closed(place, draw.randrange(9)) for place in range(12)]
        before: set[tuple[Closed, ...]] = set()
        for upto in range(len(closed) + 1):
            shown = set(rules.groups(closed[:upto], 5))
            assert before <= shown
            assert all(sum(one.answers for one in group) >= 5 for group in shown - before)
            rounds = [one.id for group in shown for one in group]
            assert len(rounds) == len(set(rounds))
            before = shown


def test_a_tally_counts_what_nobody_chose_and_has_the_mean():
    counted = rules.tally(SCALE, {"5": 3, "2": 1})

    assert dict(counted.counts) == {"5": 3, "4": 0, "3": 0, "2": 1, "1": 0}
    assert (counted.number, counted.mean) == (4, 4.25)
    assert rules.tally(SCALE, {}).mean is None
    assert rules.tally(CHOICE, {"short": 2}).mean is None


@pytest.mark.parametrize(
    ("questions", "faults"),
    [
        ([SCALE, CHOICE, TEXT], 0),
        ([], 1),
        ([SCALE, SCALE], 2),  # the same key, and two overall ones
        ([Question("a", QuestionKind.TEXT, {"en": "Only English"})], 1),
        ([Question("a", QuestionKind.CHOICE, TEXTS, (("one", TEXTS),))], 1),
        ([Question("a", QuestionKind.CHOICE, TEXTS, (("x", TEXTS), ("y", {})))], 1),
        ([Question("a", QuestionKind.TEXT, TEXTS, is_overall=True)], 1),
    ],
)
def test_questions_that_cannot_be_put(questions, faults):
    assert len(rules.question_faults(questions)) == faults
