"""Who is asked after which run, when, and with which questionnaire."""

from dataclasses import replace
from datetime import timedelta

import pytest

from academy.core import clock
from academy.core.errors import Invalid, Stale
from academy.ledger.models import Event
from enrollment.feedback import actions, questionnaire_actions
from enrollment.feedback.enums import Moment
from enrollment.feedback.handlers import react
from enrollment.feedback.models import AnswerInvitation, FeedbackRound, Questionnaire
from enrollment.feedback.questionnaire_actions import Draft
from tests import factories
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_who_took_part_is_asked_at_once_and_later(asked):
    run = asked(4, absent=1)

    assert [(each.moment, each.questionnaire.code) for each in run.rounds] == [
        ("after_run", "after-course"),
        ("three_months", "three-months"),
        ("six_months", "six-months"),
    ]
    assert run.after.opens_at == clock.now()
    assert run.after.closes_at == clock.now() + 21 * DAY
    assert AnswerInvitation.objects.filter(enrollment__outcomes__outcome="no_show").count() == 0
    assert [each.invitations.count() for each in run.rounds] == [3, 3, 3]


def test_a_run_seen_again_asks_nobody_twice(asked):
    run = asked(2)

    react([Event.objects.get(type="run.finalised")])

    assert FeedbackRound.objects.count() == 3
    assert AnswerInvitation.objects.count() == 6
    assert Event.objects.filter(type="feedback.planned", context_id=run.run.public_id).count() == 3


def test_where_nobody_took_part_nobody_is_asked(asked):
    asked(2, absent=2)

    assert FeedbackRound.objects.count() == 0


def test_a_past_run_that_is_brought_in_or_was_finalised_long_ago_asks_nobody(asked):
    run = asked(2).run
    event = Event.objects.get(type="run.finalised")
    AnswerInvitation.objects.all().delete()
    FeedbackRound.objects.all().delete()

    event.data["source"] = "import"
    react([event])
    later = clock.now() + 300 * DAY
    actions.open_rounds(run=run.public_id, finalised_at=clock.now(), now=later)

    assert FeedbackRound.objects.count() == 0


def draft_of(row: Questionnaire) -> Draft:
    return Draft(Moment(row.moment), row.names, row.asked, row.intro, row.is_default)


def test_a_new_revision_is_asked_by_rounds_that_have_not_opened(asked):
    run = asked(1)
    old = Questionnaire.objects.get(code="six-months")
    shorter = replace(draft_of(old), questions=old.asked[:2])
    first = Questionnaire.objects.get(code="after-course")

    questionnaire_actions.revise(code="six-months", revision=1, draft=shorter, actor=ACTOR)
    questionnaire_actions.revise(
        code="after-course", revision=1, draft=draft_of(first), actor=ACTOR
    )

    assert [str(each.questionnaire) for each in run.rounds] == [
        "after-course/1",
        "three-months/1",
        "six-months/2",
    ]
    old.refresh_from_db()
    assert (len(old.questions), old.is_current) == (5, False)


def test_a_revision_over_somebody_elses_and_one_that_cannot_be_put(asked):
    asked(1)
    row = Questionnaire.objects.get(code="after-course")
    before = Event.objects.count()

    with pytest.raises(Stale):
        questionnaire_actions.revise(
            code="after-course", revision=2, draft=draft_of(row), actor=ACTOR
        )
    with pytest.raises(Invalid):
        questionnaire_actions.revise(
            code="after-course", revision=1, draft=replace(draft_of(row), questions=[]), actor=ACTOR
        )

    assert Questionnaire.objects.filter(code="after-course").count() == 1
    assert Event.objects.count() == before


def test_a_course_puts_the_questionnaire_of_its_choice(asked):
    course = factories.course()
    asked(1)  # the seeds are there
    own = Questionnaire.objects.get(code="after-course")
    own.pk, own.code, own.is_default = None, "own", False
    own.public_id = course.public_id
    own.save()

    questionnaire_actions.choose(code="own", course=course.code, actor=ACTOR)
    chosen = asked(1, of=course).after.questionnaire.code
    questionnaire_actions.choose(code="after-course", course=course.code, actor=ACTOR)
    default = asked(1, of=course).after.questionnaire.code

    assert (chosen, default) == ("own", "after-course")
