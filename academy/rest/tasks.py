"""Scheduled work of the endpoint kit."""

from celery import shared_task

from academy.core import clock
from academy.rest import idempotency


@shared_task(name="rest.forget_keys", ignore_result=True)
def forget_keys() -> int:
    """Drop the answers of commands that are older than a day."""
    return idempotency.forget(clock.now())
