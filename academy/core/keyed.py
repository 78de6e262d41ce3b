"""The slot for an idempotency key: the endpoint kit fills it, the action commits it."""

from typing import Protocol


class Keyed(Protocol):
    """A repeated call's memory. `keep` is the last statement of the action's transaction."""

    def keep(self, result: object) -> None:
        """Store the answer made from the action's result under the caller's key."""
