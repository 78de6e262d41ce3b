"""Scheduled work of the messages."""

from celery import shared_task

from academy.messages import delivery


@shared_task(name="messages.deliver", ignore_result=True)
def deliver() -> bool:
    """Send what is due; true asks for another slice at once."""
    return delivery.deliver()
