"""Scheduled work of the messages."""

from pathlib import Path

from celery import shared_task
from django.conf import settings

from academy.messages import delivery, mailbox


@shared_task(name="messages.deliver", ignore_result=True)
def deliver() -> bool:
    """Send what is due; true asks for another slice at once."""
    return delivery.deliver()


@shared_task(name="messages.read_returned", ignore_result=True)
def read_returned() -> int:
    """Read what arrived in the folders that are named; how many things it brought."""
    return sum(len(mailbox.read_maildir(Path(folder))) for folder in settings.RETURNED_MAIL)
