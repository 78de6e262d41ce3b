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


class Waker:
    """One per process: collects nudges and sends them from its own thread."""

    def __init__(self) -> None:
        self.send: Callable[[], object] | None = None
        self._wanted = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def nudge(self) -> None:
        """Ask for the workers' attention soon."""
        if self.send is None:
            return
        self._wanted.set()
        with self._lock:  # a fork leaves the thread behind
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._loop, name="waker", daemon=True)
                self._thread.start()

    def _loop(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            try:
                if self.send is not None:
                    self.send()
            except Exception as error:  # noqa: BLE001 - a lost nudge costs seconds, no request
                log.warning("ledger.nudge_lost", error=type(error).__name__)
            time.sleep(PAUSE)


_waker = Waker()
nudge = _waker.nudge


def use(send: Callable[[], object] | None) -> None:
    """Say how a nudge travels; the configuration does. Without it nobody is woken."""
    _waker.send = send


CHANNEL = "academy.news"
_tellers: list[Callable[[list[str]], object]] = []


def tell(types: list[str]) -> None:
    """Say that events of these types have got their place; whoever waits for them may look."""
    try:
        for teller in _tellers:
            teller(types)
    except Exception as error:  # noqa: BLE001 - a reader who is not told looks by itself
        log.warning("ledger.news_lost", error=type(error).__name__)


def tell_by(teller: Callable[[list[str]], object] | None) -> None:
    """Say how news travels; the configuration does. Without it readers look by themselves."""
    _tellers[:] = [teller] if teller else []
