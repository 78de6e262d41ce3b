""" "Tell me": a wish on a course without dates, taken back, counted, answered once."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from academy.core import clock
from academy.ledger import actions as ledger, delivery
from academy.ledger.models import Event
from academy.messages.models import Message
from courses.planning.models import Interest, Run
from enrollment.reminders import run_letters
from enrollment.requests import handlers, run_changes
from tests import factories
from tests.enrollment.stage import DAY
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)


def text_of(response):
    return " ".join(re.sub("<[^>]+>", " ", response.content.decode()).split())


def tell_me(client, course, *, undo=False):
    name = "courses:tell-me-undo" if undo else "courses:tell-me"
    return client.post(reverse(name, args=[course.code]))


def told(person):
    ledger.sequence_all()
    delivery.drain(handlers.HANDLER)
    return list(Message.objects.filter(person=person).values_list("kind", flat=True))


def test_a_wish_is_noted_once_and_taken_back(cast, browser):
    course = factories.course()
    client = browser(cast.asel_account)
    page = f"/courses/{course.code}/"
    assert "Tell me when a run is planned" in text_of(client.get(page))

    tell_me(client, course), tell_me(client, course)

    assert Interest.objects.count() == 1
    assert "Do not tell me any more" in text_of(client.get(page))
    tell_me(client, course, undo=True), tell_me(client, course, undo=True)
    assert not Interest.objects.exists()
    kinds = Event.objects.filter(subject_id=course.public_id, type__startswith="interest.")
    assert list(kinds.order_by("id").values_list("type", flat=True)) == [
        "interest.noted",
        "interest.dropped",
    ]


def test_where_a_run_can_be_asked_for_nobody_needs_to_be_told(cast, browser):
    run = factories.run()
    client = browser(cast.asel_account)
    address = f"/courses/{run.course.code}/"
    assert "Tell me when" not in text_of(client.get(address))

    closed = clock.now() - timedelta(minutes=1)
    Run.objects.filter(pk=run.pk).update(enrollment_closes_at=closed)

    assert "Tell me when" in text_of(client.get(address))
    assert "Tell me when" not in text_of(browser().get(address))
    assert "Tell me when" not in text_of(browser(cast.clara_account).get(address))


def test_the_registrar_sees_what_is_wanted_most_and_plans_it(cast, browser):
    little, much = factories.course("LITTLE"), factories.course("MUCH")
    for account, courses in ((cast.asel_account, (little, much)), (cast.dana_account, (much,))):
        for course in courses:
            tell_me(browser(account), course)

    page = browser(cast.clara_account).get(reverse("enrollment:interest"))

    assert re.findall(r"/courses/(\w+)/", page.text) == ["MUCH", "LITTLE"]
    assert re.findall(r'class="number">(\d+)<', page.text) == ["2", "2", "1", "1"]
    assert "?course=MUCH" in page.text


def test_who_asked_is_told_once_when_a_run_is_published_and_the_wish_is_answered(cast, browser):
    course = factories.course()
    tell_me(browser(cast.asel_account), course)
    told(cast.asel)
    factories.run(of=course)

    assert told(cast.asel) == ["course.planned"]
    assert told(cast.asel) == ["course.planned"]
    assert Interest.objects.get().told_at is not None
    factories.run(of=course, starts_in=40 * DAY)
    assert told(cast.asel) == ["course.planned"]  # the wish was answered
    page = browser(cast.clara_account).get(reverse("enrollment:interest"))
    assert "Nobody waits to hear of a run" in text_of(page)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (
            lambda run: run_changes.cancel_run(run=run.public_id, reason="x", actor=ACTOR),
            "run_is_cancelled",
        ),
        (lambda run: Interest.objects.all().delete(), "no_longer_wished"),
        (
            lambda run: Run.objects.filter(pk=run.pk).update(
                enrollment_closes_at=clock.now() - timedelta(minutes=1)
            ),
            "enrollment_closed",
        ),
    ],
)
def test_what_is_no_longer_true_is_not_sent(cast, browser, change, why):
    course = factories.course()
    tell_me(browser(cast.asel_account), course)
    run = factories.run(of=course)
    told(cast.asel)
    message = Message.objects.get()

    before = run_letters.about_interest([message], clock.now())
    change(run)
    after = run_letters.about_interest([message], clock.now())

    assert before[message.id].path == f"/courses/{course.code}/"
    assert after[message.id].reason == why
