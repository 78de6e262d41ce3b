"""What calendars have been told: once, in numbers that grow, and again where it did not arrive."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from academy.core.actor import Actor
from academy.ledger import delivery as ledger
from academy.messages import actions as messages, address_actions, delivery, lease
from academy.messages.models import Message, Outgoing
from courses.planning.models import Session
from enrollment.calendars.models import Invitation
from enrollment.requests import actions as requests, run_changes
from enrollment.seats.models import Enrollment
from tests import factories
from tests.enrollment.calendars.conftest import items_of
from tests.enrollment.calendars.invited import CANCEL, REQUEST, enroll, move
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)


def test_seeds_invite_nobody_and_the_first_change_is_still_told(person, mails):
    run = factories.run()
    requests.enroll(run=run.public_id, person=person.pk, actor=Actor.system("seed"))
    assert mails.items_to(person) == []
    move(run)

    (item,) = mails.items_to(person)
    assert item.short == (REQUEST, 0, "TENTATIVE")


def test_the_same_mail_again_is_the_same_version(person, mails, post_office):
    post_office.at_data = lambda _address: "451 later"
    enroll(factories.run(), person)
    mails.work()
    first = Invitation.objects.get(person=person)
    post_office.at_data = lambda _address: "250 OK"
    Outgoing.objects.update(next_at=first.told_at)

    (item,) = mails.items_to(person)
    assert item.sequence == 0
    assert item.event["DTSTAMP"].dt == first.told_at.replace(microsecond=0)


def test_a_worker_killed_between_record_and_mail_leaves_the_number_taken(person, mails):
    """The version is committed first: what changed meanwhile gets a number of its own."""
    run = factories.run()
    enroll(run, person)
    mails.office.at_data = lambda _address: "451 later"  # the record is there, the mail is not
    mails.work()
    Session.objects.update(link="https://example.org/room")
    mails.office.at_data = lambda _address: "250 OK"
    Outgoing.objects.update(next_at=run.created_at)

    (item,) = mails.items_to(person)
    assert item.sequence == 1


def test_what_a_dead_address_missed_is_told_once_it_works_again(person, mails):
    mails.office.at_recipient = lambda _address: "550 5.1.1 No such mailbox"
    enroll(factories.run(), person)
    assert mails.new_to(person) == []
    mails.office.at_recipient = lambda _address: "250 OK"

    address_actions.revive(address=person.email, actor=ACTOR)
    (mail,) = mails.new_to(person)

    assert [item.short for item in items_of(mail)] == [(REQUEST, 0, "CONFIRMED")]
    assert mails.new_to(person) == []


def test_support_sends_the_same_once_more(person, mails):
    enroll(factories.run(), person)
    (first,) = mails.items_to(person)
    message = Message.objects.get(person=person)
    messages.send_again(message=message.public_id, actor=ACTOR)

    (again,) = mails.items_to(person)
    assert (again.uid, again.sequence, again.method) == (first.uid, 0, REQUEST)
    assert again.event.to_ical() == first.event.to_ical()


def test_what_the_calendar_knows_is_not_mailed_for_its_own_sake(mails):
    trainer = factories.person()
    run = factories.run(trainer=trainer)
    mails.work()
    told = Message.objects.get(person=trainer, kind="calendar.teaching")
    messages.send_again(message=told.public_id, actor=ACTOR)
    mails.work()

    again = Message.objects.get(again_of=told)
    assert (again.state, again.outcome) == ("dropped", "calendar_is_current")
    assert run.code in told.body


def test_the_database_refuses_a_smaller_number(person, mails):
    enroll(factories.run(), person)
    mails.work()
    Invitation.objects.update(sequence=4)

    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.update(sequence=3)
    assert Invitation.objects.get(person=person).sequence == 4


def test_sessions_that_are_over_stay_as_they_were(person, mails, monkeypatch):
    run = factories.run(sessions=2, starts_in=timedelta(days=3))
    enrollment = enroll(run, person)
    mails.work()
    after_first = run.sessions.get(number=1).period.upper + timedelta(hours=1)
    Enrollment.objects.filter(pk=enrollment.pk).update(busy=None)
    monkeypatch.setattr("academy.core.clock.now", lambda: after_first)
    run_changes.cancel_run(run=run.public_id, reason="too_few", actor=ACTOR)
    mails.seen = len(mails.office.mails)

    (item,) = mails.items_to(person)
    assert item.method == CANCEL
    assert item.event["DTSTART"].dt == run.sessions.get(number=2).period.lower


def test_a_batch_costs_the_same_few_statements(mails, django_assert_max_num_queries):
    run = factories.run(seats=None, sessions=2)
    for person in factories.people(12):
        enroll(run, person)
    ledger.advance()
    batch = [row for row in lease.claim() if row.kind == "enrollment.confirmed"]
    assert len(batch) == 12
    with django_assert_max_num_queries(8):
        answers = dict(delivery._resolve(batch, run.created_at))
    assert {len(answer.calendar) for answer in answers.values()} == {2}
