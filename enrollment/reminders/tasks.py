"""Scheduled work of the reminders."""

from celery import shared_task

from academy.core import clock
from enrollment.reminders import actions


@shared_task(name="reminders.plan", ignore_result=True)
def plan() -> int:
    """Write the reminders that have fallen due."""
    return actions.plan_due(clock.now())
