"""Scheduled work of the messages."""

from pathlib import Path

from celery import shared_task
from django.conf import settings

from academy.messages import bounces, delivery


@shared_task(name="messages.deliver", ignore_result=True)
def deliver() -> bool:
    """Send what is due; true asks for another slice at once."""
    return delivery.deliver()


@shared_task(name="messages.read_returned", ignore_result=True)
def read_returned() -> int:
    """Read what mail servers sent back, if a folder for it is named."""
    return bounces.read_maildir(Path(settings.RETURNED_MAIL)) if settings.RETURNED_MAIL else 0
