"""Watching processes that end."""

import contextlib
import time
from collections.abc import Iterable

import psutil


def is_gone(one: psutil.Process) -> bool:
    """Ended; whether somebody has already collected what is left of it is not our matter."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(one.status() == psutil.STATUS_ZOMBIE)
    return True


def all_gone(processes: Iterable[psutil.Process], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    waiting = list(processes)
    while waiting and time.monotonic() < deadline:
        waiting = [one for one in waiting if not is_gone(one)]
        time.sleep(0.01)
    return not waiting
