"""Why something was not told: every reason that held at the moment of sending."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from academy.messages.models import Message
from tests.simulation.calendars import Calendars
from tests.simulation.diary import Diary
from tests.simulation.facts import ASKING, Told
from tests.simulation.letters import ACTIVE, HOLDING, stands_in
from tests.simulation.oracle import Oracle
from tests.simulation.postal import BadDays

TRUE_WHILE = {
    "enrollment.promoted": ("confirmed",),
    "run.postponed": ACTIVE,
    "run.moved": ("requested", "waitlisted", "offered", "confirmed"),
    "outcome.frozen": ("closed",),
}
BY_KIND = {
    "teaching.changed": "_why_not_taught",
    "course.planned": "_why_not_planned",
    "run.fell_short": "_why_not_short",
    "decision.opened": "_why_not_asked",
}


SOON = timedelta(hours=12)  # by then a mail has been tried


class Reach:
    """Whom a mail could reach at which moment, by what the server answered."""

    def __init__(
        self, diary: Diary, office: BadDays, cleared: Mapping[str, list[datetime]]
    ) -> None:
        self.diary, self.cleared = diary, cleared
        self.refusals: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
        for at, to, answer in office.refused:
            self.refusals[to].append((at, answer))

    def why_unreachable(self, person: int, at: datetime) -> Iterator[str]:
        """Somebody has left, or nothing arrives there any more."""
        if (left := self.diary.left.get(person)) and left <= at:
            yield "person_left"
        if self._is_dead(self._address(person), at):
            yield "dead_address"

    def may_have_missed(self, person: int, since: datetime, until: datetime) -> bool:
        """Whether a mail may not have arrived in that time: refused, or nobody there any more."""
        refused = self.refusals[self._address(person)]
        is_gone = any(self.why_unreachable(person, until))
        return is_gone or any(since <= at <= until for at, _said in refused)

    def has_missed(self, person: int, since: datetime, until: datetime) -> bool:
        """The same, but for those whose address was found to work in time for all to be told."""
        address = self._address(person)
        found = [at for at in self.cleared.get(address.lower(), ()) if at <= until - SOON]
        last = max(found, default=since)
        return self.may_have_missed(person, max(since, last), until)

    def _address(self, person: int) -> str:
        address: str = self.diary.languages[person].of["email"]
        return address

    def _is_dead(self, address: str, at: datetime) -> bool:
        died = [t for t, said in self.refusals[address] if "5.1.1" in said and t <= at]
        if not died:
            return False
        cleared = self.cleared.get(address.lower(), [])
        return bisect_right(cleared, at) == bisect_right(cleared, died[-1])


@dataclass
class Truths:
    """Asks the diary, never the service."""

    diary: Diary
    oracle: Oracle
    reach: Reach
    calendars: Calendars
    run_of: Mapping[UUID, UUID]  # session, run

    def why_untrue(self, row: Message, at: datetime) -> Iterator[str]:
        """Every reason not to tell it at that moment."""
        if self._is_to_come(row.subject_id, at):
            yield "not_there_yet"
            return
        yield from self.reach.why_unreachable(row.person_id, at)
        if "rule" in row.facts:
            yield from self._why_no_reminder(row, at)
        elif row.kind.startswith("calendar."):
            if self.calendars.is_current(row.person_id, row.subject_id, at):
                yield "calendar_is_current"
        elif row.subject_id in self.diary.claims:
            yield from self._why_no_letter(row, at)
        elif row.kind in BY_KIND:
            yield from getattr(self, BY_KIND[row.kind])(row, at)

    def _is_to_come(self, subject: UUID | None, at: datetime) -> bool:
        """Whether it was not there at that moment, as in an hour that a clock says twice."""
        diary = self.diary
        lines = [
            kind[subject] for kind in (diary.claims, diary.steps, diary.runs) if subject in kind
        ]
        return any(line.at(at) is None for line in lines)

    def _why_not_planned(self, row: Message, at: datetime) -> Iterator[str]:
        run = self.diary.runs[row.subject_id].at(at)
        yield from () if run.state in ASKING else [f"run_is_{run.state}"]
        yield from ["enrollment_closed"] if run.closes_at <= at else ()

    def _why_not_short(self, row: Message, at: datetime) -> Iterator[str]:
        run = self.diary.runs[row.subject_id].at(at)
        yield from () if run.state in ASKING else [f"run_is_{run.state}"]
        yield from ["run_began"] if run.starts_at and run.starts_at <= at else ()
        claims = self.oracle.claims_of.get(row.subject_id, ())
        if sum(stands_in(line, at, HOLDING) for _name, line in claims) >= run.minimum:
            yield "minimum_reached"

    def _why_not_asked(self, row: Message, at: datetime) -> Iterator[str]:
        step = self.diary.steps[row.subject_id].at(at)
        yield from () if step.state == "open" else [f"is_{step.state}"]
        yield from ["too_late", "deadline_passed"] if step.due_at <= at else ()

    def _why_not_taught(self, row: Message, at: datetime) -> Iterator[str]:
        state, said = self.diary.runs[row.subject_id].at(at).state, row.facts["change"]
        still = {"moved": (*ASKING, "running")}.get(said, (said,))
        if state not in still:
            yield f"run_is_{state}"

    def _why_no_letter(self, row: Message, at: datetime) -> Iterator[str]:
        line = self.diary.claims[row.subject_id]
        claim, run = line.at(at), self.diary.runs[line.of["run"]].at(at)
        if claim.state not in TRUE_WHILE.get(row.kind, (row.kind.partition(".")[2],)):
            yield f"is_{claim.state}"
        if row.kind in ("enrollment.offered", "enrollment.reconfirm") and (
            claim.due_at is None or claim.due_at <= at
        ):
            yield "deadline_passed"
        if row.kind == "run.postponed" and run.state != "postponed":
            yield f"run_is_{run.state}"
        if row.kind == "run.moved" and run.state not in ASKING:
            yield f"run_is_{run.state}"
        if row.kind == "run.moved" and run.starts_at and run.starts_at <= at:
            yield "run_began"
        if row.kind == "outcome.frozen" and self.diary.frozen[row.subject_id][1]:
            yield "said_by_certificate"

    def _why_no_reminder(self, row: Message, at: datetime) -> Iterator[str]:
        told = told_of(row)
        rule, case = self.oracle.rules[told.rule], self.oracle.cases_of[told[2], told[0], told[1]]
        due = self.oracle.due_at(rule, told.moment, case)
        fact = case.fact(at)
        before = rule["anchor"] not in ("marks_missing", "enrollment_opens")
        if at >= due + timedelta(hours=rule["useless_after_hours"]):
            yield "too_late"
        if before and at >= told.moment:
            yield "too_late"
        if fact is None or fact.moment != told.moment:
            yield from self._how_it_stands(row, rule, told, at)

    def _how_it_stands(self, row: Message, rule: Any, told: Told, at: datetime) -> Iterator[str]:
        diary, name = self.diary, told.subject
        line = diary.claims.get(name) or diary.steps.get(name)
        if line:
            yield f"is_{line.at(at).state}"
        claim = (
            diary.claims.get(line.of["enrollment"] if name in diary.steps else name)
            if line
            else None
        )
        run = diary.runs[claim.of["run"] if claim else self.run_of.get(name, name)].at(at)
        yield f"run_is_{run.state}"
        moments = {run.starts_at, run.closes_at, run.opens_at, run.decides_at}
        moments |= {line.at(at).due_at} if line else set()
        held = [one for one in run.meetings if one.id == name]
        moments |= {each for one in held for each in (one.starts_at, one.ends_at)}
        if told.moment not in moments:
            yield "moved"
        if any(one.is_cancelled for one in held):
            yield "session_cancelled"
        yield from {
            "marks_missing": ["marked"],
            "minimum_at_risk": ["minimum_reached"],
            "session_start": ["no_seat_any_more"],
            "enrollment_opens": ["asked_already"],
            "enrollment_deadline": ["asked_already"],
        }.get(rule["anchor"], [])


def told_of(row: Message) -> Told:
    """Which reminder the row is."""
    rule, revision, _moment = row.occurrence.split("/")
    moment = datetime.fromisoformat(row.facts["moment"])
    return Told(row.person_id, UUID(str(row.subject_id)), rule, int(revision), moment)
