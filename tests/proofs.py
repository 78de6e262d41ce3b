"""The long proofs write down what they did: with PROOFS=file, a JSON line for each that ran.

PROOFS=proofs.jsonl make proof
.venv/bin/python -m tests.proofs proofs.jsonl > docs/proofs.md
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

MOST = 12
"""Figures that fit into one cell."""

OF = " · "
"""Between a thing and a figure of it."""

HEAD = """# The long proofs

Written by the runs themselves: `PROOFS=file make proof`, then `python -m tests.proofs file`.
`make test` runs the small seeded version of each. Last run: {day}, {cores} cores.

| Proof | Runs | What it did | Seconds | Outcome |
| --- | ---: | --- | ---: | --- |
"""


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """One line for a proof that has ended, written by the process that leads the run."""
    place = os.environ.get("PROOFS")
    if not place or "PYTEST_XDIST_WORKER" in os.environ or "proof" not in report.keywords:
        return
    if report.when != "call" and report.outcome == "passed":
        return
    line = {
        "test": report.nodeid.partition("[")[0],
        "outcome": report.outcome,
        "seconds": round(report.duration, 1),
        "did": dict(report.user_properties),
        "at": datetime.now(UTC).isoformat(),  # noqa: TID251 - a proof's frozen clock is not ours
    }
    with Path(place).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def name_of(test: str) -> str:
    """The test's own sentence."""
    return test.rpartition("::")[2].removeprefix("test_").replace("_", " ")


def table(lines: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The rows of the table, one for each proof with all its seeds."""
    for test, found in groupby(sorted(lines, key=lambda line: line["test"]), lambda x: x["test"]):
        runs = list(found)
        did: Counter[str] = Counter()
        for run in runs:
            did.update(run["did"])
        held = sum(run["outcome"] == "passed" for run in runs)
        name = name_of(test)
        words = "see below" if len(did) > MOST else in_words(did)
        seconds = sum(run["seconds"] for run in runs)
        outcome = "holds" if held == len(runs) else f"**{len(runs) - held} failed**"
        yield f"| {name} | {len(runs)} | {words} | {seconds:.0f} | {outcome} |"


def in_words(did: Mapping[str, int]) -> str:
    """What a proof did, in a cell of the table."""
    return ", ".join(f"{number:,} {what}" for what, number in did.items()) or "–"


def long_tables(lines: Iterable[dict[str, Any]]) -> Iterator[str]:
    """What does not fit into a cell: a table for each run that counted so much."""
    for line in lines:
        if len(line["did"]) > MOST:
            yield f"\n## {name_of(line['test']).capitalize()}\n"
            yield from (
                grid(line["did"])
                if all(OF in what for what in line["did"])
                else [
                    "| What | Number |\n| --- | ---: |",
                    *(f"| {what} | {number:,} |" for what, number in line["did"].items()),
                ]
            )


def grid(did: Mapping[str, int]) -> Iterator[str]:
    """Figures of many things, each named `thing · figure`: a row for each thing."""
    things = list(dict.fromkeys(what.partition(OF)[0] for what in did))
    figures = list(dict.fromkeys(what.partition(OF)[2] for what in did))
    yield f"| | {' | '.join(figures)} |\n| --- |{' ---: |' * len(figures)}"
    for thing in things:
        numbers = (f"{did[f'{thing}{OF}{figure}']:,}" for figure in figures)
        yield f"| {thing} | {' | '.join(numbers)} |"


def main(place: str) -> None:
    """The whole page."""
    lines = [json.loads(line) for line in Path(place).read_text(encoding="utf-8").splitlines()]
    day = max(line["at"] for line in lines)[:10]
    head = HEAD.format(day=day, cores=os.cpu_count())
    sys.stdout.write(head + "\n".join([*table(lines), *long_tables(lines)]) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
