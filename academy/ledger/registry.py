"""Who reacts to what: higher rooms put their handlers here when the apps are ready."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from academy.ledger.models import Event

__all__ = ["Event", "Handler", "handlers", "register"]


@dataclass(frozen=True, slots=True)
class Handler:
    """A reaction to events of some types.

    `react` receives the events of one batch in feed order, inside the transaction that moves the
    handler's cursor: its rows and the cursor commit together, or neither does. It may see an event
    again only if that transaction was lost, so unique keys make it idempotent.
    """

    name: str
    types: tuple[str, ...]  # exact types, prefixes that end in a dot, or "*" for everything
    react: Callable[[Sequence[Event]], None]

    def wants(self, event_type: str) -> bool:
        """Whether this handler reacts to events of that type."""
        return any(
            wanted in ("*", event_type) or (wanted.endswith(".") and event_type.startswith(wanted))
            for wanted in self.types
        )


_handlers: dict[str, Handler] = {}


def register(handler: Handler) -> None:
    """Add a handler; a second one of the same name replaces it."""
    _handlers[handler.name] = handler


def handlers() -> list[Handler]:
    """Every handler, in the order of registration."""
    return list(_handlers.values())
