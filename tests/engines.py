"""Pytest plugin: a PostgreSQL and a Valkey of this run's own, before Django reads its settings.

The controller starts them once; xdist's workers inherit the addresses, and each gets a PostgreSQL
database and a Valkey database of its own. A process beside us holds the servers until its input
ends: also a test run that is killed leaves nothing behind.
"""

import json
import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from tests import template

if "PYTEST_XDIST_WORKER" in os.environ:
    # Pydantic reads the sources of its classes, slower with every module that is loaded and every
    # call that waits: ten times as slow where the tests of SCIM would import it.
    import scim2_tester  # noqa: F401

ROOT = Path(__file__).resolve().parent.parent
Process = subprocess.Popen[bytes]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Around pytest-django's own hook, which loads the settings."""
    os.environ.setdefault("PLAIN_STATIC", "1")  # static files from where they are written
    os.environ.setdefault("STATIC_ROOT", str(ROOT / "academy/web/static"))
    os.environ.setdefault("DB_POOL_SIZE", "24")  # races need many sessions at once
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        address, _, _ = os.environ["REDIS_URL"].rpartition("/")
        os.environ["REDIS_URL"] = f"{address}/{int(worker.removeprefix('gw')) + 1}"
    else:
        holder = start_holder()
        maker = template.start_maker()
        early_config.add_cleanup(lambda: stop(maker, holder))
        compile_translations()
    return (yield)


def start_holder() -> Process:
    holder = subprocess.Popen(
        [sys.executable, "-m", "academy.config.with_engines", "--hold"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        start_new_session=True,
    )
    line = holder.stdout.readline() if holder.stdout else b""
    if not line:
        raise pytest.UsageError("The engines of the tests did not start; their words are above.")
    os.environ.update(json.loads(line))
    return holder


def compile_translations() -> None:
    """Pages are tested in every language; a fresh checkout has no compiled texts."""
    manage = [sys.executable, str(ROOT / "manage.py"), "translations", "compile"]
    subprocess.run(manage, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


def stop(maker: Process, holder: Process) -> None:
    """The maker of the template has long finished, unless there was nothing to test."""
    maker.terminate()
    maker.wait(60)
    if holder.stdin and holder.stdout:
        holder.stdin.close()
        holder.wait(60)
        holder.stdout.close()
