"""A mail's link answers without signing in; looking at it changes nothing."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from academy.core import clock
from academy.ledger import delivery as ledger
from academy.ledger.models import Event
from academy.messages import delivery
from academy.messages.models import Message
from enrollment.reminders.answer_links import path_for
from enrollment.requests import actions
from enrollment.seats.enums import State
from enrollment.seats.models import Enrollment
from tests import factories
from tests.enrollment.stage import ask, now_is
from tests.factories import ACTOR
from tests.post_office import texts_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def told(post_office):
    """Let the workers work."""

    def work():
        ledger.advance()
        delivery.deliver(seconds=20)

    return work


@pytest.fixture
def offer(told, post_office):
    """Somebody's offer, and the link in the mail about it."""
    run = factories.run(seats=1)
    first, waiting = ask(run), ask(run)
    actions.withdraw(enrollment=first.public_id, actor=ACTOR)
    told()
    mail = [one for one in post_office.mails if one["To"] == waiting.person.email][-1]
    waiting.refresh_from_db()
    return waiting, re.search(r"/answer/\S+", texts_of(mail)[0])[0]


def knock(path, **data):
    client = Client(enforce_csrf_checks=True)
    return client.post(path, data) if data else client.get(path)


def test_looking_accepts_nothing(offer):
    enrollment, link = offer
    events = Event.objects.count()

    page = knock(link)

    assert page.status_code == 200
    assert "A seat is held for you" in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert (now_is(enrollment), Event.objects.count()) == (State.OFFERED, events)


@pytest.mark.parametrize(("given", "state"), [("yes", State.CONFIRMED), ("no", State.WITHDRAWN)])
def test_a_button_answers_once(offer, given, state):
    enrollment, link = offer

    assert knock(link, answer=given).status_code == 200
    assert now_is(enrollment) == state
    event = Event.objects.filter(subject_id=enrollment.public_id).latest("id")
    assert (event.actor_name, event.behalf_of) == (
        "requests.mail_link",
        enrollment.person.public_id,
    )

    assert knock(link).status_code == 404
    assert knock(link, answer="yes").status_code == 404
    assert now_is(enrollment) == state


def test_a_new_date_is_confirmed_from_the_mail(told, post_office):
    enrollment = ask(factories.run())
    told()
    due = clock.now() + timedelta(days=3)
    Enrollment.objects.filter(pk=enrollment.pk).update(state="reconfirm", due_at=due)
    assert knock(path_for(enrollment.public_id, "reconfirm", due), answer="yes").status_code == 200
    assert now_is(enrollment) == State.CONFIRMED


def test_a_link_that_is_over_broken_or_for_another_question(offer):
    enrollment, link = offer
    Enrollment.objects.filter(pk=enrollment.pk).update(
        due_at=enrollment.due_at + timedelta(minutes=1)
    )
    events = Event.objects.count()

    for path in (link, f"{link[:-6]}abcde/", "/answer/nothing/"):
        assert knock(path, answer="yes").status_code == 404
    assert (now_is(enrollment), Event.objects.count()) == (State.OFFERED, events)


def test_no_answer_is_no_answer(offer):
    enrollment, link = offer

    assert knock(link, answer="perhaps").status_code == 422
    assert now_is(enrollment) == State.OFFERED


def test_the_link_is_in_the_mail_and_nowhere_else(offer):
    enrollment, link = offer

    kept = Message.objects.get(person=enrollment.person, kind="enrollment.offered")

    assert link not in kept.body
    assert f"/enrollments/{enrollment.public_id}/" in kept.body
