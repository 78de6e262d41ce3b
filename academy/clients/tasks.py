"""Scheduled work of the clients."""

from celery import shared_task
from oauth2_provider.models import clear_expired

from academy.clients import delivery


@shared_task(name="clients.clear_tokens", ignore_result=True)
def clear_tokens() -> None:
    """Drop access tokens that have run out."""
    clear_expired()


@shared_task(name="clients.call_webhooks", ignore_result=True)
def call_webhooks() -> int:
    """Wake the systems up that wait for what happened."""
    return delivery.call_webhooks()


@shared_task(name="clients.forget_calls", ignore_result=True)
def forget_calls() -> int:
    """Drop the log of calls that is older than a month."""
    return delivery.forget_calls()
