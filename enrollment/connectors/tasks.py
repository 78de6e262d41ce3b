"""Scheduled work of the connectors. Without an address of the other system there is none."""

from celery import shared_task

from enrollment.connectors import lrs, moodle


@shared_task(name="connectors.carry", ignore_result=True)
def carry() -> int:
    """Tell the systems that we call what has happened."""
    return lrs.carry_to_lrs() + moodle.carry_to_moodle()


@shared_task(name="connectors.read_moodle", ignore_result=True)
def read_moodle() -> int:
    """Ask Moodle who has completed what."""
    return moodle.read_completions()
