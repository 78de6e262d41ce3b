"""The slot for what is owed by requirements: a higher room fills it, the assessment counts it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from academy.core.texts import Texts


@dataclass(frozen=True, slots=True)
class Gap:
    """A requirement that people have not met yet, and how many they are."""

    code: str
    names: Texts
    people: int


Gaps = Callable[[datetime], Sequence[Gap]]

_providers: list[Gaps] = []


def provide_gaps(provider: Gaps) -> None:
    """Fill the slot; a second provider replaces the first."""
    _providers[:] = [provider]


def gaps_at(now: datetime) -> Sequence[Gap]:
    """Requirements with people who owe them now, the widest gap first; none without a provider."""
    return _providers[0](now) if _providers else ()
