"""Text messages by a signed webhook: what they say, who gets them, what becomes of them."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from academy.calls import signing
from academy.core import clock
from academy.messages import actions, delivery, registry
from academy.messages.enums import Convenience
from academy.messages.models import DeadAddress, MailChoice
from tests import factories
from tests.academy.clients.receivers import Receiver
from tests.academy.messages.conftest import outcome, place_of
from tests.pages.conftest import _plain, browser  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db

NUMBER = "+77015550101"


@pytest.fixture
def gateway(settings):
    settings.WEBHOOKS_TO_PRIVATE = True
    settings.GATEWAY_SECRET = signing.new_secret()
    with Receiver() as receiver:
        settings.GATEWAY_URL = receiver.url
        yield receiver


@pytest.fixture
def convenience(notice, monkeypatch):
    """The kind of the test is one that may be switched off."""
    kind = replace(registry.kind("test.notice"), duty=False)
    monkeypatch.setattr(registry, "_kinds", {**registry._kinds, "test.notice": kind})
    return notice


def texter(notice, phone=NUMBER, **columns):
    person = notice.person(**columns)
    actions.choose(person=person.pk, conveniences=Convenience.TEXT, wants_digest=False, phone=phone)
    return person


def end(message):
    return *outcome(message), message.channel


def test_a_text_message_says_that_there_is_one_and_nothing_else(
    convenience, gateway, settings, post_office
):
    (message,) = convenience.write(texter(convenience, language="en"))

    delivery.deliver()

    [told] = gateway.told(settings.GATEWAY_SECRET)
    url = f"{settings.PUBLIC_URL}/messages/"
    text = f"There is a message for you from judicial training: {url}"
    assert told["data"] == {"to": NUMBER, "text": text, "language": "en", "url": url}
    assert gateway.calls[0][0]["webhook-id"] == str(message.public_id)
    assert end(message) == ("sent", "", "text")
    assert (message.address, bool(message.title)) == (NUMBER, True)
    assert post_office.mails == []


def test_duty_is_mailed_all_the_same(notice, gateway, post_office):
    (message,) = notice.write(texter(notice))

    delivery.deliver()

    assert end(message) == ("sent", "", "email")
    assert gateway.calls == []


@pytest.mark.parametrize(("phone", "url"), [("", None), (NUMBER, "")])
def test_without_a_number_or_a_gateway_it_goes_by_mail(
    convenience, gateway, settings, post_office, phone, url
):
    settings.GATEWAY_URL = settings.GATEWAY_URL if url is None else url
    (message,) = convenience.write(texter(convenience, phone))

    delivery.deliver()

    assert end(message) == ("sent", "", "email")
    assert len(post_office.mails) == 1


@pytest.mark.parametrize(
    ("status", "became"),
    [
        (422, ("failed", "gateway_422", "text")),
        (429, ("waiting", "gateway_429", "email")),
        (503, ("waiting", "gateway_503", "email")),
    ],
)
def test_what_the_gateway_answers(convenience, gateway, status, became):
    gateway.statuses = [status]
    (message,) = convenience.write(texter(convenience))

    delivery.deliver()

    assert end(message) == became
    assert (place_of(message) or message).attempts == 1
    assert not DeadAddress.objects.exists()


@pytest.mark.parametrize("trouble", ["away", "refuses us", "inside"])
def test_a_gateway_that_is_away_holds_up_no_mail(
    convenience, gateway, settings, post_office, monkeypatch, trouble
):
    gateway.statuses = [401]
    settings.WEBHOOKS_TO_PRIVATE = trouble != "inside"
    settings.GATEWAY_URL = "http://127.0.0.1:9/" if trouble == "away" else gateway.url
    texts = convenience.write(texter(convenience), texter(convenience))
    (mail,) = convenience.write(convenience.person())

    delivery.deliver()

    assert [end(one) for one in texts] == [("waiting", "server_unreachable", "email")] * 2
    assert [place_of(one).attempts for one in texts] == [0, 0]  # no try is counted
    assert end(mail) == ("sent", "", "email")
    assert len(gateway.calls) == 2 * (trouble == "refuses us")

    settings.GATEWAY_URL, settings.WEBHOOKS_TO_PRIVATE = gateway.url, True
    gateway.statuses = [202]
    later = clock.now() + timedelta(minutes=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    delivery.deliver()
    assert [end(one) for one in texts] == [("sent", "", "text")] * 2


def test_a_gateway_that_answers_slowly_holds_up_neither_mails_nor_other_texts(
    convenience, gateway, post_office
):
    texts = convenience.write(*(texter(convenience) for _ in range(3)))
    (mail,) = convenience.write(convenience.person())
    gateway.meet = threading.Barrier(4)  # three calls at once, and the mail has gone

    def take(_to):
        gateway.meet.wait(timeout=60)
        return "250 OK"

    post_office.at_data = take
    delivery.deliver()

    assert [end(one) for one in texts] == [("sent", "", "text")] * 3
    assert end(mail) == ("sent", "", "email")


def test_a_digest_is_one_text_message(convenience, gateway, post_office):
    person = texter(convenience)
    parts = [
        *convenience.write(person, in_digest=True),
        *convenience.write(person, in_digest=True, occurrence="2"),
    ]

    delivery.deliver()

    assert [end(one) for one in parts] == [("sent", "", "text")] * 2
    assert len(gateway.calls) == 1


CHOICE = {"conveniences": "text", "phone": "+7 (701) 555-01-01"}


def test_the_profile_asks_for_the_number_and_keeps_it_as_it_is_dialled(gateway, browser):  # noqa: F811
    account = factories.account("asel", of=factories.person())
    asel = browser(account)

    for number in ("", "8 701 555 01 01", "+7 701 call me"):
        page = asel.post("/profile/mails/", CHOICE | {"phone": number}).content.decode()
        assert 'aria-invalid="true"' in page
        assert not MailChoice.objects.exists()

    assert asel.post("/profile/mails/", CHOICE).status_code == 303
    kept = MailChoice.objects.get()
    assert (kept.conveniences, kept.phone) == ("text", NUMBER)


def test_where_there_is_no_gateway_there_is_no_such_choice(browser):  # noqa: F811
    asel = browser(factories.account("asel", of=factories.person()))

    page = asel.get("/profile/").content.decode()
    asel.post("/profile/mails/", CHOICE)

    assert 'value="page"' in page
    assert 'value="text"' not in page
    assert 'name="phone"' not in page
    assert not MailChoice.objects.exists()
