"""Runs a command with throw-away engines, or with those of the demo.

python -m academy.config.with_engines pytest ...       new engines, gone afterwards
python -m academy.config.with_engines --demo manage.py shell   the demo's data in var/
python -m academy.config.with_engines --hold           prints the addresses, waits for end of input
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


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if arguments == ["--hold"]:
            return _hold()
        if arguments[:1] == ["--demo"]:
            with _demo() as environment:
                return _call(arguments[1:], environment)
        with throw_away() as environment:
            return _call(arguments, environment)
    except EngineError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


@contextlib.contextmanager
def throw_away() -> Iterator[dict[str, str]]:
    """Engines in a folder that goes away with them; the owner's role, so that tests may migrate."""
    folder = Path(tempfile.mkdtemp(prefix="academy-engines-"))
    try:
        with embedded.start(folder, durable=False) as engines:
            addresses = engines.environment()
            addresses["DATABASE_URL"] = addresses["DATABASE_OWNER_URL"]
            yield state.demo_secrets(folder / "secrets.env") | addresses
    finally:
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
