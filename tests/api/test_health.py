import pytest
from django.test import Client

from academy.core import clock
from academy.rest import health


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
def test_the_docs_load_nothing_from_elsewhere():
    page = Client().get("/api/docs/")

    body = page.content.decode()
    assert page.status_code == 200
    assert "http://" not in body
    assert "https://" not in body
    assert "'unsafe-inline'" not in page["Content-Security-Policy"]
    assert Client().get("/api/docs/?script=").status_code == 200
