"""A progress bar for whoever waits at the terminal; one plain line a step elsewhere."""

import time
from typing import Protocol

WIDTH = 28


class Out(Protocol):
    """Where the progress is shown: a stream, or a command's output."""

    def write(self, text: str, /) -> object: ...

    def flush(self) -> None: ...

    def isatty(self) -> bool: ...


class Progress:
    """Says which step is going on, how far it is, and how long it took."""

    def __init__(self, out: Out) -> None:
        self.out = out
        self.is_terminal = out.isatty()
        self.name, self.started = "", time.monotonic()

    def step(self, name: str) -> None:
        """Begin a step."""
        self.name, self.started = name, time.monotonic()
        self.at(0, 1)

    def at(self, done: int, total: int) -> None:
        """Say how far the step is; only a terminal shows it."""
        if not self.is_terminal:
            return
        filled = WIDTH * done // max(total, 1)
        bar = "█" * filled + "·" * (WIDTH - filled)
        self.out.write(f"\r  {self.name:<34} {bar} {done:>7,}")
        self.out.flush()

    def done(self, count: int) -> None:
        """End the step."""
        seconds = time.monotonic() - self.started
        self.out.write(
            f"{chr(13) if self.is_terminal else ''}  {self.name:<34} {count:>9,} new"
            f"   {seconds:5.1f} s{' ' * WIDTH if self.is_terminal else ''}\n"
        )
