"""What is stuck, and what the registrar can do about it."""

from uuid import uuid4

import pytest

from academy.core import clock
from academy.messages import actions, address_actions, delivery
from academy.messages.models import DeadAddress, Message
from tests import factories
from tests.enrollment.stage import ask

pytestmark = pytest.mark.django_db(transaction=True)


def text_of(response):
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.fixture
def told(post_office):
    """Two people and the confirmation of each, which a mail server does not take."""
    post_office.at_data = lambda _to: "451 later"
    claims = [ask(factories.run(seats=None)) for _ in range(2)]
    drafts = [
        actions.Draft(
            one.person_id, "enrollment.confirmed", "enrollment", one.public_id, uuid4().hex
        )
        for one in claims
    ]
    actions.write_messages(drafts, at=clock.now())
    delivery.deliver()
    return list(Message.objects.order_by("pk"))


def post(person, message, what):
    return person.post(f"/desk/messages/{message.public_id}/{what}/")


def state(message):
    message.refresh_from_db()
    return message.state, message.outcome


def test_the_registrar_has_tried_at_once_what_was_put_off(told, browser, post_office):
    clara = browser(factories.account("clara", role="registrar"))
    post_office.at_data = lambda _to: "250 OK"

    page = text_of(clara.get("/desk/messages/?state=stuck"))
    assert page.count("Try now") == 2
    assert "put off by the mail server" in page
    assert post(clara, told[0], "try-now").status_code == 303
    delivery.deliver()

    assert [state(one) for one in told] == [("sent", ""), ("waiting", "smtp_451")]
    assert text_of(clara.get("/desk/messages/?state=stuck")).count("Try now") == 1
    assert post(clara, told[0], "try-now").status_code == 409
    assert post(clara, told[0], "send-again").status_code == 303
    delivery.deliver()
    assert post_office.recipients == [told[0].person.email] * 2


def test_a_cleared_address_gets_mail_again(told, browser, post_office):
    clara = browser(factories.account("clara", role="registrar"))
    post_office.at_data = lambda _to: "250 OK"
    address = told[0].person.email
    address_actions.bury(address, status="5.1.1", message=told[0].pk, at=clock.now())
    post(clara, told[0], "try-now")
    delivery.deliver()
    assert state(told[0]) == ("dropped", "dead_address")

    assert clara.post("/desk/addresses/revive/", {"address": address}).status_code == 303
    post(clara, told[0], "send-again")
    delivery.deliver()

    assert post_office.recipients == [address]
    assert not DeadAddress.objects.exists()


def test_who_only_reads_changes_nothing(told, browser):
    auditor = browser(factories.account("audrey", role="auditor"))

    assert "Try now" not in text_of(auditor.get("/desk/messages/"))
    assert post(auditor, told[0], "try-now").status_code in (403, 404)

    assert state(told[0]) == ("waiting", "smtp_451")
