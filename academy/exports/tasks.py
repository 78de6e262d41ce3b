"""Scheduled work of exports."""

from celery import shared_task

from academy.core import clock
from academy.exports import actions, writing


@shared_task(name="exports.write", ignore_result=True)
def write() -> int:
    """Write the files that were asked for."""
    return writing.write_exports()


@shared_task(name="exports.clear", ignore_result=True)
def clear() -> int:
    """Take away the files whose time is over."""
    return actions.clear_expired(clock.now())
