"""What `make run` tells the person at the terminal: one line per step, then where to go."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator

WIDTH = 42
DOT_SECONDS = 0.5

DEMO_PASSWORD = "academy-demo"  # noqa: S105 - printed for everybody; only a demo has it
DEMO_ACCOUNTS = {
    "trainee": "a judge: finds courses, enrolls, gets certificates",
    "trainee2": "another judge, to see a queue form",
    "official": "a court official",
    "chair": "head of a court: gives consent",
    "coordinator": "nominates people of the court",
    "trainer": "marks attendance, finalises runs",
    "registrar": "plans and runs everything (the desk)",
    "auditor": "reads what was done, changes nothing",
}


def say(text: str = "", *, end: str = "\n") -> None:
    """Write to the terminal; one that is gone must not keep us from stopping cleanly."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.write(text + end)
        sys.stdout.flush()


class Step:
    """One line: a name, dots while it works, the seconds it took."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.began = time.monotonic()
        self.length = len(name) + 3
        say(f"  {name} ", end="")

    def tick(self) -> None:
        """A dot for every half second that went by."""
        due = len(self.name) + 3 + int((time.monotonic() - self.began) / DOT_SECONDS)
        if self.length < due:
            say("." * (due - self.length), end="")
            self.length = due

    def done(self) -> None:
        dots = "." * max(WIDTH - self.length, 3)
        say(f"{dots} {time.monotonic() - self.began:5.1f} s")


@contextlib.contextmanager
def step(name: str) -> Iterator[Step]:
    line = Step(name)
    try:
        yield line
    except BaseException:
        say()
        raise
    line.done()


def wait_for(process: "subprocess.Popen[bytes]", line: Step) -> int:
    """Wait for a command while its line grows."""
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(0.1)
        line.tick()


def welcome(url: str, *, seconds: float, logs: str) -> None:
    """The address, who to be, and what to try."""
    names = "\n".join(f"    {name:<12} {what}" for name, what in DEMO_ACCOUNTS.items())
    say(
        f"""
  Ready in {seconds:.0f} s:  {url}/

  Sign in at {url}/sign-in/ as one of (password {DEMO_PASSWORD})
{names}

  Try
    1. As trainee, search the catalogue ({url}/courses/) for part of a word; enroll.
    2. See the message under "What we sent you", and the run under "My training".
    3. As trainer, then registrar, open {url}/desk/: mark attendance, finalise.
    4. As trainee again: the certificate; scan its QR code or open its check page.
    API: {url}/api/docs/

  Logs: {logs}   Ctrl-C stops everything; the data stay in var/.
"""
    )
