"""Slots that higher rooms fill: what happens when somebody leaves, what is known of somebody."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from academy.core.actor import Actor
from academy.people.models import Person

Farewell = Callable[[Sequence[int], Actor, datetime], None]
"""Receives person ids, inside the transaction in which they leave."""

Facts = Callable[[Person], Iterable[Mapping[str, object]]]
"""Everything that a room keeps about one person, as rows of plain values."""

_farewells: dict[str, Farewell] = {}
_facts: dict[str, Facts] = {}


def on_leaving(name: str, react: Farewell) -> None:
    """Let a higher room end what it gave to people who leave; a second of that name replaces it."""
    _farewells[name] = react


def say_farewell(people: Sequence[int], actor: Actor, at: datetime) -> None:
    """Let every room end what it gave to these people."""
    for react in _farewells.values():
        react(people, actor, at)


def knows(name: str, facts: Facts) -> None:
    """Let a room tell what it keeps about a person, under a plural noun."""
    _facts[name] = facts


def everything_about(person: Person) -> dict[str, list[Mapping[str, object]]]:
    """What every room keeps about this person: what a person may ask for and carry away."""
    return {name: list(facts(person)) for name, facts in _facts.items()}
