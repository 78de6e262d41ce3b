"""Who imports what: the rooms fill this when the apps are ready, and any entrance may use it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from academy.core.actor import Actor
from academy.jobs.matching import Field
from academy.jobs.rules import ImportPlan, Table


@dataclass(frozen=True, slots=True)
class Importer:
    """What can be done with a file of one kind: show what it would change, and change it.

    `slice` is how many rows one transaction takes where rows stand alone; where they lean on each
    other (a court on its parent) it is 0, and the good rows of a file are imported as one.
    """

    plan: Callable[[Table], ImportPlan[Any]]
    apply: Callable[..., ImportPlan[Any]]  # (plan, *, actor, at, keyed) in a transaction of its own
    title: str | Promise
    fields: Callable[[], Sequence[Field]]
    hint: str | Promise = ""
    slice: int = 0
    is_for_systems: bool = False  # also by the API and by systems


_importers: dict[str, Importer] = {}


def register(kind: str, importer: Importer) -> None:
    """Offer an import under a plural noun."""
    _importers[kind] = importer


def importer_of(kind: str) -> Importer | None:
    """The import of that noun."""
    return _importers.get(kind)


def importers() -> dict[str, Importer]:
    """Every import, in the order in which they were offered."""
    return dict(_importers)


def kinds() -> list[str]:
    """The nouns that can be imported."""
    return sorted(_importers)


Act = Callable[[UUID, Actor], object]


@dataclass(frozen=True, slots=True)
class Hands:
    """How somebody steps in: takes up what failed (and what stands still), or gives it up."""

    resume: Act
    give_up: Act | None = None


_hands: dict[str, Hands] = {}


def resumable(prefix: str, resume: Act, *, give_up: Act | None = None) -> None:
    """Say how work whose kind begins like that is taken up again, or given up."""
    _hands[prefix] = Hands(resume, give_up)


def hands_of(kind: str) -> Hands | None:
    """How somebody can step in where work of that kind does not get on."""
    return next((hands for prefix, hands in _hands.items() if kind.startswith(prefix)), None)
