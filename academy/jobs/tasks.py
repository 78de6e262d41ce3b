"""Scheduled work of files that come in."""

from celery import shared_task

from academy.core import clock
from academy.jobs import carrying


@shared_task(name="jobs.carry", ignore_result=True)
def carry() -> int:
    """Carry on the files that wait or were left behind."""
    return carrying.carry_on_all()


@shared_task(name="jobs.forget", ignore_result=True)
def forget() -> int:
    """Forget the files whose time is over."""
    return carrying.forget(clock.now())
