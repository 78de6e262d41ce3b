"""Reminders of questionnaires: only to who has not answered, and to nobody else about them."""

from datetime import timedelta

import pytest

from academy.core import clock
from academy.messages.models import Message
from enrollment.reminders import actions, forecasts
from enrollment.reminders.enums import WHO, Anchor, Recipient
from enrollment.reminders.models import ReminderRule
from tests import factories
from tests.enrollment.feedback.conftest import answer, asked, stand_at
from tests.enrollment.stage import DAY, HOUR
from tests.post_office import texts_of

__all__ = ["asked", "stand_at"]

pytestmark = pytest.mark.django_db(transaction=True)
NOON = timedelta(hours=7)  # UTC, in the working day of every court


def reminded(kind):
    return [message.person for message in Message.objects.filter(kind=kind).order_by("person_id")]


def at_noon(moment):
    return moment.replace(hour=0, minute=0) + NOON


def test_who_has_not_answered_is_told_at_once_and_a_week_later(rules, asked, stand_at, told):
    run = asked(3, first=factories.person(language="kk"))
    people = [one.enrollment.person for one in run.invitations]
    assert reminded("reminder.questionnaire_open") == people
    answer(run.invitations[1])

    stand_at(at_noon(run.after.opens_at) + 7 * DAY)
    actions.plan_due(clock.now())

    assert reminded("reminder.questionnaire_open") == sorted(
        [*people, people[0], people[2]], key=lambda one: one.pk
    )
    assert told(people[0])[-1] == ("reminder.questionnaire_open", "sent", "")


def test_who_answers_before_the_mail_leaves_is_not_reminded(rules, asked, stand_at, told):
    run = asked(1, first=factories.person(language="kk"))
    invitation = run.invitations[0]
    told(invitation.enrollment.person)
    stand_at(at_noon(run.after.opens_at) + 7 * DAY)
    actions.plan_due(clock.now())

    answer(invitation)

    assert told(invitation.enrollment.person)[-1] == (
        "reminder.questionnaire_open",
        "dropped",
        "is_answered",
    )


def test_later_rounds_are_told_of_on_their_day(rules, asked, stand_at, told, post_office):
    run = asked(1, first=factories.person(language="kk"))
    person = run.invitations[0].enrollment.person
    told(person)
    for later in run.rounds[1:]:
        stand_at(at_noon(later.opens_at) + DAY)
        actions.plan_due(clock.now())

    assert [kind for kind, *_rest in told(person)].count("reminder.follow_up") == 2
    text, _html = texts_of(post_office.mails[-1])
    assert "Алты ай бұрын" in text
    assert f"/questionnaires/{run.rounds[2].invitations.get().public_id}/" in text


def test_a_questionnaire_that_has_closed_is_told_to_nobody(rules, asked, stand_at):
    run = asked(1, first=factories.person(language="kk"))
    Message.objects.all().delete()

    stand_at(run.after.closes_at + HOUR)
    actions.plan_due(clock.now())

    assert reminded("reminder.questionnaire_open") == []


def test_the_forecast_counts_who_has_not_answered_and_names_nobody(rules, asked, stand_at):
    run = asked(3)
    answer(run.invitations[1])
    rule = ReminderRule.objects.get(code="questionnaire-again")

    coming = forecasts.forecast(rule, clock.now())

    assert coming.number == 2
    assert [one.person for one in coming.first] == ["—", "—"]


def test_nobody_is_told_who_has_not_answered():
    for anchor in (Anchor.QUESTIONNAIRE_OPEN, Anchor.FOLLOW_UP):
        assert WHO[anchor] == (Recipient.TRAINEE,)
