"""Much at once: the seed of a whole country, a million reminders, thousands of mails."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

from tests.bench import messages
from tests.bench.place import Place, sql
from tests.bench.table import Row

MANAGE = (sys.executable, "manage.py")


def seed(place: Place) -> Iterator[Row]:
    """The national seed, into an empty database of its own."""
    sql("CREATE DATABASE bench_seed")
    address, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    environment = {**os.environ, "DATABASE_URL": f"{address}/bench_seed", "DEMO": "1"}
    with (place.folder / "seed.log").open("wb") as log:
        _call(("migrate", "--no-input", "-v", "0"), environment, log)
        began = time.perf_counter()
        code = _call(("seed", "--scale", "national"), environment, log)
    seconds = time.perf_counter() - began
    if code:
        note = (place.folder / "seed.log").read_text()[-300:]
        yield Row("national seed", 0, " s", note=f"failed: {note}")
    else:
        yield Row("national seed", seconds, " s", budget="<= 30 s", ok=seconds <= 30)


def _call(command: tuple[str, ...], environment: dict[str, str], log: object) -> int:
    done = subprocess.run([*MANAGE, *command], env=environment, stdout=log, stderr=log, check=False)  # type: ignore[call-overload]
    return int(done.returncode)


BUDGETS = {"tick": (0.02, 0), "plan": (15, 0), "claim": (25, 0), "mails": (0, 1_500)}


def messages_rows(enrollments: int) -> Iterator[Row]:
    """Reminders over so many active enrolments; seconds for a million, mails by the second."""
    for found in messages.measure(enrollments):
        longest, least = BUDGETS.get(found.what.split()[0], (0, 0))
        if least:
            ok = found.per_second >= least
            yield Row(found.what, found.per_second, budget=f">= {least:,}/s", ok=ok)
            continue
        scale = 1 if found.number == 1 else found.number / 1_000_000
        limit = longest * scale
        yield Row(
            f"{found.what}, {enrollments:,} enrolments",
            found.seconds,
            " s",
            budget=f"<= {limit:g} s",
            ok=found.seconds <= limit,
            note="" if found.number == 1 else f"{found.number:,} messages; {found.reference}",
        )
