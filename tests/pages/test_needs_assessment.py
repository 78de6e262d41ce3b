"""The yearly needs at the desk: courts suggest and vote, the shortlist becomes proposals."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from academy.access.models import RoleGrant
from academy.core import clock
from academy.ledger.models import Event
from courses.development.models import NeededTopic, Proposal, Vote
from courses.planning.interests import tell_me
from tests import factories
from tests.courses.development.stage import FULL, Bodies
from tests.factories import ACTOR
from tests.pages.test_developing import text_of

pytestmark = pytest.mark.django_db(transaction=True)


def url(name, **ids):
    return reverse(f"enrollment:{name}", kwargs=ids)


def of(topic, name):
    return url(name, topic=topic.public_id)


@pytest.fixture
def topic(cast):
    return Bodies().needed(cast.elsewhere)


@pytest.fixture
def coordinator(cast, browser):
    return browser(cast.kenzhe_account)


@pytest.fixture
def registrar(cast, browser):
    return browser(cast.clara_account)


def test_a_court_votes_once_and_may_change_its_mind_until_the_close(topic, coordinator):
    for _ in range(2):
        coordinator.post(of(topic, "need-vote"))
    assert topic.votes.count() == 2  # the court that suggested it, and this one
    coordinator.post(of(topic, "need-vote"), {"take_back": "1"})
    assert topic.votes.count() == 1
    before = Event.objects.count()

    with time_machine.travel(topic.assessment.closes_at + timedelta(seconds=1), tick=False):
        late = coordinator.post(of(topic, "need-vote"))
        page = coordinator.get(url("assessment", year=topic.assessment.year))

    assert "is closed" in text_of(late)
    assert "Vote for it" not in text_of(page)
    assert (topic.votes.count(), Event.objects.count()) == (1, before)


def test_a_court_suggests_a_topic_and_loses_no_word_of_it(topic, coordinator, cast):
    to = url("assessment", year=topic.assessment.year)

    empty = coordinator.post(to, {"court": cast.court.code, "title": "", "reason": "Много ошибок."})

    assert empty.status_code == 422
    assert "Много ошибок." in empty.text
    assert NeededTopic.objects.count() == 1
    coordinator.post(to, {"court": cast.court.code, "title": "Costs", "reason": "Много ошибок."})
    made = NeededTopic.objects.latest("at")
    assert (made.title, made.court, made.votes.get().court) == (
        {"en": "Costs"},
        cast.court,
        cast.court,
    )


def test_nobody_votes_for_another_court(topic, coordinator, cast, registrar):
    answers = [
        coordinator.post(of(topic, "need-vote"), {"court": cast.elsewhere.code}),
        registrar.post(of(topic, "need-vote")),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert Vote.objects.count() == 1


def test_a_shortlisted_topic_becomes_a_proposal_of_the_plan_year_by_one_click(topic, registrar):
    refused = registrar.post(of(topic, "need-propose"))
    assert "Put the topic on the shortlist first." in text_of(refused)
    registrar.post(of(topic, "need-shortlist"))
    registrar.post(of(topic, "need-propose"))

    row = Proposal.objects.get()
    words = row.versions.get().texts
    assert (row.body.code, row.state, row.year) == ("academy", "draft", topic.assessment.year)
    assert words["title"] == topic.title
    assert words["need"] == {"ru": "Много отмен."}
    assert "1 court voted" in words["evidence"]["en"]
    assert "already" in text_of(registrar.post(of(topic, "need-propose")))
    assert Proposal.objects.count() == 1


def test_wishes_and_gaps_are_counted_and_listed_once(topic, registrar, cast):
    course = factories.course(title="Insolvency")
    tell_me(course=course, person=cast.asel.pk, actor=ACTOR)
    year = topic.assessment.year
    assert "Insolvency" in text_of(registrar.get(url("assessment", year=year)))

    for _ in range(2):
        registrar.post(url("need-take-in", year=year), {"need": f"interest:{course.code}"})

    listed = NeededTopic.objects.get(source="interest")
    assert (listed.people, listed.source_code) == (1, course.code)
    registrar.post(of(listed, "need-shortlist"))
    registrar.post(of(listed, "need-propose"))
    row = Proposal.objects.get()
    assert row.course == course
    assert "1 person waits to hear of a run." in row.versions.get().texts["evidence"]["en"]


def test_the_academy_asks_for_a_year_and_moves_the_close(topic, registrar):
    year = clock.now().year + 1
    past = registrar.post(url("needs"), {"year": year, "last_day": "2020-01-01"})
    assert "The last day must still be to come." in text_of(past)

    registrar.post(url("needs"), {"year": year, "last_day": f"{year}-02-01"})

    topic.assessment.refresh_from_db()
    assert topic.assessment.closes_at.date().isoformat() == f"{year}-02-01"


def test_the_academy_names_who_speaks_for_a_body(cast, registrar, browser):
    bodies = Bodies()
    row = bodies.submitted(FULL)
    newcomer = factories.account("newcomer")
    to = url("proposal", proposal=row.public_id)
    assert browser(newcomer).get(to).status_code == 404

    unknown = registrar.post(url("partners"), {"login": "nobody-here", "body": "university"})
    registrar.post(url("partners"), {"login": "newcomer", "body": "university"})

    assert "There is no open account" in text_of(unknown)
    assert browser(newcomer).get(to).status_code == 200
    assert RoleGrant.objects.get(account=newcomer).body == "university"
    registrar.post(url("partner-end"), {"login": "newcomer", "body": "university"})
    assert browser(newcomer).get(to).status_code == 404
