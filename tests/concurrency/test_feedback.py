"""Answers at the same moment, and a worker killed in between: one answer, all of it or none."""

from functools import partial

import pytest

from academy.core.errors import Refused
from enrollment.feedback import actions
from enrollment.feedback.models import AnswerCount, AnswerInvitation, AnswerText, FeedbackRound
from tests.concurrency import test_nominations as dying
from tests.concurrency.meeting import refusals
from tests.concurrency.racing import race
from tests.enrollment.feedback.conftest import answer, asked, stand_at

__all__ = ["asked", "stand_at"]

pytestmark = pytest.mark.django_db(transaction=True)


def counted():
    """How many answered, by the round, by the ticks, by the words and by the invitations."""
    return (
        sum(FeedbackRound.objects.values_list("answers", flat=True)),
        sum(AnswerCount.objects.filter(question="useful").values_list("count", flat=True)),
        AnswerText.objects.count(),
        AnswerInvitation.objects.filter(answered=True).count(),
    )


def test_one_person_answering_eight_times_at_once_is_counted_once(asked):
    (one,) = asked(1).invitations

    answers = race([partial(answer, one, keep="Сөз") for _ in range(8)], threads=8)

    assert refusals(answers) == ["answered_already"] * 7
    assert counted() == (1, 1, 1, 1)


def test_everybody_answering_at_once_is_counted(asked):
    run = asked(12)

    answers = race([partial(answer, one, keep="Сөз") for one in run.invitations], threads=8)

    assert refusals(answers) == []
    assert counted() == (12, 12, 12, 12)


def test_a_worker_that_dies_before_the_commit_leaves_nothing(asked):
    run = asked(2)
    first, second = run.invitations
    answer(first, keep="Бір")

    def dies():
        actions.record = lambda *_facts, **_more: dying.die()
        answer(second, keep="Екі")

    assert dying.in_a_process_of_its_own(dies) == 9
    dying.wait_for_the_server()

    assert counted() == (1, 1, 1, 1)
    answer(second, keep="Екі")
    assert counted() == (2, 2, 2, 2)
    with pytest.raises(Refused):
        answer(second)
