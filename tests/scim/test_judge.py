"""The outside judge: scim2-tester over the whole protocol, in the process of the test."""

import random

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_tester import Status, check_server

from tests import factories
from tests.scim.conftest import token_with

SIGNALS = (request_started, request_finished)


@pytest.fixture
def application():
    """The service as a server calls it, within the test's one transaction."""
    handler = WSGIHandler()

    def call(environ, start_response):
        for signal in SIGNALS:
            signal.disconnect(close_old_connections)
        return handler(environ, start_response)

    yield call
    for signal in SIGNALS:
        signal.connect(close_old_connections)


@pytest.mark.django_db
def test_the_judge_finds_no_fault(application, monkeypatch):
    """People in service: who is not active holds no post, whatever is sent along."""
    choice = random.choice
    monkeypatch.setattr(random, "choice", lambda of: of == [True, False] or choice(of))
    factories.court()
    factories.position("judge")
    factories.position("clerk", category="staff")
    token = token_with("people:provision", "roles:provision")
    client = WSGISCIMClient(
        application,
        base_url=f"{settings.PUBLIC_URL}/scim/v2",
        headers={"Authorization": f"Bearer {token}"},
    )

    results = check_server(client, resource_types=["User"])

    faults = [result for result in results if result.status in (Status.ERROR, Status.CRITICAL)]
    assert faults == [], "\n".join(f"{one.title}: {one.reason}" for one in faults)
    assert sum(result.status == Status.SUCCESS for result in results) > 40
