"""Calls to a gateway, a few at once: one that is answered slowly holds up no other, and no mail."""

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Generic, Self, TypeVar

AT_ONCE = 8

Item = TypeVar("Item")
Answer = Callable[[], object]
"""What a call came to: calling it returns, or raises what the call raised."""


class Calls(Generic[Item]):
    """Begun by one thread, which also asks for the answers: calls touch no database."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="call")
        self._open: dict[Future[object], Item] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def begin(self, item: Item, call: Callable[[], object]) -> None:
        """Make the call as soon as one of the lines is free."""
        self._open[self._pool.submit(call)] = item

    def answered(self) -> Iterator[tuple[Item, Answer]]:
        """What has been answered since the last look."""
        for call in [call for call in self._open if call.done()]:
            yield self._open.pop(call), call.result

    def rest(self) -> Iterator[tuple[Item, Answer]]:
        """All the others, as they are answered."""
        while self._open:
            wait(self._open, return_when=FIRST_COMPLETED)
            yield from self.answered()

    def take_back(self) -> list[Item]:
        """Those that have not been begun, and will not be."""
        return [self._open.pop(call) for call in list(self._open) if call.cancel()]
