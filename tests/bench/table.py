"""The figures: a table for people, JSON for machines."""

import json
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from academy.core import clock

HEAD = ("what", "measured", "reference, same run", "ratio", "budget", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One line: what was measured, beside what, and what was hoped for."""

    what: str
    measured: float
    unit: str = "/s"
    reference: float | None = None
    beside: str = ""  # what the reference is
    budget: str = ""
    ok: bool | None = None  # None: nothing to compare with
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """This service divided by the reference."""
        return self.measured / self.reference if self.reference else None

    def cells(self) -> tuple[str, ...]:
        """The line as text."""
        beside = f"{figure(self.reference)} {self.beside}" if self.reference else self.beside
        return (
            self.what,
            f"{figure(self.measured)}{self.unit}" + (f" ({self.note})" if self.note else ""),
            beside,
            "" if self.ratio is None else f"{self.ratio:.2f}",
            self.budget,
            {True: "ok", False: "MISSED", None: ""}[self.ok],
        )


def figure(value: float | None) -> str:
    """Three digits say enough."""
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def median(values: Sequence[float]) -> float:
    """The middle of the rounds."""
    return statistics.median(values)


def print_table(rows: Sequence[Row]) -> None:
    """All rows under one head, as wide as they need."""
    cells = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    for number, line in enumerate(cells):
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)))
        if number == 0:
            print("  ".join("-" * width for width in widths))


def write_json(rows: Sequence[Row], path: Path) -> None:
    """The same for machines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    found = {
        "at": clock.now().isoformat(timespec="seconds"),
        "machine": f"{platform.machine()} {platform.system()} Python {platform.python_version()}",
        "rows": [{**asdict(row), "ratio": row.ratio} for row in rows],
    }
    path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
