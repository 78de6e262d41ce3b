"""One request works at a time in a web process; one that only waits stands aside.

Few claims in flight are faster than many, so a process has threads only for those who wait: a
thread that was admitted works alone, and hands its turn and its database session back while it
waits for something to happen, or while a file flows to a slow reader.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import close_old_connections, connection

_turn = threading.Lock()
_mine = threading.local()


class Admission:
    """Around the application: lets in one thread at a time."""

    def __init__(self, application: Callable[..., Any]) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        with _admitted():
            answer = self.application(environ, start)
            if not answer.streaming:
                try:
                    return list(answer)
                finally:
                    answer.close()
            close_old_connections()
        return answer  # type: ignore[no-any-return]


@contextmanager
def _admitted() -> Iterator[None]:
    with _turn:
        _mine.turn = True
        try:
            yield
        finally:
            _mine.turn = False


@contextmanager
def aside() -> Iterator[None]:
    """Wait inside this without holding anybody up: no turn, and no database session."""
    had_turn = getattr(_mine, "turn", False)
    if not connection.in_atomic_block:
        connection.close()
    if had_turn:
        _turn.release()
    try:
        yield
    finally:
        if had_turn:
            _turn.acquire()
