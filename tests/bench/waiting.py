"""The long poll: how soon a reader hears of an event, and what waiting readers cost the others."""

import itertools
import time
from collections.abc import Iterator
from uuid import uuid4

from academy.config import children
from tests.bench.load import Caller, drive, get
from tests.bench.place import Place, rest
from tests.bench.table import Row, median

SYSTEMS, EACH = 6, 3
EVENTS = 40
ORDINARY = "/api/v1/events?limit=1"


def waiting(place: Place, rounds: int, seconds: float) -> Iterator[Row]:
    """Readers wait at the end of the feed, with a worker that gives events their place."""
    place.start()
    place.others.append(place.spawn(children.worker()))
    tokens = [place.token_of(f"reader {number}") for number in range(SYSTEMS)]
    _until_the_worker_works()
    took = sorted(_milliseconds(place, tokens[0]) for _ in range(EVENTS))
    p95 = took[int(len(took) * 0.95)]
    yield Row(
        "commit of an event to a waiting reader, p95",
        p95,
        " ms",
        budget="<= 100 ms",
        ok=p95 <= 100,
        note=f"median {took[len(took) // 2]:.0f}",
    )
    alone, beside = [], []
    for _ in range(rounds):
        alone.append(_ordinary(place, seconds))
        readers = [_reader(place, token) for token in tokens * EACH]
        beside.append(_ordinary(place, seconds))
        for reader in readers:
            reader.socket.close()
        _tell()  # places of readers who hung up are free again
    yield Row(
        "ordinary calls beside 18 waiting readers",
        median(beside),
        reference=median(alone),
        beside="with none",
        budget="~ 1",
        ok=median(beside) >= 0.9 * median(alone),
    )


def _ordinary(place: Place, seconds: float) -> float:
    load = drive(
        place.port, itertools.repeat(get(ORDINARY, place.bearer)), clients=8, seconds=seconds
    )
    rest()
    return load.check(200).per_second


def _milliseconds(place: Place, token: str) -> float:
    reader = _reader(place, token)
    time.sleep(0.1)  # it waits by then
    began = time.perf_counter()
    _tell()
    while not reader.is_answered():
        pass
    took = (time.perf_counter() - began) * 1000
    reader.socket.close()
    if b'"bench.told"' not in reader.buffer:
        raise RuntimeError(f"The reader was not told: {bytes(reader.buffer)!r}")
    return took


def _reader(place: Place, token: str) -> Caller:
    from academy.ledger import actions, queries  # noqa: PLC0415 - needs Django set up

    actions.sequence_all()
    caller = Caller(place.port)
    bearer = {"Authorization": f"Bearer {token}"}
    caller.send(get(f"/api/v1/events?after={queries.last_position()}&wait=30", bearer))
    return caller


def _tell() -> None:
    from django.db import transaction  # noqa: PLC0415 - needs Django set up

    from academy.config import wakeup  # noqa: PLC0415
    from academy.config.celery import app  # noqa: PLC0415
    from academy.core import clock  # noqa: PLC0415
    from academy.core.actor import Actor  # noqa: PLC0415
    from academy.ledger.actions import Fact, record  # noqa: PLC0415

    wakeup.install(app)
    with transaction.atomic():
        record([Fact("bench.told", "bench", uuid4())], actor=Actor.system("bench"), at=clock.now())


def _until_the_worker_works() -> None:
    from academy.ledger import queries  # noqa: PLC0415 - needs Django set up

    _tell()
    give_up = time.monotonic() + 30
    while queries.waiting_in_inbox():
        if time.monotonic() > give_up:
            raise RuntimeError("The worker does not start.")
        time.sleep(0.1)
