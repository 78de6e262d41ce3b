"""Scheduled work of attendance."""

from celery import shared_task

from enrollment.attendance import scans


@shared_task(name="attendance.erase_scans", ignore_result=True)
def erase_scans() -> int:
    """Erase the scans of signed sheets that were kept long enough."""
    return scans.erase_scans()
