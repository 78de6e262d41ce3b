from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client

from academy.clients import actions as clients
from academy.clients.models import Call, Client as System, Webhook
from academy.core import clock
from academy.ledger import delivery as ledger, registry
from academy.ledger.actions import Fact, record
from academy.messages.actions import Draft, write_messages
from academy.rest import health
from tests import factories


def test_the_process_answers():
    assert Client().get("/healthz").content == b"ok\n"


@pytest.mark.django_db
def test_everything_is_there():
    answer = Client().get("/readyz")

    assert (answer.status_code, answer.json()) == (
        200,
        {"database": "ok", "broker": "ok", "clocks": "ok", "time_zones": "ok"},
    )


@pytest.mark.django_db
def test_a_wrong_clock_and_a_lost_broker_are_named(settings, monkeypatch):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(clock, "now", lambda: health.datetime(2020, 1, 1, tzinfo=health.UTC))

    answer = Client().get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["broker"] == "ConnectionError"
    assert answer.json()["clocks"].startswith("clocks are ")


@pytest.mark.django_db
def test_measures_are_for_this_machine_or_the_token(settings):
    settings.METRICS_TOKEN = "a-long-token"
    there = Client(REMOTE_ADDR="203.0.113.5")

    assert b"ledger_inbox" in Client().get("/metrics").content
    assert there.get("/metrics").status_code == 404
    assert Client(headers={"X-Forwarded-For": "203.0.113.5"}).get("/metrics").status_code == 404
    with_token = there.get("/metrics", headers={"Authorization": "Bearer a-long-token"})
    assert with_token.status_code == 200


@pytest.mark.django_db
def test_what_waits_and_what_lags_behind_is_measured(monkeypatch):
    person = factories.person()
    clients.add_client(
        name="feeder", scopes=["events:read"], projection="full", actor=factories.ACTOR
    )
    system = System.objects.get(name="feeder")
    with transaction.atomic():
        record([Fact("account.invited", "test", uuid4())], actor=factories.ACTOR, at=clock.now())
    ledger.advance()
    broken = replace(registry._handlers["invitations"], react=lambda _events: 1 / 0)
    monkeypatch.setattr(registry, "_handlers", {**registry._handlers, "invitations": broken})
    with transaction.atomic():
        record([Fact("account.invited", "test", uuid4())], actor=factories.ACTOR, at=clock.now())
    ledger.advance()
    due = clock.now() - timedelta(minutes=2)
    write_messages([Draft(person.pk, "newer.kind", "thing", uuid4(), "1", due_at=due)], at=due)
    hook = Webhook.objects.create(
        client=system, url="https://example.org/", secret=b"", created_at=due
    )
    Call.objects.create(
        webhook=hook, event_id=uuid4(), type="x", subject="x", due_at=due, created_at=due
    )

    shown = dict(
        line.rsplit(" ", 1)
        for line in Client().get("/metrics").content.decode().splitlines()
        if not line.startswith("#")
    )

    assert shown['ledger_lag{handler="invitations"}'] == "1.0"
    assert shown['ledger_lag{handler="webhooks"}'] == "0.0"
    assert shown['messages{state="waiting"}'] == "1.0"
    assert shown['messages_per_minute{state="sent"}'] == "0.0"
    for name in (
        'messages_oldest_seconds{state="waiting"}',
        'webhook_lag_seconds{client="feeder"}',
    ):
        assert 120 <= float(shown[name]) < 180


@pytest.mark.django_db
def test_the_docs_load_nothing_from_elsewhere():
    page = Client().get("/api/docs/")

    body = page.content.decode()
    assert page.status_code == 200
    assert "http://" not in body
    assert "https://" not in body
    assert "'unsafe-inline'" not in page["Content-Security-Policy"]
    assert Client().get("/api/docs/?script=").status_code == 200
