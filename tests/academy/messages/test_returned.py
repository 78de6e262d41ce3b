"""What mail servers say of our mails: refused at once, or sent back afterwards."""

from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from django.core.management import call_command

from academy.ledger.models import Event
from academy.messages import (
    address_actions,
    bounces,
    delivery,
    mailbox,
    queries,
    registry,
    tasks,
)
from academy.messages.models import DeadAddress, Message
from tests import factories
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)


def report(message, *, address="", action="failed", status="5.1.1", headers_only=False):
    """A delivery status notification as servers write them."""
    mail = MIMEMultipart("report", report_type="delivery-status")
    mail["Subject"] = "Undelivered Mail Returned to Sender"
    mail.attach(MIMEText("This is the mail system."))
    told = MIMEBase("message", "delivery-status")
    whole, one = EmailMessage(), EmailMessage()
    whole["Reporting-MTA"] = "dns; mx.example.org"
    one["Final-Recipient"] = f"rfc822; {address or message.address}"
    one["Action"], one["Status"] = action, f"{status} (bad destination)"
    one["Diagnostic-Code"] = "smtp; 550 5.1.1 unknown"
    told.set_payload([whole, one])
    mail.attach(told)
    quoted = f"Message-ID: <{message.public_id}@example.org>\r\nSubject: x\r\n\r\n"
    kind = "text/rfc822-headers" if headers_only else "message/rfc822"
    raw = mail.as_bytes()
    boundary = mail.get_boundary()
    end = f"--{boundary}--".encode()
    part = f"--{boundary}\nContent-Type: {kind}\n\n{quoted}\n--{boundary}--".encode()
    return raw.replace(end, part)


@pytest.fixture
def sent(notice, post_office):
    person = notice.person(email="Gone@Courts.example.org")
    (message,) = notice.write(person)
    delivery.deliver()
    message.refresh_from_db()
    assert message.state == "sent"
    return message


def state(message):
    message.refresh_from_db()
    return message.state, message.outcome


@pytest.mark.parametrize("headers_only", [False, True])
def test_a_mail_that_comes_back_is_shown_and_its_address_is_dead(sent, headers_only):
    raw = report(sent, headers_only=headers_only)

    assert bounces.take(raw) == ["returned"]
    assert bounces.take(raw) == ["no_news"]  # the same report again

    assert state(sent) == ("failed", "returned_5.1.1")
    assert sent.returned_at is not None
    assert DeadAddress.objects.get().address == "gone@courts.example.org"
    assert Event.objects.filter(type="message.returned").count() == 1


@pytest.mark.parametrize(
    ("told", "now"),
    [
        ({"action": "delayed", "status": "4.4.1"}, ("sent", "")),
        ({"status": "5.2.2"}, ("failed", "returned_5.2.2")),  # full today, empty tomorrow
        ({"address": "another@example.org"}, ("sent", "")),
    ],
)
def test_what_does_not_mean_a_dead_address_buries_none(sent, told, now):
    bounces.take(report(sent, **told))

    assert state(sent) == now
    assert not DeadAddress.objects.exists()


@pytest.mark.parametrize(
    "raw",
    [b"", b"Subject: hello\r\n\r\nI am away.", b"Content-Type: multipart/report\r\n\r\n--x--"],
)
def test_other_mails_change_nothing(sent, raw):
    assert bounces.take(raw) == []
    assert state(sent) == ("sent", "")


def test_nothing_more_is_mailed_to_a_dead_address_until_it_is_cleared(sent, notice, post_office):
    bounces.take(report(sent))
    (second,) = notice.write(sent.person)
    delivery.deliver()
    assert state(second) == ("dropped", "dead_address")
    assert second.title  # it stands on the page of messages

    address_actions.revive(address="gone@courts.example.org", actor=ACTOR)
    (third,) = notice.write(sent.person)
    delivery.deliver()

    assert state(third) == ("sent", "")
    assert len(post_office.mails) == 2


def test_a_new_address_in_the_personnel_records_works_at_once(sent, notice):
    bounces.take(report(sent))
    sent.person.email = "new@courts.example.org"
    sent.person.save()
    (second,) = notice.write(sent.person)
    delivery.deliver()

    assert state(second) == ("sent", "")
    assert queries.unreachable(courts=None, today=sent.created_at.date()) == []


def test_a_server_that_knows_nobody_there_buries_the_address(notice, post_office):
    post_office.at_recipient = lambda _address: "550 5.1.1 no such user"
    (message,) = notice.write(notice.person())
    delivery.deliver()

    assert state(message) == ("failed", "smtp_550")
    assert DeadAddress.objects.get().status == "5.1.1"


def maildir(folder, **mails):
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir()
    for name, raw in mails.items():
        (folder / "new" / name).write_bytes(raw)
    return folder


def test_the_folder_is_read_once_and_what_people_write_is_left_to_people(
    sent, tmp_path, capsys, settings
):
    letter, noise = b"Subject: a letter\r\n\r\nto somebody", b"\xff\xfe no mail at all"
    maildir(tmp_path, a=report(sent), b=noise, c=letter)

    call_command("read_mail", str(tmp_path))
    settings.RETURNED_MAIL = [str(tmp_path)]
    assert tasks.read_returned() == 0

    assert capsys.readouterr().out == "1 returned\n"
    assert [path.name for path in (tmp_path / "new").iterdir()] == []
    names = sorted(path.name for path in (tmp_path / "cur").iterdir())
    assert names == ["a:2,S", "b:2,", "c:2,"]
    assert state(sent) == ("failed", "returned_5.1.1")


def test_a_mail_on_which_a_reader_breaks_stands_in_nobodys_way(sent, tmp_path, monkeypatch):
    def broken(raw):
        if b"poison" in raw:
            raise RuntimeError("poison")
        return []

    monkeypatch.setattr(registry, "_readers", {"broken": broken, **registry._readers})
    maildir(tmp_path, a=b"Subject: poison\r\n\r\n", b=report(sent))

    assert mailbox.read_maildir(tmp_path) == ["returned"]
    assert sorted(path.name for path in (tmp_path / "cur").iterdir()) == ["a:2,", "b:2,S"]


def test_the_coordinator_sees_whose_mails_of_the_own_court_do_not_arrive(cast, notice):
    address_actions.bury(cast.asel.email, status="5.1.1", message=notice.write(cast.asel)[0].pk,
                 at=Message.objects.latest("id").created_at)  # fmt: skip
    address_actions.bury(cast.dana.email, status="5.1.1", message=notice.write(cast.dana)[0].pk,
                 at=Message.objects.latest("id").created_at)  # fmt: skip
    today = Message.objects.latest("id").created_at.date()

    mine = queries.unreachable(courts={cast.court.pk}, today=today)
    everybody = queries.unreachable(courts=None, today=today)

    assert [row.person_id for row in mine] == [cast.asel.public_id]
    assert {row.person_id for row in everybody} == {cast.asel.public_id, cast.dana.public_id}


def test_a_whole_digest_came_back(notice, post_office):
    person = factories.person()
    notice.write(person, in_digest=True)
    notice.write(person, in_digest=True, occurrence="2")
    delivery.deliver()
    first = Message.objects.filter(person=person).order_by("id").first()

    bounces.take(report(first))

    assert {state(each) for each in Message.objects.filter(person=person)} == {
        ("failed", "returned_5.1.1")
    }
