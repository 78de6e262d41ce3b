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


Resumer = Callable[[UUID, Actor], object]
_resumers: dict[str, Resumer] = {}


def resumable(prefix: str, resume: Resumer) -> None:
    """Say how failed work whose kind begins like that is taken up again."""
    _resumers[prefix] = resume


def resumer_of(kind: str) -> Resumer | None:
    """How failed work of that kind is taken up again, if it can be."""
    return next((act for prefix, act in _resumers.items() if kind.startswith(prefix)), None)
