from uuid import uuid4

import pytest
from django.db import transaction

from academy.clients import actions as clients, delivery, handlers, webhooks
from academy.clients.models import Client
from academy.core import clock
from academy.ledger import actions as ledger
from academy.ledger.actions import Fact
from academy.ledger.delivery import drain
from tests import factories


@pytest.fixture(autouse=True)
def _reachable(settings):
    """The receivers of the tests live on this machine."""
    settings.WEBHOOKS_TO_PRIVATE = True


@pytest.fixture
def owner(db):
    """A system that may read the feed."""
    return system("full")


def system(projection):
    name = f"system {uuid4().hex}"
    clients.add_client(
        name=name, scopes=["events:read"], projection=projection, actor=factories.ACTOR
    )
    return Client.objects.get(name=name)


def hook(owner, receiver, *types):
    """A webhook of that system; with its secret."""
    made = webhooks.add_webhook(
        client=owner.public_id, url=receiver.url, types=types, actor=factories.ACTOR
    )
    happen()  # that it was added is an event as well
    made.webhook.calls.all().delete()
    return made


def happen(*kinds, subject=None):
    """Events that took place and were turned into calls."""
    with transaction.atomic():
        facts = [
            Fact(kind, "test", subject or uuid4(), person_id=uuid4(), data={"secret": 1})
            for kind in kinds
        ]
        if facts:
            ledger.record(facts, actor=factories.ACTOR, at=clock.now())
    ledger.sequence_all()
    drain(handlers.HANDLER)


def turn():
    """One turn of a worker."""
    return delivery.call_webhooks()
