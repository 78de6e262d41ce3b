"""The engines on real files and real processes; kill -9 is the usual way for a demo to end."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from academy.config import embedded
from academy.config.embedded import Engines
from academy.config.engines import programs
from tests.config.processes import all_gone

pytestmark = pytest.mark.xdist_group("engines")


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    """In a folder that only its owner can reach: as root, the server's user cannot walk to it."""
    folder = tmp_path_factory.mktemp("engines")
    folder.chmod(0o700)
    with embedded.start(folder, durable=True) as started:
        yield started


def connect(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(url, autocommit=True)


def kill_and_wait(process: "subprocess.Popen[bytes] | None") -> None:
    assert process is not None
    process.kill()
    process.wait()


def test_killed_postmaster_comes_back_with_every_committed_row(engines: Engines) -> None:
    with connect(engines.owner_database_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
        connection.execute("INSERT INTO kept VALUES (1001)")

    kill_and_wait(engines.postgres.process)

    assert engines.revive() == ["Postgres"]
    with connect(engines.owner_database_url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1001,)


def test_killed_valkey_comes_back_with_what_it_was_told(engines: Engines) -> None:
    with redis.Redis.from_url(engines.redis_url) as client:
        client.set("kept", "yes")

        kill_and_wait(engines.valkey.process)

        assert engines.revive() == ["Valkey"]
        assert client.get("kept") == b"yes"


def test_engines_resume_at_the_next_start(tmp_path: Path) -> None:
    with (
        embedded.start(tmp_path, durable=True) as first,
        connect(first.owner_database_url) as connection,
    ):
        connection.execute("CREATE TABLE kept ()")

    with (
        embedded.start(tmp_path, durable=True) as second,
        connect(second.owner_database_url) as connection,
    ):
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_database_knows_cyrillic_and_sorts_alike_everywhere(engines: Engines) -> None:
    with connect(engines.database_url) as connection:
        row = connection.execute(
            "SELECT cardinality(show_trgm('сот')), lower('ӘҢҒҮҰҚӨҺІ'), datlocprovider, datlocale"
            " FROM pg_database WHERE datname = 'academy'"
        ).fetchone()

    assert row == (4, "әңғүұқөһі", "b", "C.UTF-8")


def test_application_role_owns_nothing(engines: Engines) -> None:
    with connect(engines.database_url) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("academy_app",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine ()")


def test_engines_answer_with_a_password_only(engines: Engines) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(f"postgresql://postgres:wrong@127.0.0.1:{engines.postgres.port}/postgres")
    with (
        redis.Redis(port=engines.valkey.port, retry=Retry(NoBackoff(), 0)) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()


@pytest.mark.skipif(sys.platform != "linux", reason="reads the kernel's table of sockets")
def test_engines_listen_on_the_loopback_address_only(engines: Engines) -> None:
    ports = {f"{port:04X}" for port in (engines.postgres.port, engines.valkey.port)}
    tables = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]
    rows = [line.split() for table in tables for line in table.read_text().splitlines()[1:]]
    listening = {row[1] for row in rows if row[3] == "0A" and row[1].split(":")[1] in ports}

    assert listening == {f"0100007F:{port}" for port in ports}


def command_of(process: psutil.Process) -> str:
    """What anybody may read of it; nothing of a child that is just ending."""
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


def test_passwords_are_in_no_process_list(engines: Engines) -> None:
    secrets = (engines.valkey.password, engines.database_url.split(":")[2].split("@")[0])
    shown = " ".join(command_of(server) for server in psutil.Process().children(recursive=True))

    assert not [secret for secret in secrets if secret in shown]


@pytest.mark.parametrize("end", ["killed", "input closed"])
def test_end_of_the_holder_leaves_no_server(end: str) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-m", "academy.config.with_engines", "--hold"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdin
    assert holder.stdout
    assert b"DATABASE_URL" in holder.stdout.readline()
    servers = psutil.Process(holder.pid).children(recursive=True)
    assert {"postgres", "valkey-server"} <= {server.name() for server in servers}

    if end == "killed":
        holder.kill()
    holder.stdin.close()
    holder.wait(60)
    holder.stdout.close()

    assert all_gone(servers)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the servers as somebody else")
def test_root_runs_postgresql_as_nobody(engines: Engines) -> None:
    assert engines.postgres.process
    server = psutil.Process(engines.postgres.process.pid)

    assert server.username() == "nobody"
    assert {child.username() for child in server.children()} == {"nobody"}


def test_copy_that_somebody_else_could_change_is_not_used(tmp_path: Path) -> None:
    planted = tmp_path / "planted"
    planted.mkdir(mode=0o777)
    planted.chmod(0o777)
    mine = tmp_path / "mine"
    mine.mkdir(mode=0o755)
    link = tmp_path / "link"
    link.symlink_to(mine)

    assert [programs.is_ours(place) for place in (planted, link, mine)] == [False, False, True]


def test_stop_is_clean(tmp_path: Path) -> None:
    engines = embedded.start(tmp_path, durable=False)
    engines.stop()

    assert not (tmp_path / "postgres/data/postmaster.pid").exists()
    for port in (engines.postgres.port, engines.valkey.port):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))


def test_interrupted_first_start_begins_again(tmp_path: Path) -> None:
    half_made = tmp_path / "postgres/data"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")

    with (
        embedded.start(tmp_path, durable=False) as engines,
        connect(engines.database_url) as connection,
    ):
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_ctrl_c_does_not_reach_the_servers(engines: Engines) -> None:
    """It goes to everything in the terminal's group; the servers are in groups of their own."""
    for server in (engines.postgres.process, engines.valkey.process):
        assert server
        assert os.getpgid(server.pid) == server.pid != os.getpgid(0)
