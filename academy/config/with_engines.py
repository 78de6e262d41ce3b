"""Runs a command with throw-away engines, or with those of the demo.

python -m academy.config.with_engines COMMAND            new engines, gone afterwards
python -m academy.config.with_engines --durable COMMAND  the same, writing as in production
python -m academy.config.with_engines --demo COMMAND     the demo's engines and data in var/
python -m academy.config.with_engines --hold             prints addresses, waits for end of input
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from academy.config import embedded, state
from academy.config.engines.process import EngineError

PREFIX = "academy-engines-"


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if arguments == ["--hold"]:
            return _hold()
        if arguments[:1] == ["--demo"]:
            with _demo() as environment:
                return _call(arguments[1:], environment)
        durable = arguments[:1] == ["--durable"]
        with throw_away(durable=durable) as environment:
            return _call(arguments[durable:], environment)
    except EngineError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


@contextlib.contextmanager
def throw_away(*, durable: bool = False) -> Iterator[dict[str, str]]:
    """Engines in a folder that goes away with them; the owner's role, so that tests may migrate."""
    clear_killed()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        with state.sole_copy(folder, "tests"), embedded.start(folder, durable=durable) as engines:
            addresses = engines.environment()
            addresses["DATABASE_URL"] = addresses["DATABASE_OWNER_URL"]
            yield state.demo_secrets(folder / "secrets.env") | addresses
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear_killed() -> None:
    """Remove what a run that was killed could not; the lock of a live one is still held."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if (folder / "lock").exists() and not state.is_running(folder):
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _demo() -> Iterator[dict[str, str]]:
    """The running copy's engines; with none running, its data for as long as the command lasts."""
    if state.is_running(state.VAR):
        yield state.read_environment(state.VAR / "run.env")
        return
    with (
        state.sole_copy(state.VAR, "a command"),
        embedded.start(state.VAR, durable=True) as engines,
    ):
        port = int(os.environ.get("PORT") or "8000")
        yield state.demo_environment(state.VAR, port=port, demo=True) | engines.environment()


def _call(command: list[str], environment: dict[str, str]) -> int:
    if command[0].endswith(".py"):
        command = [sys.executable, *command]
    return subprocess.run(command, env=os.environ | environment, check=False).returncode


def _hold() -> int:
    """For a test run: its end, however it comes, closes our input, and we clear up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with throw_away() as environment:
        sys.stdout.write(json.dumps(environment) + "\n")
        sys.stdout.flush()
        sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
