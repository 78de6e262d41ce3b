"""`make run`: what stands in its way, what dies under it, and that it leaves nothing behind."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from academy.config import children, state
from academy.config.children import Child
from academy.config.engines.process import EngineError, free_port
from tests.config.processes import all_gone

SUPERVISOR = [sys.executable, "-m", "academy.config.supervisor"]


def own_environment(var: Path, port: int | str) -> dict[str, str]:
    """As in a new terminal: without the addresses of the engines of this test run."""
    hidden = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "PUBLIC_URL"}
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    return kept | {"VAR": str(var), "PORT": str(port)}


def start_refused(var: Path, port: int | str) -> str:
    """The words of a start that ends at once."""
    done = subprocess.run(
        SUPERVISOR, env=own_environment(var, port), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == ""
    return done.stdout.strip()


def wait_for(ready: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_second_copy_is_refused_with_the_address_of_the_first(tmp_path: Path) -> None:
    with state.sole_copy(tmp_path, "http://127.0.0.1:8000"):
        assert state.is_running(tmp_path)
        words = start_refused(tmp_path, free_port())

    assert words == (
        f"A copy is already running here (http://127.0.0.1:8000, process {os.getpid()}): "
        "use that one, or stop it with Ctrl-C in its terminal first."
    )
    assert not state.is_running(tmp_path)


def test_busy_port_is_named_with_the_way_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        words = start_refused(tmp_path, port)

    assert words == (
        f"Port {port} cannot be used (Address already in use): "
        "choose another one, for example make run PORT=8001."
    )
    assert not (tmp_path / "postgres").exists()


def test_port_that_is_no_number_is_refused(tmp_path: Path) -> None:
    assert start_refused(tmp_path, "http") == "PORT is 'http': it must be a number from 1 to 65535."


def test_full_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=5_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)

    with pytest.raises(
        EngineError, match=r"^The disk is full: 5 MB are free at .*, 300 MB are needed"
    ):
        state.check_space(tmp_path)


def test_one_address_of_two_is_refused(tmp_path: Path) -> None:
    environment = own_environment(tmp_path, free_port()) | {"REDIS_URL": "redis://127.0.0.1:1/0"}
    done = subprocess.run(SUPERVISOR, env=environment, capture_output=True, text=True, check=False)

    assert "Set both DATABASE_URL and REDIS_URL, or none of them." in done.stdout


def test_demo_secrets_are_kept_and_private(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    first = state.demo_secrets(path)

    assert state.demo_secrets(path) == first
    assert sorted(first) == ["IIN_ENCRYPTION_KEY", "IIN_HASH_KEY", "SECRET_KEY"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_demo_is_only_for_own_engines(tmp_path: Path) -> None:
    own = state.demo_environment(tmp_path, port=8000, demo=True)
    other = state.demo_environment(tmp_path, port=8000, demo=False)

    assert (own["DEMO"], other["DEMO"]) == ("1", "")


def test_fingerprint_changes_with_code_and_not_with_what_is_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "ROOT", tmp_path)
    source = tmp_path / "academy/room.py"
    source.parent.mkdir()
    source.write_text("first")
    before = state.fingerprint()

    (tmp_path / "academy/django.mo").write_text("compiled")
    compiled = state.fingerprint()
    source.write_text("changed")

    assert compiled == before != state.fingerprint()


@pytest.fixture
def stubborn(tmp_path: Path) -> Iterator[Child]:
    """A program that ignores being asked to end and has a helper of its own."""
    script = "trap '' TERM; sleep 600 & echo started; wait; wait"
    child = Child("stubborn", ["/bin/sh", "-c", script], tmp_path / "log", os.environ)
    child.start()
    wait_for(lambda: "started" in (tmp_path / "log").read_text())
    yield child
    children.stop_all([child])


def test_stopping_ends_the_stubborn_and_their_helpers(
    stubborn: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "PATIENCE", 0.1)
    assert stubborn.process
    family = psutil.Process(stubborn.process.pid)
    helpers = family.children()

    children.stop_all([stubborn])

    assert len(helpers) == 1
    assert all_gone([family, *helpers])


def test_dead_program_is_reported_and_started_again_with_growing_pauses(tmp_path: Path) -> None:
    child = Child("worker", ["/bin/sh", "-c", "exit 3"], tmp_path / "log", os.environ, pause=0.01)
    said: list[str] = []

    for _death in range(3):
        wait_for(lambda: child.process is None or not child.is_alive())
        child.look_after(said.append)
        wait_for(lambda: time.monotonic() >= child.start_at)
        child.look_after(said.append)
    children.stop_all([child])

    assert said == ["worker ended (exit code 3), starts again in 0 s"] * len(said)
    assert child.pause > 0.02


@pytest.mark.proof
@pytest.mark.timeout(180)
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_whole_service_starts_and_leaves_nothing(how: signal.Signals, tmp_path: Path) -> None:
    port = free_port()
    log = (tmp_path / "screen").open("w+b")
    with (
        log,
        subprocess.Popen(
            SUPERVISOR, env=own_environment(tmp_path / "var", port), stdout=log, stderr=log
        ) as supervisor,
    ):
        wait_for(lambda: "Ready in" in (tmp_path / "screen").read_text(), 150)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
            assert answer.status == 200
        family = psutil.Process(supervisor.pid).children(recursive=True)

        supervisor.send_signal(how)
        supervisor.wait(60)

    assert all_gone(family, 60)
    assert len(family) > 10
