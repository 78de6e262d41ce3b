"""Enrolment through the whole HTTP API, beside the raw database writing the same rows."""

import itertools
import time
from collections.abc import Callable, Iterator
from uuid import uuid4

from tests.bench import reference, seeds
from tests.bench.load import Load, drive, post
from tests.bench.place import Place, rest, sql
from tests.bench.table import Row, median

EACH = 1_200  # persons per client of the reference
CLIENTS = 32
HOT_SEATS = 12_000


class Crowd:
    """People who all want in, and the two ways in which their rows are written."""

    def __init__(self, place: Place, seconds: float) -> None:
        self.place, self.seconds = place, seconds
        self.people = seeds.people(CLIENTS * EACH)
        self.cpu: list[float] = []

    def through_api(self, runs: seeds.Runs, clients: int = CLIENTS) -> Load:
        """Client credentials, one person each, a key of its own; every answer must be 201."""
        before = self.place.web_cpu()
        load = drive(self.place.port, self._calls(runs), clients=clients, seconds=self.seconds)
        self.cpu.append((self.place.web_cpu() - before) / max(1, len(load.took)) * 1000)
        rest()
        return load.check(201)

    def _calls(self, runs: seeds.Runs) -> Iterator[bytes]:
        everywhere = itertools.cycle(runs.public_ids)
        for person, run in zip(self.people.public_ids, everywhere, strict=False):
            headers = {**self.place.bearer, "Idempotency-Key": uuid4().hex}
            yield post("/api/v1/enrollments", {"run": run, "person": person}, headers)

    def by_sql(self, claim: str, runs: seeds.Runs, clients: int = CLIENTS) -> float:
        """Enrolments a second of pgbench."""
        found = self.place.pgbench(
            reference.script(claim),
            clients=clients,
            seconds=self.seconds,
            n=-1,
            each=EACH * CLIENTS // clients,
            first_person=self.people.first,
            first_appointment=self.people.first_appointment,
            court=self.people.court,
            **runs.values(),
        )
        rest()
        return found


def hot(place: Place, crowd: Crowd, rounds: int) -> Iterator[Row]:
    """32 clients want seats of the same run."""
    yield from _beside_sql("one hot run", place, crowd, rounds, runs=1, floor=0.7)


def spread(place: Place, crowd: Crowd, rounds: int) -> Iterator[Row]:
    """32 clients want seats of a thousand runs."""
    yield from _beside_sql("1,000 runs", place, crowd, rounds, runs=1_000, floor=0.15)


def _beside_sql(
    where: str, place: Place, crowd: Crowd, rounds: int, *, runs: int, floor: float
) -> Iterator[Row]:
    seats = HOT_SEATS if runs == 1 else 40
    place.start()
    crowd.through_api(seeds.runs(runs, seats))  # statements get prepared, caches warm
    crowd.cpu.clear()
    ours, p95, counter, seat_rows = [], [], [], []
    for _ in range(rounds):
        load = crowd.through_api(seeds.runs(runs, seats))
        ours.append(load.per_second)
        p95.append(load.percentile(0.95))
        counter.append(crowd.by_sql(reference.COUNTER, seeds.runs(runs, seats)))
        seat_rows.append(crowd.by_sql(reference.SEAT_ROWS, seeds.runs(runs, seats)))
    _all_held_once()
    rate, usual = median(ours), median(counter)
    yield Row(
        f"enrol by HTTP, {where}, 32 clients",
        rate,
        reference=usual,
        beside="pgbench, counter",
        budget=f">= {floor} of it, p95 <= 100 ms",
        ok=rate >= floor * usual and median(p95) <= 100,
        note=f"p95 {median(p95):.0f} ms, web CPU {median(crowd.cpu):.2f} ms each",
    )
    yield Row(
        "  the same, beside seat rows in SQL",
        rate,
        reference=median(seat_rows),
        beside="pgbench, seat rows",
    )


def _all_held_once() -> None:
    """Refuse figures of writers that oversold or lost a place."""
    wrong = sql("""SELECT count(*) FROM enrollment_enrollment
                    WHERE state = 'confirmed' AND needs_seat AND seat_id IS NULL""")
    if wrong[0][0]:
        raise RuntimeError(f"{wrong[0][0]} enrolments without a seat")


def crowd_grows(place: Place, crowd: Crowd, rounds: int) -> Iterator[Row]:
    """The same run with 8 and with 256 clients, in turns."""
    place.start()
    rates: dict[int, list[float]] = {8: [], 256: []}
    p95: list[float] = []
    for _ in range(rounds):
        for clients, found in rates.items():
            load = crowd.through_api(seeds.runs(1, HOT_SEATS), clients)
            found.append(load.per_second)
            if clients == 256:
                p95.append(load.percentile(0.95))
    few, many = median(rates[8]), median(rates[256])
    yield Row(
        "enrol by HTTP, one hot run, 256 clients",
        many,
        reference=few,
        beside="itself with 8",
        budget=">= 0.9 of it",
        ok=many >= 0.9 * few,
        note=f"p95 {median(p95):.0f} ms",
    )


def flushes(place: Place, crowd: Crowd, _rounds: int) -> Iterator[Row]:
    """How often the database waits for the disk per enrolment on one run with 32 in flight."""
    place.stop()  # sessions report what they did when they end
    usual = _flushes(lambda runs: crowd.by_sql(reference.COUNTER, runs))
    own = _flushes(lambda runs: crowd.by_sql(reference.SEAT_ROWS, runs))

    def through_api(runs: seeds.Runs) -> None:
        place.start()
        crowd.through_api(runs)
        place.stop()

    by_http = _flushes(through_api)
    for what, measured in (
        ("seat rows, 32 sessions", own),
        ("by HTTP (2 web processes: 2 in flight)", by_http),
    ):
        yield Row(
            f"WAL flushes per enrolment, {what}",
            measured,
            "",
            usual,
            "counter, 32 sessions",
            "<= 0.15",
            measured <= 0.15,
        )


def _flushes(write: Callable[[seeds.Runs], object]) -> float:
    runs = seeds.runs(1, HOT_SEATS)
    before = _counts()
    write(runs)
    time.sleep(0.5)
    after = _counts()
    return (after[0] - before[0]) / max(1, after[1] - before[1])


def _counts() -> tuple[int, int]:
    sql("SELECT pg_stat_force_next_flush()")
    row = sql("""SELECT (SELECT sum(fsyncs)::int FROM pg_stat_io WHERE object = 'wal'),
                        (SELECT count(*)::int FROM enrollment_enrollment)""")[0]
    return row[0], row[1]
