"""What a client sees: per projection, the types of events and resources, and the fields of each.

A slot: higher rooms fill it in their `apps.ready()`. What is not on the list does not exist for the
client, so a new type of event is closed until somebody opens it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from academy.ledger.feed import View

FULL = "full"
EVALUATOR = "evaluator"
MINIMAL = "minimal"
HR = "hr"  # says who works where, and keeps what they completed in their file
LMS = "lms"  # holds the lessons of runs, for those who have a seat there


@dataclass(slots=True)
class Projection:
    """One list of allowed fields. `full` allows every type and field but what is withheld."""

    name: str
    is_full: bool = False
    fields: dict[str, frozenset[str]] = field(default_factory=dict)

    def shows(self, kind: str) -> bool:
        """Whether this type of event or resource exists for the client."""
        return kind not in _withheld and (self.is_full or kind in self.fields)

    def cut(self, kind: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        """The allowed part of the facts."""
        if self.is_full:
            return dict(facts)
        allowed = self.fields.get(kind, frozenset())
        return {name: value for name, value in facts.items() if name in allowed}


_endings: set[str] = set()
_withheld: set[str] = set()

_projections: dict[str, Projection] = {
    FULL: Projection(FULL, is_full=True),
    EVALUATOR: Projection(EVALUATOR),
    MINIMAL: Projection(MINIMAL),
    HR: Projection(HR),
    LMS: Projection(LMS),
}


def allow(projection: str, kinds: Mapping[str, Iterable[str]]) -> None:
    """Open types with their fields to a projection; naming a new projection makes it."""
    entry = _projections.setdefault(projection, Projection(projection))
    for kind, fields in kinds.items():
        entry.fields[kind] = entry.fields.get(kind, frozenset()) | frozenset(fields)


def ends(*kinds: str) -> None:
    """Name types of events after which a copy of the subject may be dropped: tombstones."""
    _endings.update(kinds)


def endings() -> frozenset[str]:
    """Every type of event that is a tombstone."""
    return frozenset(_endings)


def withhold(*kinds: str) -> None:
    """Name types of events that no other system is told, whatever its projection."""
    _withheld.update(kinds)


def withheld() -> frozenset[str]:
    """Every type of event that stays inside."""
    return frozenset(_withheld)


def projection(name: str) -> Projection:
    """The projection of that name; an unknown name shows nothing."""
    return _projections.get(name, Projection(name))


def names() -> list[str]:
    """The projections that a client can be given."""
    return sorted(_projections)


def view_of(shown: Projection, types: Collection[str] | None, *, is_system: bool = True) -> View:
    """What of the feed a projection shows, narrowed to the types that are asked for (None: all).

    Staff of the academy, who are no system, also see what is withheld from every system.
    """
    fields = {kind: names for kind, names in shown.fields.items() if "." in kind}
    hidden = withheld() if is_system else frozenset[str]()
    return View(None if shown.is_full else fields, types, endings(), hidden)
