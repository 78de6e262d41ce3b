"""The service's own programs, web server, worker and clock: started, watched, restarted."""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from academy.config.engines import process

WEB_PROCESSES = 2
WEB_THREADS = 32  # of which one works (rest.admission); 20 may wait for news (rest.news)
WORKER_PROCESSES = 2
# Not what no page of ours uses: they are half of all the bytes.
COLLECT = ("collectstatic", "--no-input", "-v", "0", "-i", "redoc", "-i", "rest_framework")
LONGEST_PAUSE = 60.0
STEADY_SECONDS = 60.0
PATIENCE = 8.0


def web(host: str, port: int) -> list[str]:
    """The web server: few processes, in each of which one thread works and others may wait."""
    return [
        *(sys.executable, "-m", "academy.config.web", "--interface", "wsgi"),
        *("--host", host, "--port", str(port)),
        *("--workers", str(WEB_PROCESSES), "--blocking-threads", str(WEB_THREADS)),
        *("--http", "1", "--no-ws", "--respawn-failed-workers", "--workers-kill-timeout", "5"),
        "academy.config.wsgi:application",
    ]


def worker() -> list[str]:
    return [
        *(sys.executable, "-m", "celery", "-A", "academy.config", "worker"),
        *("--concurrency", str(WORKER_PROCESSES), "--loglevel", "INFO"),
        *("--without-gossip", "--without-mingle"),
    ]


def beat(schedule: Path) -> list[str]:
    return [
        *(sys.executable, "-m", "celery", "-A", "academy.config.clock", "beat"),
        *("--schedule", str(schedule), "--pidfile=", "--loglevel", "INFO"),
    ]


def answers(port: int, path: str) -> bool:
    """Whether the web server on this machine answers 200 there, under its public name."""
    name = urllib.parse.urlsplit(os.environ.get("PUBLIC_URL") or "//127.0.0.1").netloc
    with (
        contextlib.suppress(OSError, http.client.HTTPException),
        contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection,
    ):
        connection.request("GET", path, headers={"Host": name})
        return connection.getresponse().status == http.HTTPStatus.OK
    return False


@dataclass
class Child:
    """One program that should always run; it pauses longer each time it dies young."""

    name: str
    command: list[str]
    log: Path
    environment: Mapping[str, str]
    process: "subprocess.Popen[bytes] | None" = None
    began: float = 0.0
    start_at: float = 0.0
    pause: float = field(default=1.0)

    def start(self) -> None:
        self.began = time.monotonic()
        self.process = process.spawn(self.command, log=self.log, env=self.environment)

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def look_after(self, say: Callable[[str], None]) -> None:
        """Restart it when it has died, after a pause, and say so."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_at:
                self.start()
        elif not self.is_alive():
            self.pause = 1.0 if now - self.began > STEADY_SECONDS else self.pause
            code = self.process.returncode
            process.kill_group(self.process)
            self.process, self.start_at = None, now + self.pause
            say(f"{self.name} ended ({ending(code)}), starts again in {self.pause:.0f} s")
            self.pause = min(self.pause * 2, LONGEST_PAUSE)


def ending(code: int) -> str:
    """What a return code means to a person."""
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def stop_all(children: list[Child]) -> None:
    """Ask all at once, wait once, then leave nothing of them."""
    running = [child.process for child in children if child.process is not None]
    for one in running:
        if one.poll() is None:
            one.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and any(one.poll() is None for one in running):
        time.sleep(0.02)
    for one in running:
        process.kill_group(one)
