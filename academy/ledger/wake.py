"""Wake the workers after a commit, without the writer waiting for it.

A nudge is a hint and may be lost: the beat looks every few seconds anyway. Many commits within a
moment make one nudge, sent by a thread of its own, so that no request waits for the broker.
"""

import threading
import time
from collections.abc import Callable

import structlog

PAUSE = 0.03  # seconds between two nudges of one process

log = structlog.get_logger(__name__)
_send: Callable[[], object] | None = None
_wanted = threading.Event()
_thread: threading.Thread | None = None
_lock = threading.Lock()


def use(send: Callable[[], object] | None) -> None:
    """Say how a nudge travels; the configuration does, none means that nobody is woken."""
    global _send
    _send = send


def nudge() -> None:
    """Ask for the workers' attention soon."""
    if _send is None:
        return
    _wanted.set()
    _start()


def _start() -> None:
    global _thread
    with _lock:
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_loop, name="ledger-wake", daemon=True)
            _thread.start()


def _loop() -> None:
    while True:
        _wanted.wait()
        _wanted.clear()
        try:
            if _send is not None:
                _send()
        except Exception as error:
            log.warning("ledger.nudge_lost", error=type(error).__name__)
        time.sleep(PAUSE)
