import pytest

from academy.core import clock, ids
from academy.core.errors import Missing, Refused
from academy.ledger import queries as ledger
from academy.ledger.models import Event
from academy.messages import actions, delivery, queries
from academy.messages.actions import Draft
from academy.messages.models import Message
from tests import factories
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db


def draft(person, **options):
    return Draft(person.pk, "test.notice", "thing", options.pop("subject", ids.public_id()), "1")


def test_writing_twice_is_writing_once():
    person = factories.person()
    drafts = [draft(person), draft(person)]

    first = actions.write_messages(drafts, at=clock.now())
    again = actions.write_messages(drafts, at=clock.now())

    assert (first, again) == (2, 0)
    assert Message.objects.count() == 2


def test_the_number_of_statements_does_not_follow_the_number_of_messages(
    django_assert_num_queries,
):
    person = factories.person()

    for number in (1, 300):
        with django_assert_num_queries(1):
            actions.write_messages([draft(person) for _ in range(number)], at=clock.now())


def test_nothing_to_write_asks_nobody(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert actions.write_messages([], at=clock.now()) == 0


@pytest.mark.django_db(transaction=True)
def test_sending_again_is_a_new_message_with_an_event(notice, post_office):
    (first,) = notice.write(notice.person())
    delivery.deliver()

    again = actions.send_again(message=first.public_id, actor=ACTOR)
    third = actions.send_again(message=first.public_id, actor=ACTOR)
    delivery.deliver()

    assert again.again_of == first
    assert [again.occurrence, third.occurrence] == ["1~2", "1~3"]
    assert len(post_office.mails) == 3
    (event,) = ledger.history_of(again.public_id)
    assert event.type == "message.sent_again"


@pytest.mark.django_db(transaction=True)
def test_what_still_waits_is_not_sent_again(notice):
    (message,) = notice.write(notice.person())

    with pytest.raises(Refused, match="still_waiting"):
        actions.send_again(message=message.public_id, actor=ACTOR)
    with pytest.raises(Missing):
        actions.send_again(message=ids.public_id(), actor=ACTOR)

    assert Message.objects.count() == 1


def test_what_we_sent_you_and_what_is_unread(notice, post_office):
    person, gone = notice.person(), notice.person()
    notice.untrue[gone.pk] = "is_withdrawn"
    (first,) = notice.write(person)
    notice.write(gone)
    delivery.deliver()
    (second,) = notice.write(person, occurrence="2")

    assert list(queries.sent_to(person.pk)) == [first]
    assert queries.unread_of(person.pk) == 1
    assert queries.unread_of(gone.pk) == 0  # nothing was said
    assert actions.mark_read(person=person.pk, upto=second.pk, at=clock.now()) == 1
    assert queries.unread_of(person.pk) == 0


def test_the_desk_sees_what_waits_and_what_failed(notice, post_office):
    refused, fine = notice.person(), notice.person()
    post_office.at_recipient = lambda to: "550 no" if to == refused.email else "250 OK"
    (failed, _sent) = notice.write(refused, fine)
    delivery.deliver()
    (waiting,) = notice.write(fine, occurrence="2")
    now = clock.now()

    desk = queries.desk_overview(now=now)

    assert (desk.waiting, desk.failed, desk.oldest_due_at) == (1, 1, waiting.due_at)
    assert desk.recent == {"sent": 1, "failed": 1, "waiting": 1}
    assert list(queries.given_up()) == [failed]
    assert list(queries.stuck(now=now + queries.LATE * 2).order_by("pk")) == [failed, waiting]
    numbers = queries.numbers(now=now)
    assert numbers["messages"] == {"waiting": 1, "put_off": 0, "failed": 1}
    assert numbers["messages_per_minute"] == {"sent": 0.2, "dropped": 0, "failed": 0.2}
    assert 0 <= numbers["messages_oldest_seconds"]["waiting"] < 60


@pytest.mark.django_db(transaction=True)
def test_what_was_put_off_is_tried_at_once_and_nothing_else(notice, post_office):
    post_office.at_data = lambda _to: "451 later"
    (message,) = notice.write(notice.person())
    with pytest.raises(Refused, match="not_put_off"):
        actions.try_now(message=message.public_id, actor=ACTOR)  # it waits for its own time
    delivery.deliver()
    post_office.at_data = lambda _to: "250 OK"
    delivery.deliver()
    assert post_office.mails == []

    actions.try_now(message=message.public_id, actor=ACTOR)
    delivery.deliver()

    message.refresh_from_db()
    assert (message.state, message.attempts) == ("sent", 2)
    assert Event.objects.filter(type="message.hurried").count() == 1
    with pytest.raises(Refused, match="not_put_off"):
        actions.try_now(message=message.public_id, actor=ACTOR)
    with pytest.raises(Missing):
        actions.try_now(message=ids.public_id(), actor=ACTOR)
