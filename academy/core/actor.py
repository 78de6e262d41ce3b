"""Who acts: handed to every action, written into every event."""

from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    ACCOUNT = "account"
    CLIENT = "client"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """An account, another court system, or the service itself (a timer, an import, a seed)."""

    kind: ActorKind
    id: UUID | None = None
    person: UUID | None = None  # who the account belongs to, or for whom a system acts
    behalf_of: UUID | None = None  # the person whose right is used: a deputy's principal
    name: str = ""  # of a system actor: "seats.sweep"
    request_id: str = ""

    @classmethod
    def system(cls, name: str) -> "Actor":
        """The service acting by itself, under the name of the part that acts."""
        return cls(ActorKind.SYSTEM, name=name)

    def for_person(self, person: UUID) -> "Actor":
        """The same actor, using the right of that person (deputies, systems)."""
        return replace(self, behalf_of=person)
