"""What must be told, to whom, and while what is true: the institution's promises in plain Python.

Works on the diary alone; knows nothing of the service's SQL, handlers and resolvers.
"""

import json
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.simulation.diary import Diary, Line, Standing
from tests.simulation.facts import ASKING, DAY, Case, Fact, Told, Wish, spans

RULES = Path(__file__).resolve().parents[2] / "seeds/reference/reminder_rules.json"
HOLDING = ("offered", "confirmed", "reconfirm")
HELD = (*ASKING, "running", "finished")
# This world has no questionnaires, requirements, proposals or certificates that end: nobody is due.
NOT_LIVED = {
    *("questionnaire_open", "follow_up", "requirement_due", "certificate_expiry"),
    *("review_opened", "review_due"),
}


@dataclass
class Oracle:
    """`places`: who serves at which court; `zones`: the clocks of the courts."""

    diary: Diary
    places: Mapping[int, int]
    zones: Mapping[int, str]
    days: Mapping[date, str]
    heads: Mapping[int, int]
    coordinators: Mapping[int, int]
    registrar: int

    def __post_init__(self) -> None:
        self.rules = {row["code"]: row for row in all_rules() if row.get("is_active", True)}
        self.claims_of: dict[UUID, list[tuple[UUID, Line]]] = {}
        for name, line in self.diary.claims.items():
            self.claims_of.setdefault(line.of["run"], []).append((name, line))

    # --- Reminders -----------------------------------------------------------------------------

    def reminders(self) -> tuple[set[Told], set[Told]]:
        """Every reminder that fell due while its fact stood and while it was of use.

        Those that must be told, and those that may.
        """
        must: set[Told] = set()
        may: set[Told] = set()
        self.cases_of: dict[tuple[str, int, UUID], Case] = {}
        for code, rule in self.rules.items():
            for case in self.cases(rule):
                self.cases_of[code, case.person, case.subject] = case
                for told, is_owed in self._due(code, rule, case):
                    (must if is_owed else may).add(told)
        return must, may - must

    def _due(self, code: str, rule: dict[str, Any], case: Case) -> Iterator[tuple[Told, bool]]:
        beats = self.diary.beats
        useful = timedelta(hours=rule["useless_after_hours"])
        for begins, ends, fact in spans(case):
            due = self.due_at(rule, fact.moment, case)
            last = min(due + useful, fact.until) if fact.until else due + useful
            place = bisect_left(beats, max(begins, due))
            if place == len(beats) or (fact.since and due <= fact.since):
                continue
            told = Told(case.person, case.subject, code, fact.revision, fact.moment)
            if beats[place] < last and (ends is None or beats[place] < ends):
                yield told, not fact.wished_at or fact.wished_at <= due
            elif any(begins <= was and (not ends or was < ends) for was in self._again(due, last)):
                yield told, False  # by a clock that had been set back it was not too late

    def _again(self, first: datetime, until: datetime) -> Iterator[datetime]:
        """What was when a clock that had been set back said something of that time."""
        said = sorted(self.diary.twice)
        for place in range(bisect_left(said, first), bisect_left(said, until)):
            yield self.diary.twice[said[place]]

    def due_at(self, rule: dict[str, Any], moment: datetime, case: Case) -> datetime:
        """The moment of the rule, on the clock of the court where the person serves."""
        if rule.get("unit") == "hours":
            return moment + timedelta(hours=rule["offset"])
        court = case.court or self.places[case.person]
        zone = ZoneInfo(self.zones[court])
        day, left = moment.astimezone(zone).date(), abs(rule["offset"])
        step = DAY if rule["offset"] > 0 else -DAY
        while left:
            day += step
            left -= rule["unit"] == "days" or self.works(day)
        return datetime.combine(day, time.fromisoformat(rule["at_time"]), zone)

    def works(self, day: date) -> bool:
        """Monday to Friday, but for the days by decree."""
        decree = self.days.get(day)
        return decree == "worked" if decree else day.weekday() < 5

    def cases(self, rule: dict[str, Any]) -> Iterator[Case]:
        """Everybody whom the rule may concern."""
        if rule["anchor"] not in NOT_LIVED:
            yield from getattr(self, f"_{rule['anchor']}")(rule["recipient"])

    def _claims(self) -> Iterator[tuple[UUID, Line, Line]]:
        for name, line in self.diary.claims.items():
            yield name, line, self.diary.runs[line.of["run"]]

    def _run_start(self, recipient: str) -> Iterator[Case]:
        def fact(t: datetime, run: Line, claim: Line | None) -> Fact | None:
            at: Standing | None = run.at(t)
            seated = claim is None or ((mine := claim.at(t)) and mine.state == "confirmed")
            if not at or at.state not in ASKING or not at.starts_at or not seated:
                return None
            return Fact(at.starts_at, at.sequence, at.starts_at) if t < at.starts_at else None

        if recipient == "trainer":
            for name, run in self.diary.runs.items():
                for person in run.of["trainers"]:
                    yield Case(person, None, name, run.times, partial(fact, run=run, claim=None))
            return
        for name, claim, run in self._claims():
            times = claim.times + run.times
            of = claim.of
            yield Case(of["person"], of["court"], name, times, partial(fact, run=run, claim=claim))

    def _session_start(self, _recipient: str) -> Iterator[Case]:
        def fact(t: datetime, run: Line, claim: Line, session: UUID) -> Fact | None:
            at, mine = run.at(t), claim.at(t)
            if not at or at.state not in HELD[:3] or not mine or mine.state != "confirmed":
                return None
            held = next(one for one in at.meetings if one.id == session)
            if held.is_cancelled or held.starts_at <= max(t, at.starts_at):
                return None
            return Fact(held.starts_at, at.sequence, held.starts_at)

        for _name, claim, run in self._claims():
            for session in run.seen[0].meetings:
                yield Case(
                    claim.of["person"], claim.of["court"], session.id, claim.times + run.times,
                    partial(fact, run=run, claim=claim, session=session.id),
                )  # fmt: skip

    def _answer_due(self, state: str) -> Iterator[Case]:
        def fact(t: datetime, run: Line, claim: Line) -> Fact | None:
            mine = claim.at(t)
            if not mine or mine.state != state or mine.due_at <= t:
                return None
            return Fact(mine.due_at, run.at(t).sequence, mine.due_at, self.since(claim, t))

        for name, claim, run in self._claims():
            of, times = claim.of, claim.times + run.times
            yield Case(of["person"], of["court"], name, times, partial(fact, run=run, claim=claim))

    def _offer_expiry(self, _recipient: str) -> Iterator[Case]:
        return self._answer_due("offered")

    def _reconfirm_due(self, _recipient: str) -> Iterator[Case]:
        return self._answer_due("reconfirm")

    @staticmethod
    def since(line: Line, t: datetime) -> datetime:
        """When it came into the state that it has at that moment."""
        seen = [(when, one.state) for when, one in zip(line.times, line.seen, strict=True)]
        before = [one for one in seen if one[0] <= t]
        start = before[-1]
        for one in reversed(before):
            if one[1] != start[1]:
                break
            start = one
        return start[0]

    def _decision_due(self, recipient: str) -> Iterator[Case]:
        def fact(t: datetime, step: Line, run: Line) -> Fact | None:
            at = step.at(t)
            if not at or at.state != "open" or at.due_at <= t:
                return None
            return Fact(at.due_at, run.at(t).sequence, at.due_at)

        for name, step in self.diary.steps.items():
            claim = self.diary.claims[step.of["enrollment"]]
            run, court = self.diary.runs[claim.of["run"]], step.of["court"]
            who = (self.heads if recipient == "head" else self.coordinators).get(court)
            if who is None or (recipient == "head" and who == claim.of["person"]):
                continue
            times = step.times + run.times
            yield Case(who, court, name, times, partial(fact, step=step, run=run))

    def _marks_missing(self, recipient: str) -> Iterator[Case]:
        for run_name, run in self.diary.runs.items():
            claims = self.claims_of.get(run_name, [])
            people = run.of["trainers"] if recipient == "trainer" else [self.registrar]
            times = run.times + [t for _n, line in claims for t in line.times]
            for session in run.seen[0].meetings:
                marked = self.diary.marks.get(session.id, {})

                def fact(
                    t: datetime,
                    r: Line = run,
                    s: UUID = session.id,
                    c: Any = claims,
                    m: Any = marked,
                ) -> Fact | None:
                    at = r.at(t)
                    if not at or at.state not in HELD or not self._unmarked(c, m, t):
                        return None
                    held = next(one for one in at.meetings if one.id == s)
                    return None if held.is_cancelled else Fact(held.ends_at, at.sequence, None)

                for person in people:
                    yield Case(person, None, session.id, times + list(marked.values()), fact)

    @staticmethod
    def _unmarked(claims: Any, marked: Mapping[UUID, datetime], t: datetime) -> bool:
        return any(
            (mine := line.at(t)) and mine.state == "confirmed"
            and not (name in marked and marked[name] <= t)
            for name, line in claims
        )  # fmt: skip

    def _minimum_at_risk(self, _recipient: str) -> Iterator[Case]:
        def fact(t: datetime, run: Line, claims: Any) -> Fact | None:
            at = run.at(t)
            if not at or at.state not in ASKING or not at.minimum or at.decides_at <= t:
                return None
            holding = sum(bool((c := line.at(t)) and c.state in HOLDING) for _n, line in claims)
            if holding >= at.minimum:
                return None
            return Fact(at.decides_at, at.sequence, at.decides_at)

        for name, run in self.diary.runs.items():
            claims = self.claims_of.get(name, [])
            times = run.times + [t for _n, line in claims for t in line.times]
            yield Case(self.registrar, None, name, times, partial(fact, run=run, claims=claims))

    def _wished(self, moment_of: Callable[[Standing], datetime], *, fresh: bool) -> Iterator[Case]:
        for name, run in self.diary.runs.items():
            course = run.of["course"]
            asked = {line.of["person"]: line.times[0] for _n, line in self.claims_of.get(name, [])}
            runs = self.diary.runs
            heard = [t for t, one in self.diary.published if runs[one].of["course"] == course]
            mine: dict[int, list[datetime]] = {}
            for at, of, who in self.diary.wishes:
                if of == course:
                    mine.setdefault(who, []).append(at)
            for person, wishes in mine.items():
                until = asked.get(person)
                wish = Wish(run, wishes, heard, until, moment_of, fresh)
                times = [*run.times, *wishes, *heard, *([until] if until else [])]
                yield Case(person, None, name, times, wish.fact)

    def _enrollment_opens(self, _recipient: str) -> Iterator[Case]:
        return self._wished(lambda at: at.opens_at, fresh=True)

    def _enrollment_deadline(self, _recipient: str) -> Iterator[Case]:
        return self._wished(lambda at: at.closes_at, fresh=False)


def all_rules() -> list[dict[str, Any]]:
    """The rules of the seeds."""
    rows: list[dict[str, Any]] = json.loads(RULES.read_text("utf-8"))
    return rows
