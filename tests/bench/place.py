"""Where it is measured: durable engines and a real web server of our own, and what they use."""

import contextlib
import json
import os
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from academy.config import children, with_engines
from academy.config.engines import process
from academy.config.engines.postgres import libpq_environment
from academy.config.engines.process import Owner
from academy.config.engines.programs import find_programs

SCOPES = ("enrollments:write", "enrollments:read", "events:read")
TICKS = os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def engines() -> Iterator["Place"]:
    """Engines that write as in production, with all tables, and Django set up to use them."""
    with (
        with_engines.throw_away(durable=True) as environment,
        tempfile.TemporaryDirectory(prefix="academy-bench-") as folder,
    ):
        environment |= {
            "DJANGO_SETTINGS_MODULE": "academy.config.settings",
            "STATIC_ROOT": f"{folder}/static",
            "MEDIA_ROOT": f"{folder}/files",
            "EMAIL_URL": f"filemail:///{folder}/mail",
            "STATIC_COMPRESSED": "0",
            "LOG_LEVEL": "WARNING",
            "CLIENT_WRITES_PER_MINUTE": "100000000",  # counted as ever, refused never
        }
        os.environ.update(environment)
        _set_up()
        place = Place(Path(folder))
        try:
            yield place
        finally:
            place.stop()


DEFAULTS = """
DO $$
DECLARE c record;
BEGIN
  FOR c IN SELECT table_name, column_name, data_type FROM information_schema.columns
            WHERE table_schema = 'public' AND is_nullable = 'NO' AND is_identity = 'NO'
              AND column_default IS NULL AND data_type IN
                  ('character varying', 'text', 'boolean', 'ARRAY', 'jsonb', 'smallint', 'integer')
  LOOP
    EXECUTE format('ALTER TABLE %I ALTER COLUMN %I SET DEFAULT %L', c.table_name, c.column_name,
      CASE c.data_type WHEN 'boolean' THEN 'false' WHEN 'smallint' THEN '0' WHEN 'integer' THEN '0'
                       WHEN 'ARRAY' THEN '{}' WHEN 'jsonb' THEN '{}' ELSE '' END);
  END LOOP;
END $$
"""
"""Rows that are written past the models name only what is measured."""


def _set_up() -> None:
    import django  # noqa: PLC0415 - the settings read the environment that was just made
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    call_command("migrate", verbosity=0)
    sql(DEFAULTS)
    call_command("translations", "compile")
    call_command(*children.COLLECT)


class Place:
    """The web server under load, the programs of the database, a client's token."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = process.free_port()
        self.web: subprocess.Popen[bytes] | None = None
        self.others: list[subprocess.Popen[bytes]] = []
        self.token = ""

    def start(self) -> None:
        """Start the web server as `make run` does, unless it runs."""
        if self.web is not None:
            return
        self.web = self.spawn(children.web("127.0.0.1", self.port))
        if not process.wait_until(
            lambda: children.answers(self.port, "/healthz"), process=self.web, seconds=30
        ):
            raise RuntimeError((self.folder / "web.log").read_text()[-2000:])
        self.token = self.token or self.token_of("bench")

    def stop(self) -> None:
        """End it; its database sessions report what they did."""
        for one in [*self.others, *([self.web] if self.web else [])]:
            process.stop(one)
        self.web, self.others = None, []

    def spawn(self, command: list[str]) -> "subprocess.Popen[bytes]":
        """Start one of the service's programs."""
        return process.spawn(command, log=self.folder / "web.log", env=os.environ)

    def token_of(self, name: str) -> str:
        """What a new court system of this name gets for its key pair."""
        from academy.clients.actions import add_client  # noqa: PLC0415 - needs Django set up
        from academy.core.actor import Actor  # noqa: PLC0415

        pair = add_client(name=name, scopes=SCOPES, projection="full", actor=Actor.system("bench"))
        basic = b64encode(f"{pair.client_id}:{pair.client_secret}".encode()).decode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/oauth/token/",
            data=urllib.parse.urlencode({"grant_type": "client_credentials"}).encode(),
            headers={"Authorization": f"Basic {basic}"},
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
            return str(json.load(answer)["access_token"])

    @property
    def bearer(self) -> dict[str, str]:
        """The header that a client's call carries."""
        return {"Authorization": f"Bearer {self.token}"}

    def web_cpu(self) -> float:
        """Seconds of CPU that the web server has used; 0 where nobody counts them."""
        return sum(_cpu(pid) for pid in tree(self.web.pid)) if self.web else 0.0

    def pgbench(self, script: str, *, clients: int, seconds: float, **values: object) -> float:
        """Transactions a second of a script; refuses one in which a statement failed."""
        path = self.folder / "reference.sql"
        path.write_text(script)
        made = [f"-D{name}={value}" for name, value in values.items()]
        command = [find_programs(Owner.needed()) / "pgbench", "-n", "-M", "prepared"]
        command += ["-c", str(clients), "-j", "2", "-T", str(round(seconds)), "-f", path, *made]
        done = subprocess.run(
            [str(part) for part in command],
            env={**os.environ, **libpq_environment(os.environ["DATABASE_URL"])},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode or "aborted" in done.stderr:
            raise RuntimeError(done.stderr[-2000:])
        line = next(line for line in done.stdout.splitlines() if line.startswith("tps = "))
        return float(line.split()[2])


def tree(root: int) -> list[int]:
    """A process with all its descendants, as far as this machine tells."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def _cpu(pid: int) -> float:
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS
    return 0.0


def sql(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    """Run one statement in our own session."""
    from django.db import connection  # noqa: PLC0415 - needs Django set up

    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return list(cursor.fetchall()) if cursor.description else []


def rest() -> None:
    """Let the machine finish what the last round left behind."""
    time.sleep(0.2)
