"""What people choose, what goes together in one mail, and what a mail host takes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from academy.core import clock
from academy.messages import actions, delivery, links, registry
from academy.messages.enums import Convenience
from academy.messages.models import MailChoice, MailHost, Message, Outgoing
from tests.academy.messages.conftest import outcome
from tests.post_office import texts_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def convenience(notice, monkeypatch):
    """The kind of the test is one that may be switched off."""
    kind = replace(registry.kind("test.notice"), duty=False)
    monkeypatch.setattr(registry, "_kinds", {**registry._kinds, "test.notice": kind})
    return notice


def choose(person, conveniences, *, digest=False):
    actions.choose(person=person.pk, conveniences=Convenience(conveniences), wants_digest=digest)


def ends(messages):
    return [(*outcome(row), row.channel) for row in messages]


@pytest.mark.parametrize(
    ("chosen", "end", "mails"),
    [
        ("mail", ("sent", "", "email"), 1),
        ("page", ("sent", "", "page"), 0),
        ("off", ("dropped", "switched_off", "email"), 0),
    ],
)
def test_what_is_no_duty_goes_where_its_reader_wants_it(
    convenience, post_office, chosen, end, mails
):
    person = convenience.person()
    choose(person, chosen)
    written = convenience.write(person)

    delivery.deliver()

    assert ends(written) == [end]
    assert len(post_office.mails) == mails
    assert bool(written[0].title) == (chosen != "off")


def test_duty_is_mailed_whatever_was_chosen(notice, post_office):
    person = notice.person()
    choose(person, "off")
    written = notice.write(person)

    delivery.deliver()

    assert ends(written) == [("sent", "", "email")]
    assert post_office.mails[0]["List-Unsubscribe"] is None


def test_a_mail_that_may_be_stopped_says_how(convenience, post_office, client):
    (message,) = convenience.write(convenience.person())
    delivery.deliver()
    (mail,) = post_office.mails
    path = links.stop_path(message.public_id)

    assert mail["List-Unsubscribe"].endswith(f"{path}>")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, html = texts_of(mail)
    assert path in text
    assert path in html
    message.refresh_from_db()
    assert path not in message.body

    assert client.get(path).status_code == 200
    assert not MailChoice.objects.exists()  # a scanner that follows links stops nothing
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert MailChoice.objects.get().conveniences == "page"


def test_a_stop_link_of_ours_only(convenience, client):
    (message,) = convenience.write(convenience.person())
    path = links.stop_path(message.public_id)

    assert client.post(f"{path[:-4]}xxx/").status_code == 404
    assert not MailChoice.objects.exists()


def test_duty_cannot_be_stopped_by_a_link(notice, client):
    (message,) = notice.write(notice.person())

    assert client.post(links.stop_path(message.public_id)).status_code == 409
    assert not MailChoice.objects.exists()


def test_parts_of_a_digest_leave_in_one_mail(notice, post_office):
    person, other = notice.person(language="en"), notice.person()
    mine = [*notice.write(person, in_digest=True), *notice.write(person, in_digest=True)]
    alone = notice.write(other, in_digest=True)

    delivery.deliver()

    assert ends([*mine, *alone]) == [("sent", "", "email")] * 3
    assert len(post_office.mails) == 2
    (mail,) = [one for one in post_office.mails if one["To"] == person.email]
    assert mail["Subject"] == "2 reminders from judicial training"
    text, html = texts_of(mail)
    assert text.count("has ended, as you asked") == html.count("has ended, as you asked") == 2
    assert mine[0].title == "You have withdrawn: Evidence"


def test_a_part_that_is_no_longer_true_is_left_out(notice, post_office):
    person = notice.person()
    first, second = (notice.write(person, in_digest=True)[0] for _ in range(2))
    Message.objects.filter(pk=first.pk).update(useless_after=clock.now() - timedelta(minutes=1))

    delivery.deliver()

    assert ends([first, second]) == [("dropped", "too_late", "email"), ("sent", "", "email")]
    assert post_office.mails[0]["Subject"] == second.title


def test_a_digest_that_is_put_off_comes_back_whole(notice, post_office, monkeypatch):
    post_office.at_data = lambda _address: "451 later"
    person = notice.person()
    parts = [*notice.write(person, in_digest=True), *notice.write(person, in_digest=True)]

    delivery.deliver()

    assert ends(parts) == [("waiting", "smtp_451", "email")] * 2


def test_a_host_takes_only_so_many_in_a_minute(notice, post_office, monkeypatch):
    MailHost.objects.create(host="slow.example.org", per_minute=2)
    people = [notice.person(email=f"p{n}@Slow.example.org") for n in range(5)]
    slow, free = notice.write(*people), notice.write(notice.person())
    began = clock.now()

    delivery.deliver()
    assert len(post_office.mails) == 3
    waiting = [end for end in ends([*slow, *free]) if end[0] == "waiting"]
    assert waiting == [("waiting", "host_is_busy", "email")] * 3
    assert Outgoing.objects.filter(attempts=0).count() == 3

    for minute, sent in ((1.1, 5), (2.2, 6)):
        monkeypatch.setattr(clock, "now", lambda at=minute: began + timedelta(minutes=at))
        delivery.deliver()
        assert len(post_office.mails) == sent
