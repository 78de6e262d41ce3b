"""A real PostgreSQL in a folder: made once, started as a direct child, stopped by SIGINT."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

from academy.config.engines import process
from academy.config.engines.process import EngineError, Owner
from academy.config.engines.programs import find_programs

DATABASE = "academy"
OWNER_ROLE = "academy_owner"
APP_ROLE = "academy_app"
SUPERUSER = "postgres"

# Roles have random passwords, so stretching them would only slow each connection down.
SETTINGS = {
    "shared_buffers": "96MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "io_method": "sync",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "512MB",
    "max_logical_replication_workers": "0",
    "max_worker_processes": "4",
    "max_parallel_workers_per_gather": "1",
    "autovacuum_max_workers": "2",
    "scram_iterations": "1",
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u ",
    "cluster_name": "academy",
}
DURABLE = {"max_connections": "60"}
THROW_AWAY = {
    "max_connections": "300",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}
SERVER_ENV = {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}
STARTING_SECONDS = 60.0
# After a kill -9 the old server's shared memory is "in use" until its last child has gone.
RETRY_SECONDS = 5.0


class Postgres:
    """One cluster below `folder`; `port` stays the same over restarts."""

    def __init__(self, folder: Path, *, log: Path, durable: bool) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log = log
        self.durable = durable
        self.owner = Owner.needed()
        self.programs = find_programs(self.owner)
        self.port = process.free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Make the cluster if there is none, and have it accept connections."""
        complete = self.folder / "complete"
        fresh = not complete.exists()
        if fresh:
            shutil.rmtree(self.folder, ignore_errors=True)
            self._initialise()
        self._end_leftover()
        self._launch()
        if fresh:
            self._create_roles()
            self._check_letters()
            complete.touch()

    def stop(self) -> None:
        if self.process is not None:
            process.stop(self.process, signal.SIGINT)

    def url(self, role: str, database: str = DATABASE) -> str:
        return f"postgresql://{role}:{self._password(role)}@127.0.0.1:{self.port}/{database}"

    def _initialise(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in (SUPERUSER, OWNER_ROLE, APP_ROLE):
            secret = self.folder / f"{name}.password"
            secret.touch(mode=0o600)
            secret.write_text(secrets.token_urlsafe(24))
        self.data.mkdir(mode=0o700, exist_ok=True)
        self._give_away(self.folder, self.data, *self.folder.glob("*.password"))
        command = [
            self.programs / "initdb",
            *("-D", self._data_argument()),
            *("--username", SUPERUSER),
            f"--pwfile={self._data_argument()}/../{SUPERUSER}.password",
            *("--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("--locale=C", "--lc-ctype=C.UTF-8"),
            *(() if self.durable else ("--no-sync",)),
        ]
        made = self._spawn(command)
        if made.wait(STARTING_SECONDS) != 0:
            raise self._failure("PostgreSQL could not make its data folder")
        hba = self.data / "pg_hba.conf"
        hba.write_text("host all all 127.0.0.1/32 scram-sha-256\n")

    def _launch(self) -> None:
        give_up = time.monotonic() + RETRY_SECONDS
        while not self._launch_once():
            if time.monotonic() > give_up or "could not bind" in process.last_lines(self.log, 4):
                raise self._failure("PostgreSQL did not start")
            time.sleep(0.1)

    def _launch_once(self) -> bool:
        settings = SETTINGS | (DURABLE if self.durable else THROW_AWAY)
        settings["port"] = str(self.port)
        options = [f"--{name}={value}" for name, value in settings.items()]
        server = self._spawn([self.programs / "postgres", "-D", self._data_argument(), *options])
        self.process = server
        return process.wait_until(
            lambda: self._is_ready(server.pid), process=server, seconds=STARTING_SECONDS
        )

    def _is_ready(self, pid: int) -> bool:
        """Read the state that the server itself writes, as pg_ctl does: no connection needed."""
        lines = self._pid_file()
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7] == "ready"

    def _pid_file(self) -> list[str]:
        with contextlib.suppress(OSError):
            text = (self.data / "postmaster.pid").read_text()
            return [line.strip() for line in text.splitlines()]
        return []

    def _end_leftover(self) -> None:
        """Stop a server that a killed run left behind where no death signal exists."""
        pid = int((self._pid_file() or ["0"])[0] or 0)
        if not pid or not process.is_running(pid, "postgres"):
            return
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + 10
        while process.is_running(pid, "postgres") and time.monotonic() < deadline:
            time.sleep(0.02)

    def _spawn(self, command: list[str | Path]) -> "subprocess.Popen[bytes]":
        return process.spawn(
            command,
            log=self.log,
            env=SERVER_ENV,
            owner=self.owner,
            directory=self.data,
            death_signal=signal.SIGINT,
        )

    def _data_argument(self) -> str:
        """Where the server finds its data: it starts inside it.

        `nobody` may not walk through /root or a private home, but it may stay in a folder of its
        own that root has put it in, and Linux has a name for that which needs no walking.
        """
        if self.owner and not self.owner.may_reach(self.folder.parent):
            if not Path("/proc/self/cwd").exists():
                raise EngineError(
                    f"PostgreSQL refuses to run as root and user nobody cannot reach "
                    f"{self.folder}: move the checkout or run as a normal user."
                )
            return "/proc/self/cwd"
        return str(self.data.resolve())

    def _give_away(self, *paths: Path) -> None:
        if self.owner:
            for path in paths:
                os.chown(path, self.owner.uid, self.owner.gid)

    def _create_roles(self) -> None:
        """Two roles: one owns the tables, the other may only do what it is granted."""
        self._sql(
            SUPERUSER,
            f"""
            CREATE ROLE {OWNER_ROLE} LOGIN CREATEDB PASSWORD '{self._password(OWNER_ROLE)}';
            CREATE ROLE {APP_ROLE} LOGIN PASSWORD '{self._password(APP_ROLE)}';
            -- Tests connect as the owner and step down to the application's role.
            GRANT {APP_ROLE} TO {OWNER_ROLE};
            """,
        )
        self._sql(SUPERUSER, f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}")
        self._sql(
            SUPERUSER,
            f"""
            REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC;
            GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO {APP_ROLE};
            """,
        )
        if not self.durable:
            # Tests clear up behind themselves, past the guards of the ledger too.
            self._sql(SUPERUSER, f"GRANT SET ON PARAMETER session_replication_role TO {OWNER_ROLE}")

    def _check_letters(self) -> None:
        """Refuse a cluster whose character type does not know Cyrillic: search would be blind."""
        self._sql(OWNER_ROLE, "CREATE EXTENSION IF NOT EXISTS pg_trgm")
        if self._sql(OWNER_ROLE, "SELECT cardinality(show_trgm('сот'))") in {"", "0"}:
            raise EngineError("This PostgreSQL does not know Cyrillic letters (ctype C).")

    def _sql(self, role: str, statements: str) -> str:
        """Run statements by the wheel's own psql, which keeps the database driver out of here."""
        url = self.url(role, "postgres" if role == SUPERUSER else DATABASE)
        done = subprocess.run(
            [self.programs / "psql", "-XqAt", "-v", "ON_ERROR_STOP=1"],
            input=statements,
            env=SERVER_ENV | libpq_environment(url),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise EngineError(f"PostgreSQL refused its first statements: {done.stderr.strip()}")
        return done.stdout.strip()

    def _password(self, role: str) -> str:
        return (self.folder / f"{role}.password").read_text().strip()

    def _failure(self, what: str) -> EngineError:
        return EngineError(f"{what}. The end of {self.log}:\n{process.last_lines(self.log)}")


def libpq_environment(url: str) -> dict[str, str]:
    """A database address as libpq's variables: an argument would show the password to all."""
    parts = urlsplit(url)
    return {
        "PGHOST": parts.hostname or "",
        "PGPORT": str(parts.port or ""),
        "PGUSER": parts.username or "",
        "PGPASSWORD": parts.password or "",
        "PGDATABASE": parts.path.lstrip("/"),
        "PGCLIENTENCODING": "UTF8",
    }
