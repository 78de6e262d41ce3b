"""Who may look at figures: the academy at all of them, a court at its own and its region's mean."""

from dataclasses import dataclass

from academy.access.enums import Right
from academy.access.queries import Viewer


@dataclass(frozen=True, slots=True)
class Sight:
    """The courts whose numbers somebody may see; None: all of them."""

    courts: frozenset[int] | None

    @property
    def is_whole(self) -> bool:
        """Whether the whole judiciary is in sight."""
        return self.courts is None


def sight_of(viewer: Viewer) -> Sight:
    """All for registrar and auditor; the own courts for those who head or coordinate them."""
    return Sight(None if viewer.may(Right.READ_ALL) else viewer.courts)
