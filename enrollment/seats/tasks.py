"""Scheduled work of the seats."""

import structlog
from celery import shared_task

from enrollment.seats import monitor

log = structlog.get_logger(__name__)


@shared_task(name="seats.watch")
def watch() -> int:
    """Ask every invariant that is due."""
    broken = monitor.watch()
    if broken:
        log.error("seats.invariants_broken", broken=broken)
    return broken
