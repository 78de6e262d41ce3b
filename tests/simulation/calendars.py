"""What people's calendars were told, read out of the mails, beside what was true at each moment."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from icalendar import Calendar

from tests.simulation.diary import Diary, Line, Standing
from tests.simulation.postal import BadDays, Delivered

NOT_HELD = ("draft", "postponed", "cancelled")
SHOWN_AS = {"confirmed": "CONFIRMED", "closed": "CONFIRMED", "reconfirm": "TENTATIVE"}
SOON = timedelta(hours=12)  # by then a letter has been on somebody's table
FEW_BEATS = 3  # a change so shortly before a session is over may have found no mail in time


class Shown(NamedTuple):
    """How one session stands in one calendar; without a status it is not there."""

    status: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None


NOWHERE = Shown("")


class Told(NamedTuple):
    """One entry as a mail brought it."""

    at: datetime
    sequence: int
    shown: Shown


@dataclass(frozen=True)
class Place:
    """One session in the calendar of one person, as a participant or as the trainer."""

    person: int
    subject: UUID  # the enrolment, or the run
    session: UUID
    run: Line
    claim: Line | None

    def shown(self, t: datetime) -> Shown:
        """How it stood at that moment."""
        run, claim = self.run.at(t), self.claim.at(t) if self.claim else None
        if run is None or run.state in NOT_HELD or (self.claim and claim is None):
            return NOWHERE
        held = next(one for one in run.meetings if one.id == self.session)
        status = SHOWN_AS.get(claim.state, "") if claim else "CONFIRMED"
        if held.is_cancelled or not status:
            return NOWHERE
        return Shown(status, held.starts_at, held.ends_at)

    def ends_at(self) -> datetime:
        """The end of the session, by its last dates."""
        last: Standing = self.run.seen[-1]
        return next(one.ends_at for one in last.meetings if one.id == self.session)

    def first_shown(self) -> datetime:
        """The moment since which there was something to tell."""
        times: list[datetime] = sorted({*self.run.times, *(self.claim.times if self.claim else ())})
        return next((t for t in times if self.shown(t) != NOWHERE), times[-1])

    def changes(self, after: datetime, until: datetime) -> list[datetime]:
        """When something about it changed in that time."""
        noted = {*self.run.times, *(self.claim.times if self.claim else ())}
        return sorted(t for t in noted if after < t <= until)

    def last_change(self, before: datetime) -> datetime:
        """The moment since which it stood as it did in the end."""
        noted = {*self.run.times, *(self.claim.times if self.claim else ())}
        times: list[datetime] = sorted(t for t in noted if t <= before)
        final = self.shown(before)
        for place in range(len(times) - 1, 0, -1):
            if self.shown(times[place - 1]) != final:
                return times[place]
        return times[0]


@dataclass
class Calendars:
    """Everything that the mails brought, by the name of the entry."""

    diary: Diary
    office: BadDays
    trainers: Mapping[int, UUID]  # inner key, public one
    may_have_missed: Callable[[int, datetime, datetime], bool]  # a person, in that time
    has_missed: Callable[[int, datetime, datetime], bool]
    counts: Counter[str] = field(default_factory=Counter)
    untrue: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.places = {str(uid): place for uid, place in self._places()}
        self.uids_of: dict[tuple[int, UUID], list[str]] = {}
        for uid, place in self.places.items():
            self.uids_of.setdefault((place.person, place.subject), []).append(uid)
        self.told: dict[str, list[Told]] = {}
        for mail in self.office.taken:
            for uid, told in entries(mail):
                self.told.setdefault(uid, []).append(told)

    def _places(self) -> Iterator[tuple[UUID, Place]]:
        """One name for one enrolment, or trainer, and session: for life."""
        for name, claim in self.diary.claims.items():
            run = self.diary.runs[claim.of["run"]]
            for meeting in run.seen[0].meetings:
                place = Place(claim.of["person"], name, meeting.id, run, claim)
                yield uuid5(name, meeting.id.hex), place
        for name, run in self.diary.runs.items():
            for person in run.of["trainers"]:
                for meeting in run.seen[0].meetings:
                    uid = uuid5(self.trainers[person], meeting.id.hex)
                    yield uid, Place(person, name, meeting.id, run, None)

    def run(self) -> None:
        """Each entry on its way, and where it ended."""
        self.faults += [f"entry of nobody {uid}" for uid in self.told.keys() - self.places.keys()]
        for uid, place in self.places.items():
            self._on_its_way(place, self.told.get(uid, []))
            self._at_the_end(place, self.told.get(uid, []))

    def _on_its_way(self, place: Place, told: list[Told]) -> None:
        """True when it was told; another version under a greater number; no end first."""
        before: Told | None = None
        for one in told:
            self.counts["calendar entries told"] += 1
            self.counts["calendar entries cancelled"] += one.shown == NOWHERE
            if one.shown != place.shown(one.at):
                self.untrue.append(f"calendar {place.subject} {one} not {place.shown(one.at)}")
            if before is None and one.shown == NOWHERE and not self._may_have_missed(place, one.at):
                self.faults.append(f"calendar {place.subject} cancelled, never asked")
            if before and not self._follows(place, before, one):
                self.faults.append(f"calendar {place.subject} {before} then {one}")
            before = one

    def _follows(self, place: Place, before: Told, one: Told) -> bool:
        """The same again under its number, or another under a greater one; some may be lost."""
        if one.shown != before.shown:
            return one.sequence > before.sequence
        is_back = one.sequence > before.sequence + 1
        return one.sequence == before.sequence or (
            is_back
            and (
                self.may_have_missed(place.person, before.at, one.at)
                or self._was_only_noted_down(place, before.at, one.at)
            )
        )

    def _was_only_noted_down(self, place: Place, after: datetime, until: datetime) -> bool:
        """A worker died soon after a change, who had noted down that it told it, and had not."""
        return any(
            change <= died <= change + SOON
            for change in place.changes(after, until)
            for died in self.office.deaths
        )

    def _may_have_missed(self, place: Place, at: datetime) -> bool:
        """Refused, or a worker died who had noted down that it told this, and had not."""
        beats = self.diary.beats
        first = bisect_left(beats, place.first_shown())
        died = first < len(beats) and beats[first] in self.office.deaths
        return died or self.may_have_missed(place.person, beats[0], at)

    def _at_the_end(self, place: Place, told: list[Told]) -> None:
        """What it shows is how things stand, unless nobody could be told any more."""
        until = min(place.ends_at(), self.diary.beats[-1])
        final, shown = place.shown(until), told[-1].shown if told else NOWHERE
        if shown == final:
            self.counts["calendars that show what is true"] += bool(told)
            return
        changed, beats = place.last_change(until), self.diary.beats
        soon = bisect_right(beats, changed) + FEW_BEATS - 1
        is_over = until if shown.ends_at is None else min(until, shown.ends_at)
        if soon >= len(beats) or beats[soon] > is_over:
            self.counts["calendars changed too late to be told"] += 1
        elif self.has_missed(place.person, changed, until):
            self.counts["calendars of nobody who can be reached"] += 1
        else:
            self.missing.append(f"calendar {place.subject} shows {shown}, true is {final}")

    def is_current(self, person: int, subject: UUID, at: datetime) -> bool:
        """Whether there was nothing new to tell, as far as this person could be told before."""
        for uid in self.uids_of.get((person, subject), ()):
            place = self.places[uid]
            told = [one for one in self.told.get(uid, ()) if one.at <= at]
            shown = told[-1].shown if told else NOWHERE
            if place.ends_at() > at and shown != place.shown(at):
                # A worker that dies has dropped what one of the letters on its table would tell.
                return at in self.office.deaths or self._may_have_missed(place, at)
        return True


def entries(mail: Delivered) -> Iterator[tuple[str, Told]]:
    """What a mail says to the calendar: names, and how things stand."""
    for file in mail.files:
        calendar: Any = Calendar.from_ical(file)
        for event in calendar.events:
            told = NOWHERE
            if calendar["METHOD"] == "REQUEST":
                times = [event.decoded(name).astimezone(UTC) for name in ("DTSTART", "DTEND")]
                told = Shown(str(event["STATUS"]), *times)
            yield str(event["UID"]), Told(mail.at, int(event["SEQUENCE"]), told)
