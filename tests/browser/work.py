"""How much work a page is to the service, whoever else keeps this machine busy meanwhile.

The processor time of everything that this run has started, the web server, the database with its
parallel workers, the broker, but for the browser and for the test itself.
"""

import contextlib
import os
from pathlib import Path

from tests.bench.place import TICKS, tree

OTHERS = ("chromium", "playwright", "chrome")
TIMES = slice(11, 15)  # of a process and of its children that have ended, in the kernel's order


def spent() -> float:
    """Milliseconds of processor time so far."""
    return sum(_of(pid) for pid in tree(os.getpid()) if pid != os.getpid())


def _of(pid: int) -> float:
    with contextlib.suppress(OSError):
        place = Path(f"/proc/{pid}")
        command = (place / "cmdline").read_bytes().decode(errors="replace")
        if not any(name in command for name in OTHERS):
            fields = (place / "stat").read_text().rpartition(")")[2].split()
            return sum(map(int, fields[TIMES])) * 1000 / TICKS
    return 0.0
