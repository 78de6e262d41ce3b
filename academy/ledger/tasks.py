"""Scheduled work of the ledger."""

from celery import shared_task

from academy.ledger import delivery


@shared_task(name="ledger.advance", ignore_result=True)
def advance() -> int:
    """Number new events and let the handlers read on."""
    return delivery.advance()
