"""The slot for an idempotency key: the endpoint kit fills it, the action commits it."""

from typing import Protocol


class Keyed(Protocol):
    """A repeated call's memory. `keep` runs inside the action's transaction, as its last statement."""

    def keep(self, result: object) -> None:
        """Store the answer made from the action's result under the caller's key."""
