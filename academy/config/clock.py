"""The beat by itself: it only says when, so it needs neither Django nor the rooms (50 MB less)."""

import os

from celery import Celery

from academy.config import schedule

app = Celery("clock", fixups=[])
app.conf.update(
    broker_url=os.environ.get("REDIS_URL", ""),
    broker_connection_retry_on_startup=True,
    timezone="UTC",
)
schedule.configure(app)
