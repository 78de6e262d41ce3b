"""Who imports what: the rooms fill this when the apps are ready, and any entrance may use it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from academy.core.actor import Actor
from academy.jobs.rules import ImportPlan, Table


@dataclass(frozen=True, slots=True)
class Importer:
    """What can be done with a file of one kind: show what it would change, and change it."""

    plan: Callable[[Table], ImportPlan[Any]]
    apply: Callable[..., ImportPlan[Any]]  # (plan, *, actor) in a transaction of its own


_importers: dict[str, Importer] = {}


def register(kind: str, importer: Importer) -> None:
    """Offer an import under a plural noun."""
    _importers[kind] = importer


def importer_of(kind: str) -> Importer | None:
    """The import of that noun."""
    return _importers.get(kind)


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
