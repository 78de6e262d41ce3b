"""The end of a simulation: what had to be told beside what was told, and what the server took."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from academy.messages.models import Message
from tests.simulation.calendars import Calendars
from tests.simulation.diary import Diary
from tests.simulation.oracle import ACTIVE, ASKING, HOLDING, Oracle, Told
from tests.simulation.postal import BadDays

# For what was sent: a mail may be under way when the address dies, and the entries of calendars are
# looked at one by one.
HARMLESS = {"dead_address", "calendar_is_current"}
TRUE_WHILE = {
    "enrollment.promoted": ("confirmed",),
    "run.postponed": ACTIVE,
    "run.moved": ("requested", "waitlisted", "offered", "confirmed"),
    "outcome.frozen": ("closed",),
}


@dataclass
class Audit:
    """Compares, and keeps what does not agree as sentences."""

    diary: Diary
    oracle: Oracle
    office: BadDays
    cleared: dict[str, list[datetime]]
    trainers: Mapping[int, UUID]
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    untrue: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.refusals: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
        for at, to, answer in self.office.refused:
            self.refusals[to].append((at, answer))
        self.run_of = {
            meeting.id: name
            for name, line in self.diary.runs.items()
            for meeting in line.seen[0].meetings
        }
        self.calendars = Calendars(self.diary, self.office, self.trainers, self._is_unreachable)

    def run(self) -> None:
        """Everything, once; the order of the checks does not matter."""
        rows = list(Message.objects.order_by("pk"))
        self._completeness(rows)
        for row in rows:
            self.counts[row.state] += 1
            self.counts["tried more than once"] += row.attempts > 1
            getattr(self, f"_{row.state}")(row)
        self._mails(rows)
        self.calendars.run()
        self.counts += self.calendars.counts
        for name in ("missing", "untrue", "faults"):
            getattr(self, name).extend(getattr(self.calendars, name))

    # --- Nothing is missing, nothing is there twice --------------------------------------------

    def _completeness(self, rows: list[Message]) -> None:
        letters = self.oracle.letters()
        wrote = Counter(
            (row.person_id, row.kind, row.subject_id) for row in rows if "rule" not in row.facts
        )
        must, may = self.oracle.reminders()
        told = Counter(told_of(row) for row in rows if "rule" in row.facts)
        self.counts["expected"] = letters.total() + len(must) + len(may & told.keys())
        self.missing += [f"letter {one}" for one in (letters - wrote).elements()]
        self.missing += [f"reminder {one}" for one in sorted(must - told.keys(), key=str)]
        self.twice += [f"reminder {one}" for one, number in told.items() if number > 1]
        for letter in (wrote - letters).elements():
            known = self.twice if letter in letters else self.faults
            known.append(f"letter without cause {letter}")
        unknown = told.keys() - must - may
        self.faults += [f"reminder without cause {one}" for one in sorted(unknown, key=str)]

    # --- What is told is true, what is not told has its reason ---------------------------------

    def _waiting(self, row: Message) -> None:
        self.faults.append(f"still waiting: {row.kind} {row.outcome}")

    def _failed(self, row: Message) -> None:
        said = {answer[:3] for _at, answer in self.refusals[row.address]}
        self.counts[f"failed: {row.outcome}"] += 1
        if row.outcome.removeprefix("smtp_") not in said:
            self.faults.append(f"failed without a refusal: {row.kind} {row.outcome}")

    def _sent(self, row: Message) -> None:
        at = moment_of(row)
        if why := set(self.why_untrue(row, at)) - HARMLESS:
            self.untrue.append(f"{row.kind} sent, though {sorted(why)}")
        if row.channel == "email" and row.language != self.diary.languages[row.person_id].at(at):
            self.untrue.append(f"{row.kind} in {row.language}")

    def _dropped(self, row: Message) -> None:
        at = moment_of(row)
        self.counts[f"dropped: {row.outcome}"] += 1
        why = set(self.why_untrue(row, at))
        if row.outcome not in why:
            self.faults.append(f"{row.kind} dropped as {row.outcome}, rather {sorted(why)}")

    def why_untrue(self, row: Message, at: datetime) -> Iterator[str]:
        """Every reason not to tell it at that moment."""
        if (left := self.diary.left.get(row.person_id)) and left <= at:
            yield "person_left"
        if self._is_dead(self.diary.languages[row.person_id].of["email"], at):
            yield "dead_address"
        if "rule" in row.facts:
            yield from self._why_no_reminder(row, at)
        elif row.kind.startswith("calendar."):
            if self.calendars.is_current(row.person_id, row.subject_id, at):
                yield "calendar_is_current"
        elif row.subject_id in self.diary.claims:
            yield from self._why_no_letter(row, at)
        elif row.kind == "teaching.changed":
            yield from self._why_not_taught(row, at)
        elif row.kind in ("course.planned", "run.fell_short"):
            yield from self._why_not_of_run(row, at)
        elif row.kind == "decision.opened":
            step = self.diary.steps[row.subject_id].at(at)
            yield from () if step.state == "open" else [f"is_{step.state}"]
            yield from ["too_late", "deadline_passed"] if step.due_at <= at else ()

    def _why_not_of_run(self, row: Message, at: datetime) -> Iterator[str]:
        run, name = self.diary.runs[row.subject_id].at(at), row.subject_id
        yield from () if run.state in ASKING else [f"run_is_{run.state}"]
        if row.kind == "course.planned":
            yield from ["enrollment_closed"] if run.closes_at <= at else ()
            return
        yield from ["run_began"] if run.starts_at and run.starts_at <= at else ()
        claims = [line.at(at) for _name, line in self.oracle.claims_of.get(name, ())]
        if sum(bool(one and one.state in HOLDING) for one in claims) >= run.minimum:
            yield "minimum_reached"

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

    def _is_dead(self, address: str, at: datetime) -> bool:
        died = [t for t, said in self.refusals[address] if "5.1.1" in said and t <= at]
        if not died:
            return False
        cleared = self.cleared.get(address.lower(), [])
        return bisect_right(cleared, at) == bisect_right(cleared, died[-1])

    def _is_unreachable(self, person: int, since: datetime, until: datetime) -> bool:
        """Whether a mail to somebody may not have arrived: refused, or nobody there any more."""
        address = self.diary.languages[person].of["email"]
        left = self.diary.left.get(person)
        return (
            bool(left and left <= until)
            or self._is_dead(address, until)
            or any(since <= at <= until for at, _said in self.refusals[address])
        )

    # --- The server's side ---------------------------------------------------------------------

    def _mails(self, rows: list[Message]) -> None:
        """Each message that calls itself sent lies in one mail, and each mail is one of ours."""
        sent = {str(row.public_id): row for row in rows if row.state == "sent"}
        taken = Counter(mail.message for mail in self.office.taken)
        digests = {(row.person_id, row.closed_at) for name, row in sent.items() if name in taken}
        for name, row in sent.items():
            in_another = row.in_digest and (row.person_id, row.closed_at) in digests
            if row.channel == "email" and not taken[name] and not in_another:
                self.missing.append(f"mail of {row.kind}")
        for name, number in taken.items():
            if name in self.office.window:
                self.counts["in the window: told again"] += number > 1
                self.counts["in the window: not told again"] += number == 1
            elif number > 1:
                self.twice.append(f"mail {name}")
            elif name not in sent:
                self.faults.append(f"mail of no message that was sent {name}")
        self.counts["mails"] = taken.total()


def told_of(row: Message) -> Told:
    """Which reminder the row is."""
    rule, revision, _moment = row.occurrence.split("/")
    moment = datetime.fromisoformat(row.facts["moment"])
    return Told(row.person_id, UUID(str(row.subject_id)), rule, int(revision), moment)


def moment_of(row: Message) -> datetime:
    """When it was decided upon."""
    assert row.closed_at is not None
    return row.closed_at
