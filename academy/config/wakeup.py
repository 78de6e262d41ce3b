"""How the ledger's wake-ups travel: to the workers as a task, to who waits for news as a word."""

import orjson
import redis
from celery import Celery
from django.conf import settings

from academy.ledger import wake

PATIENCE = 0.5  # seconds that a sequencer waits for the broker


def install(app: Celery) -> None:
    """Let commits of this process wake the workers, and its sequencer wake the readers."""
    wake.use(lambda: app.send_task("ledger.advance", expires=30, retry=False))
    broker = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
    )
    wake.tell_by(lambda types: broker.publish(wake.CHANNEL, orjson.dumps(types)))
