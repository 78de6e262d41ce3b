"""Scheduled work of what is owed."""

from celery import shared_task

from academy.core import clock
from enrollment.credits import reckoning


@shared_task(name="credits.reckon", ignore_result=True)
def reckon() -> int:
    """Reckon for everybody the requirements of which that was asked."""
    return reckoning.reckon_due(clock.now())


@shared_task(name="credits.ask_all", ignore_result=True)
def ask_all() -> int:
    """Ask for it of every requirement, once a night: a day passes without an event."""
    return reckoning.ask_all()
