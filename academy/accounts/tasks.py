"""Scheduled work of the accounts."""

from celery import shared_task
from django.core.management import call_command


@shared_task(name="accounts.clear_sessions", ignore_result=True)
def clear_sessions() -> None:
    """Drop sessions that have ended."""
    call_command("clearsessions")
