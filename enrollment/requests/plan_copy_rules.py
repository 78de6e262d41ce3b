"""A line of a plan's copy: what becomes of one run of the old plan. Pure."""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import TextChoices


class Fate(TextChoices):
    """Copied already, to be copied, or left out."""

    PLANNED = "planned"
    COPIED = "copied"
    LEFT_OUT = "left_out"


@dataclass(slots=True)
class Row:
    """One run of the old plan; days and moments as ISO 8601, as a job's report keeps them."""

    source: int
    run: str  # the old run's public id
    code: str
    was: int  # its revision when this was tried
    fate: str = Fate.PLANNED
    reason: str = ""  # why it is left out
    first: str = ""
    new_code: str = ""
    starts_at: str = ""
    ends_at: str = ""
    time_zone: str = ""
    made: str = ""  # the copy's public id
    moved: list[list[str]] = field(default_factory=list)  # meant, and the working day instead
    off: list[list[Any]] = field(default_factory=list)  # days off that it keeps, with their names
    clashes: list[list[Any]] = field(default_factory=list)
    without: list[str] = field(default_factory=list)  # trainers who have left

    def as_json(self) -> dict[str, Any]:
        """The line as it is kept."""
        return asdict(self)

    @property
    def needs_a_look(self) -> bool:
        """Whether something stands against it that a person should know."""
        return bool(self.moved or self.off or self.clashes or self.without)
