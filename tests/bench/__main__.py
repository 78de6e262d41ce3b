"""Measure against the budgets: `python -m tests.bench [ROW ...] [--seconds 3] [--rounds 3]`.

Starts engines that write as in production, and the web server as `make run` does; every ratio is
of one run, medians of interleaved rounds. Measures, and never fails a build.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench import place as places
from tests.bench.place import Place
from tests.bench.table import Row, print_table, write_json

RESULT = Path("var/bench.json")


def main(arguments: list[str]) -> int:
    asked = _parser().parse_args(arguments)
    rows: list[Row] = []
    with places.engines() as place:
        for row in _measure(place, asked):
            rows.append(row)
            print("  ".join(filter(None, row.cells())), flush=True)
    print()
    print_table(rows)
    write_json(rows, RESULT)
    print(f"\nAs JSON: {RESULT}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of: {' '.join(NAMES)}")
    parser.add_argument("--seconds", type=float, default=3.0, help="per round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--enrollments", type=int, default=1_000_000, help="for `messages`")
    return parser


ENROLLING = ("hot", "spread", "crowd_grows", "flushes")
READING = ("statements", "catalogue", "feed", "waiting", "memory")
NAMES = (*ENROLLING, *READING, "seed", "messages")


def _measure(  # noqa: C901 - one branch a family of rows
    place: Place, asked: argparse.Namespace
) -> Iterator[Row]:
    """The rows asked for, in an order that lets the large ones come last."""
    if unknown := set(asked.rows) - set(NAMES):
        raise SystemExit(f"Unknown: {' '.join(sorted(unknown))}. Known: {' '.join(NAMES)}.")
    wanted = [name for name in NAMES if name in asked.rows or not asked.rows]
    from tests.bench import bulk, enrolling, reading, waiting  # noqa: PLC0415 - needs Django set up

    if set(wanted) & set(ENROLLING):
        crowd = enrolling.Crowd(place, asked.seconds)
        for name in ENROLLING:
            if name in wanted:
                measure: Callable[..., Iterator[Row]] = getattr(enrolling, name)
                yield from measure(place, crowd, asked.rounds)
    for name in READING:
        if name in wanted:
            rows = waiting if name == "waiting" else reading
            yield from getattr(rows, name)(place, asked.rounds, asked.seconds)
    place.stop()
    if "seed" in wanted:
        yield from bulk.seed(place)
    if "messages" in wanted:
        yield from bulk.messages_rows(asked.enrollments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
