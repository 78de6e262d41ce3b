"""Scheduled work of the clients."""

from celery import shared_task
from oauth2_provider.models import clear_expired


@shared_task(name="clients.clear_tokens", ignore_result=True)
def clear_tokens() -> None:
    """Drop access tokens that have run out."""
    clear_expired()
