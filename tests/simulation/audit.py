"""The end of a simulation: what had to be told beside what was told, and what the server took."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from academy.messages.models import Message
from tests.simulation.calendars import Calendars
from tests.simulation.diary import Diary
from tests.simulation.letters import Letters
from tests.simulation.oracle import Oracle
from tests.simulation.postal import BadDays
from tests.simulation.truths import Reach, Truths, told_of

# For what was sent: a mail may be under way when the address dies, and the entries of calendars are
# looked at one by one.
HARMLESS = {"dead_address", "calendar_is_current"}


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
        self.reach = Reach(self.diary, self.office, self.cleared)
        self.calendars = Calendars(
            self.diary, self.office, self.trainers, self.reach.may_have_missed,
            self.reach.has_missed,
        )  # fmt: skip
        runs = self.diary.runs.items()
        run_of = {meeting.id: name for name, line in runs for meeting in line.seen[0].meetings}
        self.truths = Truths(self.diary, self.oracle, self.reach, self.calendars, run_of)

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
        letters = self._letters().all()
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
            if self._is_made_good(*letter[:2]):
                self.counts["expected"] += 1
                self.counts["calendars told what a dead address had missed"] += 1
                continue
            known = self.twice if letter in letters else self.faults
            known.append(f"letter without cause {letter}")
        unknown = told.keys() - must - may
        self.faults += [f"reminder without cause {one}" for one in sorted(unknown, key=str)]

    def _is_made_good(self, person: int, kind: str) -> bool:
        """An address works again: what its calendar has missed; the end shows whether it had."""
        address = self.diary.languages[person].of["email"]
        return kind.startswith("calendar.") and address in self.cleared

    def _letters(self) -> Letters:
        oracle = self.oracle
        return Letters(self.diary, oracle.claims_of, oracle.heads, oracle.registrar)

    # --- What is told is true, what is not told has its reason ---------------------------------

    def _waiting(self, row: Message) -> None:
        self.faults.append(f"still waiting: {row.kind} {row.outcome}")

    def _failed(self, row: Message) -> None:
        said = {answer[:3] for _at, answer in self.reach.refusals[row.address]}
        self.counts[f"failed: {row.outcome}"] += 1
        if row.outcome.removeprefix("smtp_") not in said:
            self.faults.append(f"failed without a refusal: {row.kind} {row.outcome}")

    def _sent(self, row: Message) -> None:
        readings = self.diary.readings(moment_of(row))
        if why := set.intersection(*(self._why(row, at) for at in readings)) - HARMLESS:
            self.untrue.append(f"{row.kind} sent, though {sorted(why)}")
        spoken = {self.diary.languages[row.person_id].at(at) for at in readings}
        if row.channel == "email" and row.language not in spoken:
            self.untrue.append(f"{row.kind} in {row.language}")

    def _dropped(self, row: Message) -> None:
        self.counts[f"dropped: {row.outcome}"] += 1
        why = set.union(*(self._why(row, at) for at in self.diary.readings(moment_of(row))))
        if row.outcome not in why:
            self.faults.append(f"{row.kind} dropped as {row.outcome}, rather {sorted(why)}")

    def _why(self, row: Message, at: datetime) -> set[str]:
        return set(self.truths.why_untrue(row, at))

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


def moment_of(row: Message) -> datetime:
    """When it was decided upon."""
    assert row.closed_at is not None
    return row.closed_at
