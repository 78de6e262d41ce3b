"""The one database that is migrated: every worker copies it, later runs restore it from a dump.

It is made by a process of its own while the workers still collect their tests; who is ready first
waits. The dump lies in `var/tests/` under a name that follows from everything that it depends on.
"""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from academy.config.engines.postgres import libpq_environment
from academy.config.engines.programs import find_programs
from academy.config.state import ROOT, VAR

MAKING, READY, FAILED = "template_in_the_making", "template", "template_that_failed"
KEPT = VAR / "tests"
PATIENCE = 600.0


def start_maker() -> "subprocess.Popen[bytes]":
    """Make it beside us; the addresses of the engines are in the environment."""
    return subprocess.Popen([sys.executable, "-m", "tests.template"], cwd=ROOT)


def copy_to(name: str) -> None:
    """A database of that name; waits for the maker."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        _wait(server)
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{READY}"')


def _wait(server: psycopg.Connection) -> None:
    ask = "SELECT datname FROM pg_database WHERE datname = ANY(%s)"
    give_up = time.monotonic() + PATIENCE
    while not (found := server.execute(ask, [[READY, FAILED]]).fetchone()):
        if time.monotonic() > give_up:
            break
        time.sleep(0.1)
    if found != (READY,):
        raise RuntimeError("The template of the databases was not made; above is why.")


def main() -> None:
    """Restore it or migrate it; it takes its name when it is whole."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{MAKING}"')
        became = FAILED
        try:
            _fill()
            became = READY
        finally:
            server.execute(f'ALTER DATABASE "{MAKING}" RENAME TO "{became}"')


def _fill() -> None:
    dump = KEPT / f"{_fingerprint()}.sql"
    if dump.exists():
        _call("psql", "-qX1", "--set=ON_ERROR_STOP=1", f"--file={dump}")
    else:
        _migrate(dump)


def _migrate(dump: Path) -> None:
    manage = [sys.executable, "manage.py", "migrate", "--skip-checks", "-v", "0"]
    subprocess.run(manage, cwd=ROOT, env=os.environ | {"DATABASE_URL": _address()}, check=True)
    KEPT.mkdir(parents=True, exist_ok=True)
    for old in KEPT.glob("*.sql"):
        old.unlink()
    unfinished = dump.with_suffix(f".{os.getpid()}")
    _call("pg_dump", f"--file={unfinished}")
    unfinished.replace(dump)


def _fingerprint() -> str:
    """Of the migrations and of the packages, which have migrations, too."""
    found = hashlib.sha256()
    for path in _sources():
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def _sources() -> Iterator[Path]:
    yield ROOT / "requirements.txt"
    for app in ("academy", "courses", "enrollment"):
        yield from sorted((ROOT / app / "migrations").glob("*.py"))


def _call(program: str, *options: str) -> None:
    command = [str(find_programs(None) / program), *options]
    environment = os.environ | libpq_environment(_address())
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)


def _address() -> str:
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{MAKING}"))


if __name__ == "__main__":
    main()
