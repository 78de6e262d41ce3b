"""Starting, watching and ending child processes; knows nothing of what they are."""

import contextlib
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

CHILD = Path(__file__).with_name("child.py")
LOG_LIMIT = 10_000_000


class EngineError(Exception):
    """Something on this machine is in the way; the text is one sentence for the person."""


@dataclass(frozen=True)
class Owner:
    """The unprivileged user that stands in for root, who may not run PostgreSQL."""

    uid: int
    gid: int

    @classmethod
    def needed(cls) -> "Owner | None":
        if os.geteuid() != 0:
            return None
        nobody = pwd.getpwnam("nobody")
        return cls(nobody.pw_uid, nobody.pw_gid)

    def may_reach(self, path: Path) -> bool:
        """Whether anybody may walk to this path and read it."""
        walk = all(parent.stat().st_mode & 0o001 for parent in path.resolve().parents)
        return walk and bool(path.stat().st_mode & 0o004)


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str],
    owner: Owner | None = None,
    directory: Path | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
    stdin: bytes = b"",
) -> "subprocess.Popen[bytes]":
    """Start a command in a session of its own that dies with this process."""
    who = f"{owner.uid}:{owner.gid}" if owner else ""
    wrapped = [sys.executable, "-I", "-S", CHILD, str(os.getpid()), str(int(death_signal)), who]
    log.parent.mkdir(parents=True, exist_ok=True)
    with open_log(log) as output:
        process = subprocess.Popen(
            [str(part) for part in [*wrapped, *command]],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=directory,
            env=dict(env),
        )
    if process.stdin:
        with contextlib.suppress(BrokenPipeError), process.stdin as pipe:
            pipe.write(stdin)
    return process


@contextlib.contextmanager
def open_log(path: Path) -> Iterator[IO[bytes]]:
    """Append to a log file; a large one is put aside first, once."""
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    with path.open("ab") as output:
        yield output


def stop(
    process: "subprocess.Popen[bytes]", how: signal.Signals = signal.SIGTERM, patience: float = 10
) -> None:
    """End a child, politely first, together with whatever it started itself."""
    if process.poll() is None:
        process.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    kill_group(process)


def kill_group(process: "subprocess.Popen[bytes]") -> None:
    """Leave nothing of a child's session; it leads one, so the group bears its id."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until(
    ready: Callable[[], bool], *, process: "subprocess.Popen[bytes]", seconds: float
) -> bool:
    """Poll until ready; False when the process died or the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if ready():
            return True
        if process.poll() is not None:
            return False
        time.sleep(0.01)
    return False


def is_running(pid: int, name: str) -> bool:
    """Whether this pid is alive (no zombie) and is the program that we think it is."""
    if Path("/proc/self").exists():
        with contextlib.suppress(OSError):
            return name in Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
        return False
    found = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    return name in found.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def last_lines(log: Path, count: int = 12) -> str:
    if not log.exists():
        return "(no log)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
