"""The catalogue and the feed, read over HTTP; what a request costs in statements and memory."""

import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from academy.config import children
from tests import factories
from tests.bench import seeds
from tests.bench.load import drive, get
from tests.bench.place import Place, rest, sql, tree
from tests.bench.table import Row, median

CLIENTS = 32
COURSES = 5_000
EVENTS = 50_000
JSON_LIST, PAGE = "/api/v1/courses?limit=50", "/courses/"


def _rates(
    place: Place, requests: dict[str, Callable[[], Iterable[bytes]]], rounds: int, seconds: float
) -> dict[str, float]:
    """Requests a second of each kind: the kinds take turns, the middle round counts."""
    place.start()
    found: dict[str, list[float]] = {name: [] for name in requests}
    for number in range(rounds + 1):
        for name, made in requests.items():
            wanted = 304 if name.endswith("304") else 200
            load = drive(place.port, made(), clients=CLIENTS, seconds=seconds).check(wanted)
            if number:  # the first warms up
                found[name].append(load.per_second)
            rest()
    return {name: median(rates) for name, rates in found.items()}


def catalogue(place: Place, rounds: int, seconds: float) -> Iterator[Row]:
    """A page of 50 courses out of 5,000 as JSON, and the page that people see."""
    seeds.courses(COURSES)
    place.start()
    session = {"Cookie": f"sessionid={_session()}"}
    kinds: dict[str, Callable[[], Iterable[bytes]]] = {
        "bare": lambda: itertools.repeat(get("/healthz")),
        "json, uncached": _everywhere,
        "json, remembered": lambda: itertools.repeat(get(JSON_LIST)),
        "json, 304": lambda: itertools.repeat(get(JSON_LIST, _known(place, JSON_LIST))),
        "page, uncached": lambda: (
            get(f"{PAGE}?x={n}") for n in itertools.count(time.monotonic_ns())
        ),
        "page, remembered": lambda: itertools.repeat(get(PAGE)),
        "page, 304": lambda: itertools.repeat(get(PAGE, _known(place, PAGE))),
        "page, signed in": lambda: itertools.repeat(get(PAGE, session)),
    }
    rates = _rates(place, kinds, rounds, seconds / 2)
    budgets = {
        "json, uncached": 1_000,
        "json, remembered": 4_000,
        "json, 304": 10_000,
        "page, uncached": 1_000,
        "page, remembered": 4_000,
        "page, 304": 10_000,
        "page, signed in": 400,
    }
    for name, budget in budgets.items():
        yield Row(
            f"catalogue {name}, 32 clients",
            rates[name],
            reference=rates["bare"],
            beside="/healthz",
            budget=f">= {budget:,}/s",
            ok=rates[name] >= budget,
        )


def _everywhere() -> Iterator[bytes]:
    """Pages that nobody has asked for before: each begins after another course."""
    from academy.rest.pagination import encode  # noqa: PLC0415 - needs Django set up

    first = int(sql("SELECT max(id) FROM courses_course WHERE code LIKE 'BENCH-%%'")[0][0])
    for number in itertools.count(time.monotonic_ns()):
        code = f"BENCH-{first - 100 - number * 37 % (COURSES - 200):07d}"
        yield get(f"{JSON_LIST}&cursor={encode((code,))}")


def _known(place: Place, path: str) -> dict[str, str]:
    """The header of a caller who holds the page already."""
    load = drive(place.port, [get(path)], clients=1, seconds=5)
    _, _, found = load.sample.lower().partition(b"\r\netag: ")
    return {"If-None-Match": found.split(b"\r\n", 1)[0].decode()}


