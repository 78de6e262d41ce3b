"""What a reminder counts from, for whom, and while what stands."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from tests.simulation.diary import Line, Standing

DAY = timedelta(days=1)
ASKING = ("published", "going_ahead")


class Told(NamedTuple):
    """What one reminder is: to whom, about what, by which rule, of which moment and revision."""

    person: int
    subject: UUID
    rule: str
    revision: int
    moment: datetime


class Fact(NamedTuple):
    """What a reminder counts from, while it stands."""

    moment: datetime
    revision: int
    until: datetime | None
    since: datetime | None = None
    wished_at: datetime | None = None  # who asked to hear of it later may be told, and need not


@dataclass(frozen=True)
class Case:
    """Somebody who may have to be reminded of something: what stood at which moment."""

    person: int
    court: int | None
    subject: UUID
    times: list[datetime]
    fact: Callable[[datetime], Fact | None]


@dataclass
class Wish:
    """Somebody waits to hear of a course; this is what that comes to for one of its runs."""

    run: Line
    wishes: list[datetime]
    heard: list[datetime]  # whenever a run of the course was published
    asked: datetime | None  # for a place in this run
    moment_of: Callable[[Standing], datetime]
    fresh: bool  # who was told just before need not hear it again

    def fact(self, t: datetime) -> Fact | None:
        """What there is to be told at that moment."""
        at: Standing | None = self.run.at(t)
        if not at or at.state not in ASKING or at.closes_at <= t or self.wishes[0] > t:
            return None
        if self.asked and self.asked <= t:
            return None
        moment = self.moment_of(at)
        since, told = self._row(t)
        if self.fresh and told and told >= moment - DAY:
            return None
        return Fact(moment, at.sequence, at.closes_at, wished_at=since)

    def _row(self, t: datetime) -> tuple[datetime, datetime | None]:
        """Since when the last wish stands, and when it was answered: by the first run after it."""
        since, told = self.wishes[0], None
        for when, is_wish in self.story:
            if when > t:
                break
            if not is_wish:
                told = told or (when if when >= since else None)
            elif told:
                since, told = when, None
        return since, told

    @cached_property
    def story(self) -> list[tuple[datetime, bool]]:
        """Wishes and runs that were published, in the order of time."""
        both = [(when, True) for when in self.wishes] + [(when, False) for when in self.heard]
        return sorted(both, key=lambda one: (one[0], not one[1]))


def spans(case: Case) -> Iterator[tuple[datetime, datetime | None, Fact]]:
    """From when to when each fact stood without a break."""
    times = sorted(set(case.times))
    begins: datetime | None = None
    present: Fact | None = None
    for at in times:
        fact = case.fact(at)
        if fact == present:
            continue
        if present is not None and begins is not None:
            yield begins, at, present
        begins, present = at, fact
    if present is not None and begins is not None:
        yield begins, None, present
