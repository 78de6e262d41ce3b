"""Real threads on a real database, let go at the same moment."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

Result = TypeVar("Result")


def race(calls: Sequence[Callable[[], Result]], *, threads: int = 16) -> list[Result | Exception]:
    """Make the calls from many threads at once; each answer or exception, in the calls' order.

    The threads wait for one another before the first call, and take the calls in turn.
    """
    threads = min(threads, len(calls))
    barrier = Barrier(threads)
    answers: list[Result | Exception] = [RuntimeError("not called")] * len(calls)

    def work(first: int) -> None:
        try:
            barrier.wait(60)
            for place in range(first, len(calls), threads):
                try:
                    answers[place] = calls[place]()
                except Exception as error:  # noqa: BLE001 - the answer of a race may be a refusal
                    answers[place] = error
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(threads)))
    return answers
