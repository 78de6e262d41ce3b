"""A judiciary that lives by the dice: what people and registrars do, hour by hour."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from uuid import UUID

from academy.core import clock
from academy.core.errors import Refused
from academy.people.models import Appointment
from tests.simulation.diary import Diary, Line, Standing
from tests.simulation.nation import Nation

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFTEN = {
    "ask": 40,
    "answer": 14,
    "withdraw": 6,
    "decide": 6,
    "move": 2,
    "postpone": 1,
    "cancel": 1,
    "capacity": 2,
    "wish": 3,
    "leave": 1,
    "speak": 3,
    "repair": 1,
}
Runs = list[UUID] | None
"""The runs that an act touched; none where there was nothing to do."""
Act = Callable[[], Runs]
DATED = ("publish", "move")
OF_ONE = ("ask", "answer", "withdraw", "decide")
PUBLIC = ("publish", "move", "postpone", "cancel")
"""What the ledger's readers hear of at once; of the rest at the next beat of their clock."""


@dataclass
class World(ABC):
    """The nation's people, and the runs of a plan."""

    dice: Random
    diary: Diary
    nation: Nation
    runs: int
    begins: datetime
    length: timedelta
    lead: timedelta  # how long before the plan says so a run is published
    acts_a_day: float
    done: Counter[str] = field(default_factory=Counter)
    cleared: dict[str, list[datetime]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for one in self.nation.everybody():
            line = self.diary.languages[one.pk] = Line({"email": one.email})
            line.note(self.begins, one.language)
        for one in self.nation.with_account:
            self.diary.languages[one.pk].seen[0] = "en"
        self.trainees = self.nation.trainees
        self.most_leavers = len(self.trainees) // 3
        first, last = self.begins + self.lead, self.begins + self.length - 2 * DAY
        starts = [first + (last - first) * self.dice.random() for _ in range(self.runs)]
        self.plan = sorted(starts, reverse=True)
        self.marking: list[tuple[datetime, UUID, UUID]] = []

    def places(self) -> dict[int, int]:
        """Where everybody serves: person, court."""
        return dict(Appointment.objects.values_list("person_id", "court_id"))

    # --- What happens --------------------------------------------------------------------------

    def acts(self, now: datetime, until: datetime) -> Iterator[tuple[datetime, Act]]:
        """What will happen until then, each at its own moment."""
        while self.plan and self.plan[-1] - self.lead <= until:
            start = self.plan.pop()
            yield max(now, start - self.lead), partial(self.publish, start)
        for due in [one for one in self.marking if one[0] <= until]:
            self.marking.remove(due)
            yield max(now, due[0]), partial(self.mark, *due[1:])
        mean = self.acts_a_day * ((until - now) / DAY)
        for _ in range(int(mean) + (self.dice.random() < mean % 1)):
            name = self.dice.choices(list(OFTEN), list(OFTEN.values()))[0]
            yield now + (until - now) * self.dice.random(), getattr(self, name)

    def do(self, act: Act) -> str:
        """One of them, and a look at what it touched; its name, or nothing if nobody could do it.

        The service may refuse it, as it would a person.
        """
        name = (act.func if isinstance(act, partial) else act).__name__
        try:
            runs = act()
        except Refused:
            self.refused[name] += 1
            return name
        if runs is None:
            return ""
        self.done[name] += 1
        self.diary.look(self.now, runs, people_only=name in OF_ONE)
        if name in DATED:
            self.expect_marks(runs[0])
        return name

    @property
    def now(self) -> datetime:
        return clock.now()

    @abstractmethod
    def publish(self, start: datetime) -> Runs:
        """A run comes before the public."""

    @abstractmethod
    def mark(self, run: UUID, meeting: UUID) -> Runs:
        """Who came to a session."""

    def expect_marks(self, run: UUID) -> None:
        """The trainer marks a session some hours after it, or days too late."""
        self.marking = [one for one in self.marking if one[1] != run]
        for meeting in self.diary.runs[run].seen[-1].meetings:
            later = self.dice.choice([1, 2, 30, 120]) * HOUR
            self.marking.append((meeting.ends_at + later, run, meeting.id))

    def one_run(self, *states: str) -> UUID | None:
        return self.one_of(line for line in self.standing() if line[1].state in states)

    def standing(self) -> Iterator[tuple[UUID, Standing]]:
        for name in self.diary.alive.values():
            if seen := self.diary.runs[name].seen:
                yield name, seen[-1]

    def one_of(self, runs: Iterable[tuple[UUID, Standing]]) -> UUID | None:
        found = [name for name, standing in runs]
        return self.dice.choice(found) if found else None

    def run_of(self, claim: UUID) -> UUID:
        run: UUID = self.diary.claims[claim].of["run"]
        return run
