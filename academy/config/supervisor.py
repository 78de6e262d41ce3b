"""`make run`: everything from an empty machine to a page, and nothing left behind at the end.

Run as a module. With DATABASE_URL and REDIS_URL set it uses those servers, else its own.
"""

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import NoReturn

from academy.config import children, embedded, screen, state
from academy.config.children import Child
from academy.config.embedded import Engines
from academy.config.engines import process
from academy.config.engines.process import EngineError
from academy.config.screen import say

HOST = "127.0.0.1"
READY_SECONDS = 90.0
LOOK_SECONDS = 0.3
MANAGE = (sys.executable, str(state.ROOT / "manage.py"))

SEED = ("seed",)
# What a start needs done once per version of the code: line on the screen, command, as the owner.
PREPARATIONS = (
    ("Tables", ("migrate", "--no-input", "-v", "0"), True),
    ("Rights of the application", ("grant_app_role",), True),
    ("Screen texts", ("translations", "compile"), False),
    ("Style sheets and scripts", children.COLLECT, False),
    ("Courses, courts and people", SEED, False),
)


class Stopped(BaseException):
    """Somebody asked us to end: Ctrl-C, a signal, a closed terminal."""


def main() -> int:
    began = time.monotonic()
    _obey_signals()
    try:
        port = _port()
        with state.sole_copy(state.VAR, f"http://{HOST}:{port}"):
            state.check_port(port)
            state.check_space(state.VAR)
            say("\n  Judicial training: starting\n")
            _run(state.VAR, port, began)
    except EngineError as error:
        say(f"\n  {error}")
        return 1
    except Stopped:
        say("  Stopped. The data stay in var/.")
    return 0


def _run(folder: Path, port: int, began: float) -> NoReturn:
    """Start all, then watch until stopped; whatever was started is ended on the way out."""
    with _engines(folder) as engines:
        environment = {
            **os.environ,
            **state.demo_environment(folder, port=port, demo=engines is not None),
            **(engines.environment() if engines else {}),
        }
        state.write_environment(folder / "run.env", _ours(environment))
        prepare(folder, environment)
        programs = _programs(folder, port, environment)
        try:
            with screen.step("Web server, worker, clock") as line:
                for child in programs:
                    child.start()
                _wait_until_ready(port, programs, line)
            url = f"http://{HOST}:{port}"
            screen.welcome(url, seconds=time.monotonic() - began, logs=_short(folder / "log"))
            _watch(programs, engines)
        finally:
            _quiet_signals()
            say("\n  Stopping ...")
            children.stop_all(programs)


@contextlib.contextmanager
def _engines(folder: Path) -> Iterator[Engines | None]:
    given = [bool(os.environ.get(name)) for name in ("DATABASE_URL", "REDIS_URL")]
    if all(given):
        yield None
        return
    if any(given):
        raise EngineError("Set both DATABASE_URL and REDIS_URL, or none of them.")
    with screen.step("PostgreSQL and Valkey"):
        engines = embedded.start(folder, durable=True)
    try:
        yield engines
    finally:
        _quiet_signals()
        engines.stop()


def prepare(folder: Path, environment: dict[str, str]) -> None:
    """Migrate, grant, compile, collect, seed; skipped when nothing that matters has changed."""
    cluster = folder / "postgres" / "complete"
    mine = not os.environ.get("DATABASE_URL") and cluster.exists()
    mark = state.fingerprint(str(cluster.stat().st_mtime_ns) if mine else "")
    if mine and state.is_prepared(folder, mark):
        return
    owner = {**environment, "DATABASE_URL": environment.get("DATABASE_OWNER_URL") or ""}
    for title, command, as_owner in PREPARATIONS:
        if command == SEED and not environment.get("DEMO"):
            continue
        with screen.step(title) as line:
            env = owner if as_owner and owner["DATABASE_URL"] else environment
            _do(folder / "log" / "prepare.log", [*MANAGE, *command], env, line)
    state.set_prepared(folder, mark)


def _do(log: Path, command: list[str], environment: dict[str, str], line: screen.Step) -> None:
    running = process.spawn(command, log=log, env=environment)
    try:
        code = screen.wait_for(running, line)
    finally:
        process.kill_group(running)
    if code:
        raise EngineError(
            f"{line.name}: failed. The end of {_short(log)}:\n\n{process.last_lines(log)}"
        )


def _programs(folder: Path, port: int, environment: dict[str, str]) -> list[Child]:
    logs = folder / "log"
    return [
        Child("web", children.web(HOST, port), logs / "web.log", environment),
        Child("worker", children.worker(), logs / "worker.log", environment),
        Child("beat", children.beat(folder / "beat-schedule"), logs / "beat.log", environment),
    ]


def _wait_until_ready(port: int, programs: list[Child], line: screen.Step) -> None:
    give_up = time.monotonic() + READY_SECONDS
    while not children.answers(port, "/readyz"):
        line.tick()
        dead = next((child for child in programs if not child.is_alive()), None)
        if dead or time.monotonic() > give_up:
            who = dead or programs[0]
            raise EngineError(
                f"{who.name} did not get ready. The end of {_short(who.log)}:\n\n"
                f"{process.last_lines(who.log)}"
            )
        time.sleep(0.1)


def _watch(programs: list[Child], engines: Engines | None) -> NoReturn:
    """Nothing may stay dead: engines come back at the same address, programs after a pause."""
    while True:
        for name in engines.revive() if engines else ():
            _report(f"{name} had ended and was started again")
        for child in programs:
            child.look_after(_report)
        time.sleep(LOOK_SECONDS)


def _report(text: str) -> None:
    say(f"  {time.strftime('%H:%M:%S')}  {text}")


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise EngineError(f"PORT is {text!r}: it must be a number from 1 to 65535.")
    return int(text)


def _ours(environment: dict[str, str]) -> dict[str, str]:
    """What another command needs to talk to the running copy."""
    names = {*state.demo_environment(state.VAR, port=0, demo=True), *Engines.VARIABLES}
    return {name: environment[name] for name in sorted(names) if environment.get(name)}


def _short(path: Path) -> str:
    return str(path.relative_to(state.ROOT)) if path.is_relative_to(state.ROOT) else str(path)


def _obey_signals() -> None:
    """End on what a person, a shell or a closed terminal sends; also when make itself is killed."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    if sys.platform == "linux" and os.environ.get("MAKELEVEL"):
        ctypes.CDLL(None).prctl(1, int(signal.SIGTERM), 0, 0, 0)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise Stopped


def _quiet_signals() -> None:
    """Once we are stopping, impatience must not leave half of it running."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
