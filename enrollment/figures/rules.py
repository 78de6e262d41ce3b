"""What may be shown of a number of people, and how numbers become shares. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

SMALLEST = 5
"""People: the smallest group that is shown.

The rule of statistics offices: in a smaller one a colleague knows who is meant. It holds for every
reader alike, because pictures are printed and handed on.
"""

DAYS = (1, 3, 7, 14, 30)
"""The upper ends of the groups into which waiting times fall; the last group is open."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many people of so many."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        """The share in per cent; none without anybody."""
        return 100 * self.part / self.whole if self.whole else None

    @property
    def is_hidden(self) -> bool:
        """Whether the share would tell of single people: of the part, or of those who are left."""
        return is_small(self.whole) or is_small(self.part) or is_small(self.whole - self.part)


def is_small(people: int) -> bool:
    """Whether a number of people is too small to be shown; that there was nobody may be told."""
    return 0 < people < SMALLEST


def hidden(numbers: Sequence[int]) -> frozenset[int]:
    """Which places of a column of people are not shown."""
    return guarded({at for at, number in enumerate(numbers) if is_small(number)}, numbers)


def guarded(gaps: Iterable[int], numbers: Sequence[int]) -> frozenset[int]:
    """The gaps of a column, never one alone: from its sum a single one could be worked out, so the
    next smallest number goes with it.
    """
    found = frozenset(gaps)
    others = [at for at, number in enumerate(numbers) if number and at not in found]
    return found | {min(others, key=numbers.__getitem__)} if len(found) == 1 and others else found


def by_duration(waits: Sequence[float]) -> list[tuple[int | None, int]]:
    """How many waits, in days, lie within each group, with the group's upper end."""
    counts = dict.fromkeys((*DAYS, None), 0)
    for days in waits:
        counts[next((end for end in DAYS if days <= end), None)] += 1
    return list(counts.items())


def typical(waits: Sequence[float]) -> float | None:
    """The wait, in days, that half of the requests stay under; none for too few of them."""
    return round(median(waits), 1) if len(waits) >= SMALLEST else None


def largest(totals: Mapping[int, float], room: int) -> list[int]:
    """The keys with the largest totals, so many as there is room for; ties by key."""
    return sorted(totals, key=lambda key: (-totals[key], key))[:room]