def _session() -> str:
    from django.test import Client  # noqa: PLC0415 - needs Django set up

    browser = Client()
    browser.force_login(
        factories.account(of=factories.person(factories.court())),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return str(browser.cookies["sessionid"].value)


FACTS = """
INSERT INTO academy_event (public_id, type, time, subject_kind, subject_id, context_id, person_id,
    data, actor_kind, actor_name, reason, request_id)
SELECT gen_random_uuid(), 'enrollment.confirmed', %(now)s, 'enrollment', gen_random_uuid(),
       gen_random_uuid(), gen_random_uuid(), '{"from": null, "to": "confirmed", "revision": 1,
       "seat": 4711, "queue_number": null, "priority_class": 0}', 'system', 'bench', '', ''
  FROM generate_series(1, %(count)s)
"""


def feed(place: Place, rounds: int, _seconds: float) -> Iterator[Row]:
    """Give 50,000 events their place, then read them page by page as one system does."""
    from academy.core import clock  # noqa: PLC0415 - needs Django set up
    from academy.ledger import actions, queries  # noqa: PLC0415

    place.start()
    sequencing, reading, copying = [], [], []
    for _ in range(rounds):
        actions.sequence_all()
        start = queries.last_position()
        sql(FACTS, now=clock.now(), count=EVENTS)
        sequencing.append(EVENTS / _seconds_of(actions.sequence_all))
        pages = [
            get(f"/api/v1/events?after={start + number}&limit=200", place.bearer)
            for number in range(0, EVENTS, 200)
        ]
        load = drive(place.port, pages, clients=1, seconds=60).check(200)
        reading.append(EVENTS / load.seconds)
        copying.append(EVENTS / _seconds_of(_copy))
    yield Row("sequencer, events given their place", median(sequencing), budget="172,000/s there")
    rate = median(reading)
    yield Row(
        "feed read over HTTP, one reader, events",
        rate,
        reference=median(copying),
        beside="COPY of the same rows",
        budget=">= 20,000/s",
        ok=rate >= 20_000,
    )


def _seconds_of(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _copy() -> None:
    from django.db import connection  # noqa: PLC0415 - needs Django set up

    last = f"(SELECT * FROM academy_event ORDER BY id DESC LIMIT {EVENTS}) TO STDOUT"
    with connection.cursor() as cursor, cursor.copy(f"COPY {last}") as rows:
        for _ in rows:
            pass


def statements(place: Place, _rounds: int, _seconds: float) -> Iterator[Row]:
    """What one request asks of the database, without BEGIN, COMMIT and the token."""
    from django.test import Client  # noqa: PLC0415 - needs Django set up

    place.start()
    run = factories.run(seats=5)
    bearer = {"Authorization": place.bearer["Authorization"]}
    people = [factories.person(factories.court()) for _ in range(2)]

    def enrol(number: int) -> Any:
        return Client().post(
            "/api/v1/enrollments",
            {"run": str(run.public_id), "person": str(people[number].public_id)},
            content_type="application/json",
            headers={**bearer, "Idempotency-Key": f"statements-{number}"},
        )

    asked: dict[str, Callable[[int], Any]] = {
        "an enrolment": enrol,
        "a JSON list of courses": lambda n: Client().get(f"{JSON_LIST}&format=f{n}"),
        "the catalogue's page": lambda n: Client().get(PAGE),
    }
    for what, ask in asked.items():
        ask(0)  # remembers the token, fills caches
        count = _statements_of(partial(ask, 1))
        yield Row(f"statements for {what}", count, "", budget="<= 6", ok=count <= 6)


def _statements_of(work: Callable[[], Any]) -> int:
    from django.db import connection  # noqa: PLC0415 - needs Django set up

    seen: list[str] = []

    def note(execute: Any, statement: str, *rest: Any) -> Any:
        seen.append(statement)
        return execute(statement, *rest)

    with connection.execute_wrapper(note):
        answer = work()
    if answer.status_code >= 400:
        raise RuntimeError(answer.content)
    return len(seen)


def memory(place: Place, _rounds: int, _seconds: float) -> Iterator[Row]:
    """Everything that `make run` starts but its small watcher, after the load of the other rows."""
    place.start()
    for command in (children.worker(), children.beat(place.folder / "beat")):
        place.others.append(place.spawn(command))
    time.sleep(8)
    backend = sql("SELECT pg_backend_pid()")[0][0]
    database = int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])
    worker, beat = (one.pid for one in place.others)
    roots = {
        "web": place.web.pid if place.web else 0,
        "worker": worker,
        "clock": beat,
        "database": database,
        "broker": _broker(),
    }
    total = {name: sum(map(_pss, tree(root))) / 1024 for name, root in roots.items()}
    note = ", ".join(f"{name} {megabytes:.0f}" for name, megabytes in total.items())
    everything = sum(total.values())
    yield Row(
        "memory of web, worker, clock and engines (PSS)",
        everything,
        " MB",
        budget="<= 450 MB",
        ok=everything <= 450,
        note=note,
    )


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _broker() -> int:
    import redis  # noqa: PLC0415 - needs Django set up
    from django.conf import settings  # noqa: PLC0415

    return int(redis.Redis.from_url(settings.REDIS_URL).info("server")["process_id"])
