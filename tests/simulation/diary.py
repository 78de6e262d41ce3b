"""What happened, as somebody beside the service would have noted it down after each step.

Read off the rows of seats, runs and decisions, never off the ledger, the rules or the messages.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from courses.planning.models import Run, Session
from enrollment.attendance.models import Mark, Outcome
from enrollment.certificates.models import Certificate
from enrollment.decisions.models import Decision
from enrollment.seats.models import Enrollment

COLUMNS = (
    *("pk", "public_id", "state", "sequence", "starts_at"),
    *("enrollment_opens_at", "enrollment_closes_at", "decide_by", "minimum_size"),
)
OVER = ("cancelled", "finalised")


class Claim(NamedTuple):
    """How an enrolment or a decision stands."""

    state: str
    due_at: datetime | None


class Meeting(NamedTuple):
    """A session: its name, its times."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    is_cancelled: bool


class Standing(NamedTuple):
    """How a run stands."""

    state: str
    sequence: int
    starts_at: datetime | None
    opens_at: datetime
    closes_at: datetime
    decides_at: datetime
    minimum: int
    meetings: tuple[Meeting, ...]


@dataclass
class Line:
    """What one thing was from when on. `of` names what does not change."""

    of: dict[str, Any]
    times: list[datetime] = field(default_factory=list)
    seen: list[Any] = field(default_factory=list)

    def note(self, at: datetime, state: Any) -> Any:
        """Write it down if it is new; what it was before."""
        before = self.seen[-1] if self.seen else None
        if before != state:
            self.times.append(at)
            self.seen.append(state)
        return before

    def at(self, moment: datetime) -> Any:
        """What it was at that moment; none before it was there."""
        place = bisect_right(self.times, moment)
        return self.seen[place - 1] if place else None


class Bag:
    """Names, of which the dice draws one."""

    def __init__(self) -> None:
        self.names: list[UUID] = []
        self.place: dict[UUID, int] = {}

    def add(self, name: UUID) -> None:
        """Put it in."""
        self.place[name] = len(self.names)
        self.names.append(name)

    def take(self, name: UUID) -> None:
        """Take it out, if it is there."""
        place = self.place.pop(name, None)
        if place is None:
            return
        last = self.names.pop()
        if last != name:
            self.names[place], self.place[last] = last, place


class Change(NamedTuple):
    """An enrolment went from one state to another."""

    at: datetime
    enrollment: UUID
    was: str
    became: str


