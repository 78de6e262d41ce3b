"""The auditor's pages about other systems: what each may see, and what it has seen."""

import pytest

from academy.clients import actions as clients, webhooks
from academy.clients.models import Call, Client as System
from academy.ledger import actions as ledger, queries as ledger_queries
from tests import factories


def system(name, projection, *scopes):
    clients.add_client(name=name, scopes=scopes, projection=projection, actor=factories.ACTOR)
    return System.objects.get(name=name)


def test_the_auditor_sees_how_far_each_system_is_behind(cast, browser):
    factories.run()
    ledger.sequence_all()
    reader, _silent = system("Statistics", "full", "events:read"), system("HR", "full")
    clients.note_reading(
        client=reader.pk, after=1, projection="full", people=[], request_id="reading"
    )

    page = browser(cast.otto_account).get("/desk/systems/")

    standings = {row.client.name: row.behind for row in page.context["standings"]}
    assert standings == {"HR": None, "Statistics": ledger_queries.last_position() - 1}
    assert "does not read the feed" in page.content.decode()


def test_the_auditor_sees_exactly_the_fields_that_a_system_is_shown(cast, browser):
    evaluator = system("Evaluation", "evaluator", "events:read")

    page = browser(cast.otto_account).get(f"/desk/systems/{evaluator.public_id}/")

    text = page.content.decode()
    assert "<code>credit.earned</code>" in text
    assert "The change feed, through the client&#x27;s projection." in text
    assert "enrollment.waitlisted" not in text
    assert "queue_number" not in text


def test_the_auditor_sees_whose_data_was_read(cast, browser):
    reader = system("HR", "full", "people:read")
    people = [cast.asel.public_id, cast.dana.public_id]
    clients.disclose(
        client=reader.public_id, resource="people", projection="full", people=people, request_id=""
    )

    page = browser(cast.otto_account).get(f"/desk/systems/{reader.public_id}/")

    assert [row.how_many for row in page.context["disclosures"]] == [2]


@pytest.fixture
def woken(cast):
    """A system with a webhook that waits for its first call."""
    owner = system("HR", "full", "events:read")
    made = webhooks.add_webhook(
        client=owner.public_id, url="https://hr.example.org/", types=[], actor=factories.ACTOR
    )
    return owner, made.webhook


def test_a_registrar_calls_a_webhook_with_a_test_and_again(cast, browser, woken):
    owner, webhook = woken
    page = f"/desk/systems/{owner.public_id}/"
    desk = browser(cast.clara_account)

    answer = desk.post(f"{page}webhooks/{webhook.public_id}/test/")
    call = Call.objects.get()
    Call.objects.update(state="given_up", status=503)
    shown = desk.get(page).content.decode()
    again = desk.post(f"{page}calls/{call.public_id}/replay/")

    assert (answer.status_code, again.status_code) == (303, 303)
    assert "webhook.test" in shown
    assert "HTTP 503" in shown
    assert Call.objects.get().state == "waiting"


def test_an_auditor_sees_the_calls_and_makes_none(cast, browser, woken):
    owner, webhook = woken
    page = f"/desk/systems/{owner.public_id}/"
    auditor = browser(cast.otto_account)

    shown = auditor.get(page).content.decode()
    answer = auditor.post(f"{page}webhooks/{webhook.public_id}/test/")

    assert "https://hr.example.org/" in shown
    assert "Call it with a test" not in shown
    assert answer.status_code == 404
    assert not Call.objects.exists()


def test_a_webhook_is_reached_through_its_own_system_only(cast, browser, woken):
    _owner, webhook = woken
    other = system("Statistics", "full")

    answer = browser(cast.clara_account).post(
        f"/desk/systems/{other.public_id}/webhooks/{webhook.public_id}/test/"
    )

    assert answer.status_code == 404
    assert not Call.objects.exists()
