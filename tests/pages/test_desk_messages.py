"""What is stuck, and what the registrar can do about it."""

from uuid import uuid4

import pytest

from academy.accounts.models import Account
from academy.core import clock
from academy.messages import actions, address_actions, delivery, registry
from academy.messages.models import DeadAddress, Message
from enrollment.reminders.actions import RuleSeed, install_rules
from tests import factories
from tests.academy.messages.conftest import outcome
from tests.enrollment.feedback.conftest import asked, stand_at
from tests.enrollment.stage import ask

__all__ = ["asked", "stand_at"]

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


def test_the_registrar_has_tried_at_once_what_was_put_off(told, browser, post_office):
    clara = browser(factories.account("clara", role="registrar"))
    post_office.at_data = lambda _to: "250 OK"

    page = text_of(clara.get("/desk/messages/?state=stuck"))
    assert page.count("Try now") == 2
    assert "put off by the mail server" in page
    assert post(clara, told[0], "try-now").status_code == 303
    delivery.deliver()

    assert [outcome(one) for one in told] == [("sent", ""), ("waiting", "smtp_451")]
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
    assert outcome(told[0]) == ("dropped", "dead_address")

    assert clara.post("/desk/addresses/revive/", {"address": address}).status_code == 303
    post(clara, told[0], "send-again")
    delivery.deliver()

    assert post_office.recipients == [address]
    assert not DeadAddress.objects.exists()


def test_who_only_reads_changes_nothing(told, browser):
    auditor = browser(factories.account("audrey", role="auditor"))

    assert "Try now" not in text_of(auditor.get("/desk/messages/"))
    assert post(auditor, told[0], "try-now").status_code in (403, 404)

    assert outcome(told[0]) == ("waiting", "smtp_451")


def test_the_admin_says_why_a_message_waits_and_how_often_it_was_tried(told, browser):
    root = browser(Account.objects.create_superuser("root", factories.PASSWORD))

    page = root.get("/admin/academy/message/").content.decode()

    assert '<td class="field-why">smtp_451</td><td class="field-tries">1</td>' in page


def test_who_was_reminded_of_a_questionnaire_is_counted_and_not_named(
    asked, browser, post_office, monkeypatch
):
    rule = RuleSeed("asked", {}, "questionnaire_open", "trainee", 0, useless_after_hours=240)
    install_rules([rule])
    run = asked(2)
    delivery.deliver()
    people = [one.enrollment.person for one in run.invitations]
    reminders = Message.objects.filter(kind="reminder.questionnaire_open")
    assert reminders.count() == 2
    Message.objects.exclude(pk__in=reminders).delete()

    clara = browser(factories.account("clara", role="registrar"))
    auditor = browser(factories.account("audrey", role="auditor"))
    root = browser(Account.objects.create_superuser("root", factories.PASSWORD))
    pages = [
        text_of(clara.get("/desk/messages/")),
        text_of(clara.get(f"/desk/messages/?person={people[0].family_name}&state=sent")),
        text_of(auditor.get("/desk/messages/")),
        text_of(root.get("/admin/academy/message/")),
    ]

    for page in pages:
        assert not [one for one in people if one.full_name in page or str(one) in page]
    assert all("Reminders of questionnaires are counted" in page for page in pages[:3])
    for what in ("send-again", "try-now"):
        assert post(clara, reminders[0], what).status_code == 404
    assert Message.objects.count() == 2
    monkeypatch.setattr(registry, "confidential", list)
    assert people[0].full_name in text_of(clara.get("/desk/messages/")), "else this proves nothing"