@dataclass
class Diary:
    """Everything in the order in which it was seen."""

    beats: list[datetime] = field(default_factory=list)
    twice: dict[datetime, datetime] = field(default_factory=dict)  # a clock set back, and what was
    runs: dict[UUID, Line] = field(default_factory=dict)
    claims: dict[UUID, Line] = field(default_factory=dict)
    steps: dict[UUID, Line] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    published: list[tuple[datetime, UUID]] = field(default_factory=list)
    told_all: list[tuple[datetime, str, UUID, dict[UUID, str]]] = field(default_factory=list)
    frozen: dict[UUID, tuple[int, bool]] = field(default_factory=dict)  # enrolment -> certified
    certified: dict[UUID, int] = field(default_factory=dict)
    marks: dict[UUID, dict[UUID, datetime]] = field(default_factory=lambda: defaultdict(dict))
    wishes: list[tuple[datetime, int, int]] = field(default_factory=list)  # when, course, who
    left: dict[int, datetime] = field(default_factory=dict)
    languages: dict[int, Line] = field(default_factory=dict)
    alive: dict[int, UUID] = field(default_factory=dict)  # runs that may still change
    claims_of: dict[UUID, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    standing: dict[str, Bag] = field(default_factory=lambda: defaultdict(Bag))
    open_steps: Bag = field(default_factory=Bag)

    def readings(self, at: datetime) -> set[datetime]:
        """What a clock that said so may have meant: two moments in an hour that came twice."""
        return {at, self.twice.get(at, at)}

    def follow(self, run: Run, trainers: list[int]) -> None:
        """From now on look at this run."""
        self.alive[run.pk] = run.public_id
        of = {"pk": run.pk, "course": run.course_id, "trainers": trainers}
        self.runs[run.public_id] = Line(of)

    def look(
        self, at: datetime, runs: Collection[UUID] | None = None, *, people_only: bool = False
    ) -> None:
        """Note down whatever is different from the last look; at these runs, or at all."""
        if runs is None:
            keys = list(self.alive)
        else:
            keys = [pk for pk in (self.runs[run].of["pk"] for run in runs) if pk in self.alive]
        if not keys:
            return
        before = {
            name: self.claims[name].seen[-1].state
            for pk in keys
            for name in self.claims_of[self.alive[pk]]
        }
        self._claims(keys, at)
        self._decisions(keys, at)
        if not people_only:
            self._runs(keys, at, before)

    def draw(self, dice: Random, *states: str) -> UUID | None:
        """A claim in one of these states, in a run that may still change."""
        bags = [self.standing[state].names for state in states]
        number = sum(map(len, bags))
        place = dice.randrange(number) if number else 0
        for names in bags:
            if place < len(names):
                return names[place]
            place -= len(names)
        return None

    def _claims(self, keys: list[int], at: datetime) -> None:
        columns = ("public_id", "person_id", "court_id", "run__public_id", "state", "due_at")
        rows = Enrollment.objects.filter(run__in=keys).order_by("pk")
        for name, person, court, run, state, due_at in rows.values_list(*columns):
            line = self.claims.get(name)
            if line is None:
                line = self.claims[name] = Line({"person": person, "court": court, "run": run})
                self.claims_of[run].append(name)
            was = line.note(at, Claim(state, due_at))
            if was is None or was.state != state:
                self.changes.append(Change(at, name, was.state if was else "", state))
                if was:
                    self.standing[was.state].take(name)
                self.standing[state].add(name)

    def _decisions(self, keys: list[int], at: datetime) -> None:
        columns = ("public_id", "enrollment__public_id", "court_id", "state", "due_at")
        rows = Decision.objects.filter(enrollment__run__in=keys).order_by("pk")
        for name, enrollment, court, state, due_at in rows.values_list(*columns):
            line = self.steps.get(name)
            if line is None:
                line = self.steps[name] = Line({"enrollment": enrollment, "court": court})
                self.open_steps.add(name)
            line.note(at, Claim(state, due_at))
            if state != "open":
                self.open_steps.take(name)

    def _runs(self, keys: list[int], at: datetime, before: dict[UUID, str]) -> None:
        meetings: dict[int, list[Meeting]] = defaultdict(list)
        sessions = Session.objects.filter(run__in=keys).order_by("number")
        columns = ("run_id", "public_id", "period", "is_cancelled")
        for run, name, period, is_cancelled in sessions.values_list(*columns):
            meetings[run].append(Meeting(name, period.lower, period.upper, is_cancelled))
        runs = Run.objects.filter(pk__in=keys).order_by("pk")
        for pk, name, state, sequence, *moments, decide_by, minimum in runs.values_list(*COLUMNS):
            starts_at, opens_at, closes_at = moments
            standing = Standing(
                state, sequence, starts_at, opens_at, closes_at, decide_by or closes_at,
                minimum, tuple(meetings[pk]),
            )  # fmt: skip
            self._note_run(name, standing, at, before)

    def _note_run(
        self, run: UUID, standing: Standing, at: datetime, before: dict[UUID, str]
    ) -> None:
        was = self.runs[run].note(at, standing)
        if was == standing:
            return
        if was is None or (was.state == "postponed" and standing.state == "published"):
            self.published.append((at, run))
        if was and standing.state in ("postponed", "cancelled") and was.state != standing.state:
            self.told_all.append((at, standing.state, run, before))
        elif was and standing.sequence != was.sequence:
            self.told_all.append((at, "moved", run, before))
        if standing.state == "finalised":
            self._finalised(self.runs[run].of["pk"])
        if standing.state in OVER:
            self._over(run)

    def _over(self, run: UUID) -> None:
        """Nothing changes any more; nobody need look at it."""
        del self.alive[self.runs[run].of["pk"]]
        for name in self.claims_of[run]:
            self.standing[self.claims[name].seen[-1].state].take(name)

    def _finalised(self, run: int) -> None:
        papers = Certificate.objects.filter(outcome__enrollment__run=run)
        columns = ("public_id", "outcome__enrollment__public_id", "outcome__enrollment__person_id")
        found = list(papers.values_list(*columns))
        self.certified |= {name: person for name, _claim, person in found}
        with_paper = {claim for _name, claim, _person in found}
        outcomes = Outcome.objects.filter(enrollment__run=run).select_related("enrollment")
        for row in outcomes:
            claim = row.enrollment
            self.frozen[claim.public_id] = (claim.person_id, claim.public_id in with_paper)

    def note_marks(self, session: UUID, at: datetime) -> None:
        """Who has a mark at this session."""
        rows = Mark.objects.filter(session__public_id=session)
        for enrollment in rows.values_list("enrollment__public_id", flat=True):
            self.marks[session].setdefault(enrollment, at)
