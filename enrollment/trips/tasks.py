"""Scheduled work of trips."""

from celery import shared_task

from academy.core import clock
from enrollment.trips import printing


@shared_task(name="trips.write", ignore_result=True)
def write() -> int:
    """Write the papers that were asked for as files."""
    return printing.write_all()


@shared_task(name="trips.forget", ignore_result=True)
def forget() -> int:
    """Take away the files whose day is over."""
    return printing.forget(clock.now())
