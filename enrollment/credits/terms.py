"""The words in which the rules of owing speak: terms and facts in, a standing out. Pure data."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from enrollment.credits.enums import Basis, Duty

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Terms:
    """A requirement as the rules read it; amounts in its unit, topics and courses by their keys."""

    unit: str
    amount: Decimal
    valid_from: date
    basis: str = Basis.CYCLE
    years: int = 1
    months: int = 6
    hours_per_day: Decimal = Decimal(8)
    first_only: bool = False
    prorates: bool = True
    caps: Mapping[str, Decimal] = field(default_factory=dict)
    minimums: Mapping[int, Decimal] = field(default_factory=dict)
    courses: frozenset[int] = frozenset()
    carry_cap: Decimal = ZERO
    grace_days: int = 0
    valid_until: date | None = None

    @property
    def length(self) -> int:
        """The months of a period."""
        return self.months if self.basis == Basis.APPOINTMENT else 12 * self.years


@dataclass(frozen=True, slots=True)
class Earned:
    """One entry of credit. `topics`: which of the requirement's topics its course belongs to."""

    day: date
    kind: str
    minutes: int
    per_hour: int
    course: int | None = None
    topics: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Relieved:
    """An exemption or an extension, both days included."""

    kind: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Spell:
    """A time without a gap in posts to which the requirement applies; `end` is the day after it."""

    first: date
    end: date | None = None

    def holds(self, day: date) -> bool:
        """Whether such a post was held on that day."""
        return self.first <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one person: spells in post, credit in order of time, reliefs."""

    spells: Sequence[Spell] = ()
    earned: Sequence[Earned] = ()
    reliefs: Sequence[Relieved] = ()


@dataclass(frozen=True, slots=True)
class Months:
    """The months of a period: in all, in post on their first day, and of those exempt."""

    all: int
    held: int
    exempt: int = 0

    @property
    def share(self) -> Decimal:
        """The part of the amount that is owed."""
        return Decimal(self.held - self.exempt) / self.all


@dataclass(frozen=True, slots=True)
class KindLine:
    """Credit of one kind: what was earned, and what of it counts under the cap."""

    kind: str
    earned: Decimal
    counted: Decimal


@dataclass(frozen=True, slots=True)
class TopicLine:
    """What must lie in one topic, and what does."""

    topic: int
    needed: Decimal
    earned: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands in one period, with the arithmetic line by line."""

    first_day: date
    last_day: date
    due_on: date
    asked: Decimal
    months: Months
    needed: Decimal
    kinds: tuple[KindLine, ...] = ()
    carried: Decimal = ZERO
    topics: tuple[TopicLine, ...] = ()
    courses: frozenset[int] = frozenset()  # of those asked for, which were completed
    made_up: int = 0  # entries that were earned after the period and count for it
    state: Duty = Duty.OWED
    met_on: date | None = None

    @property
    def earned(self) -> Decimal:
        """All that counts."""
        return sum((line.counted for line in self.kinds), self.carried)

    @property
    def owed(self) -> Decimal:
        """What is missing of the amount; zero also where only a topic is missing."""
        return max(self.needed - self.earned, ZERO)


@dataclass(frozen=True, slots=True)
class Period:
    """From when to when something is earned, and until when it may be made up."""

    first: date
    last: date
    due_on: date


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
