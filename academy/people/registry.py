"""The slot for what happens when somebody leaves: higher rooms end what they gave that person."""

from collections.abc import Callable, Sequence
from datetime import datetime

from academy.core.actor import Actor

Farewell = Callable[[Sequence[int], Actor, datetime], None]
"""Receives person ids, inside the transaction in which they leave."""

_farewells: dict[str, Farewell] = {}


def on_leaving(name: str, react: Farewell) -> None:
    """Let a higher room end what it gave to people who leave; a second of that name replaces it."""
    _farewells[name] = react


def say_farewell(people: Sequence[int], actor: Actor, at: datetime) -> None:
    """Let every room end what it gave to these people."""
    for react in _farewells.values():
        react(people, actor, at)
