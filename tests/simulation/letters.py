"""Which letters must have been written: what happened to somebody is told to them, once."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from tests.simulation.diary import Diary, Line, Standing
from tests.simulation.facts import ASKING

HOLDING = ("offered", "confirmed", "reconfirm")
ENDED = ("rejected", "expired", "withdrawn", "cancelled", "transferred", "closed")
ACTIVE = ("requested", "waitlisted", "offered", "confirmed", "reconfirm")


@dataclass
class Letters:
    """Read off the diary: every change of a claim, of a run, every decision asked for."""

    diary: Diary
    claims_of: Mapping[UUID, list[tuple[UUID, Line]]]
    heads: Mapping[int, int]
    registrar: int

    def all(self) -> Counter[tuple[int, str, UUID]]:
        """How often each letter must have been written: person, kind, subject."""
        found: Counter[tuple[int, str, UUID]] = Counter()
        found.update(self._own_letters())
        found.update(self._letters_of_changed_runs())
        found.update(self._letters_of_published_runs())
        found.update(self._letters_of_decisions())
        found.update(self._letters_of_shortage())
        for claim, (person, _certified) in self.diary.frozen.items():
            found[person, "outcome.frozen", claim] += 1
        for paper, person in self.diary.certified.items():
            found[person, "certificate.issued", paper] += 1
        return found

    def _own_letters(self) -> Iterator[tuple[int, str, UUID]]:
        for _at, name, was, became in self.diary.changes:
            if became == "closed":
                continue
            promoted = (was, became) == ("waitlisted", "confirmed")
            kind = f"enrollment.{'promoted' if promoted else became}"
            yield self.diary.claims[name].of["person"], kind, name

    def _letters_of_changed_runs(self) -> Iterator[tuple[int, str, UUID]]:
        for at, change, run, before in self.diary.told_all:
            for trainer in self.diary.runs[run].of["trainers"]:
                yield trainer, "teaching.changed", run
            if change != "cancelled":
                yield from self._to_everybody(at, change, run, before)

    def _to_everybody(
        self, at: datetime, change: str, run: UUID, before: Mapping[UUID, str]
    ) -> Iterator[tuple[int, str, UUID]]:
        """Who was asked "still coming?" before is asked anew, and the calendar is told."""
        for name, line in self.claims_of.get(run, ()):
            claim = line.at(at)
            if claim is None or claim.state not in ACTIVE:
                continue
            if change == "moved" and claim.state == before.get(name) == "reconfirm":
                yield line.of["person"], "calendar.changed", name
                yield line.of["person"], "enrollment.reconfirm", name
            else:
                yield line.of["person"], f"run.{change}", name

    def _letters_of_published_runs(self) -> Iterator[tuple[int, str, UUID]]:
        for at, run in self.diary.published:
            for trainer in self.diary.runs[run].of["trainers"]:
                yield trainer, "calendar.teaching", run
            for person in self._waiting_to_hear(self.diary.runs[run].of["course"], at):
                yield person, "course.planned", run

    def _waiting_to_hear(self, course: int, at: datetime) -> set[int]:
        heard = self._heard(course, at)
        mine = [(t, who) for t, of, who in self.diary.wishes if of == course and t <= at]
        return {who for t, who in mine if heard is None or t > heard}

    def _heard(self, course: int, before: datetime) -> datetime | None:
        """When those who wait for this course were last told, before that moment."""
        runs = self.diary.runs
        times = [t for t, run in self.diary.published if runs[run].of["course"] == course]
        return max((t for t in times if t < before), default=None)

    def _letters_of_decisions(self) -> Iterator[tuple[int, str, UUID]]:
        for name, line in self.diary.steps.items():
            asker = self.diary.claims[line.of["enrollment"]].of["person"]
            if (head := self.heads.get(line.of["court"])) and head != asker:
                yield head, "decision.opened", name

    def _letters_of_shortage(self) -> Iterator[tuple[int, str, UUID]]:
        """Somebody leaves after the date, and too few are left: once for each time it comes so."""
        for run, line in self.diary.runs.items():
            claims = [claim for _name, claim in self.claims_of.get(run, [])]
            times = sorted({t for claim in claims for t in claim.times})
            fell, told, were = None, None, 0
            for beat, seen in groupby(times, self._heard_at):
                left = False
                for t in seen:
                    are = sum(stands_in(claim, t, HOLDING) for claim in claims)
                    fell = t if are < line.seen[0].minimum <= were else fell
                    left |= any(t in one.times and stands_in(one, t, ENDED) for one in claims)
                    were = are
                is_short = left and were < line.seen[0].minimum
                if is_short and fell not in (None, told) and _is_decided(line.at(beat), beat):
                    told = fell
                    yield self.registrar, "run.fell_short", run

    def _heard_at(self, moment: datetime) -> datetime:
        """When the readers of the ledger heard of what happened then."""
        beats = self.diary.beats
        return beats[min(bisect_left(beats, moment), len(beats) - 1)]


def stands_in(line: Line, t: datetime, states: Collection[str]) -> bool:
    """Whether a claim was in one of these states."""
    claim = line.at(t)
    return bool(claim and claim.state in states)


def _is_decided(at: Standing | None, t: datetime) -> bool:
    """Whether the date has passed on which it was decided that the run takes place."""
    if at is None or at.state not in ASKING or at.starts_at is None:
        return False
    return at.decides_at <= t < at.starts_at
