"""A small judiciary that lives by the dice: what people and registrars do, hour by hour."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from uuid import UUID

from academy.access.enums import Role
from academy.access.models import RoleGrant
from academy.core import clock
from academy.core.errors import Refused
from academy.courts.models import CalendarDay, Court, Position
from academy.messages.actions import revive
from academy.messages.models import DeadAddress
from academy.people.actions import person_left
from academy.people.models import Appointment, Person
from courses.planning import interests
from courses.planning.actions import RunPlan, SessionPlan, plan_run
from courses.planning.enums import EnrollmentMode, NoAnswer
from courses.planning.models import Run
from enrollment.attendance.actions import MarkDraft, record_marks
from enrollment.attendance.enums import MarkStatus
from enrollment.requests import actions, run_actions
from tests import factories
from tests.factories import ACTOR
from tests.simulation.diary import Diary, Line

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ZONES = ("Asia/Almaty", "Asia/Dubai")
LANGUAGES = ("kk", "ru", "en")
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


@dataclass
class World:
    """Courts on two clocks, their people, and the runs of a plan."""

    dice: Random
    diary: Diary
    people: int
    runs: int
    begins: datetime
    length: timedelta
    lead: timedelta  # how long before the plan says so a run is published
    done: dict[str, int] = field(default_factory=dict)
    cleared: dict[str, list[datetime]] = field(default_factory=dict)
    refused: int = 0

    def __post_init__(self) -> None:
        self.courts = [factories.court(parent=factories.court()) for _ in ZONES * 2]
        for court, zone in zip(self.courts, ZONES * 2, strict=True):
            court.time_zone = zone
            court.save()
        self._holidays()
        self.trainees = [self._person(self.dice.choice(self.courts)) for _ in range(self.people)]
        self.staff()
        self.courses = [factories.course() for _ in range(max(2, self.runs // 8))]
        first, last = self.begins + self.lead, self.begins + self.length - 2 * DAY
        starts = [first + (last - first) * self.dice.random() for _ in range(self.runs)]
        self.plan = sorted(starts, reverse=True)
        self.marking: list[tuple[datetime, int, int]] = []

    def _holidays(self) -> None:
        for place in range(0, self.length.days, 9):
            day = (self.begins + place * DAY).date()
            kind = "worked" if day.weekday() == 5 else "off"
            CalendarDay.objects.create(date=day, kind=kind, names={"en": "By decree"})

    def _person(self, court: Court, post: Position | None = None) -> Person:
        made = factories.person(court, post=post, language=self.dice.choice(LANGUAGES))
        self.diary.languages[made.pk] = Line({"email": made.email})
        self.diary.languages[made.pk].note(self.begins, made.language)
        return made

    def staff(self) -> None:
        """Trainers, a registrar, and for each court its head and its coordinator."""
        head = factories.position("head", is_head=True)
        self.heads = {court.pk: self._person(court, head) for court in self.courts}
        self.coordinators = {court.pk: self._person(court) for court in self.courts}
        self.registrar = self._person(self.courts[0])
        self.trainers = [self._person(self.courts[1]) for _ in range(max(3, self.runs // 3))]
        for court in self.courts:
            account = factories.account(of=self.coordinators[court.pk])
            RoleGrant.objects.create(account=account, role=Role.COORDINATOR, court=court)
        self.account = factories.account(of=self.registrar, role=Role.REGISTRAR).pk
        accounts = [*self.coordinators.values(), self.registrar]
        for one in accounts:  # an account's own language comes first
            self.diary.languages[one.pk].seen[0] = "en"

    def places(self) -> dict[int, int]:
        """Where everybody serves: person, court."""
        return dict(Appointment.objects.values_list("person_id", "court_id"))

    # --- What happens --------------------------------------------------------------------------

    def acts(self, now: datetime, until: datetime) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """What will happen until then, each at its own moment."""
        while self.plan and self.plan[-1] - self.lead <= until:
            start = self.plan.pop()
            yield max(now, start - self.lead), partial(self.publish, start)
        for due in [one for one in self.marking if one[0] <= until]:
            self.marking.remove(due)
            yield max(now, due[0]), partial(self.mark, *due[1:])
        for _ in range(self.dice.choices((0, 1, 2, 3), (30, 40, 20, 10))[0]):
            name = self.dice.choices(list(OFTEN), list(OFTEN.values()))[0]
            yield now + (until - now) * self.dice.random(), getattr(self, name)

    def do(self, act: Callable[[], None]) -> None:
        """One of them; the service may refuse it, as it would a person."""
        name = (act.func if isinstance(act, partial) else act).__name__
        try:
            act()
            self.done[name] = self.done.get(name, 0) + 1
        except Refused:
            self.refused += 1

    @property
    def now(self) -> datetime:
        return clock.now()

    def publish(self, start: datetime) -> None:
        """A run comes before the public, or is published too late for some of its reminders."""
        begins = start.replace(minute=0, second=0, microsecond=0)
        if begins - DAY <= self.now:
            return
        trainer = self.dice.choice(self.trainers)
        closes = begins - self.dice.choice([1, 2]) * DAY
        opens = self.now + self.dice.choice([-1, 0, 1]) * DAY
        mode = self.dice.choice([EnrollmentMode.OPEN] * 3 + [EnrollmentMode.APPROVAL])
        run = plan_run(
            plan=RunPlan(
                code=f"RUN-{factories.number()}",
                course=self.dice.choice(self.courses),
                language="kk",
                time_zone=self.dice.choice(ZONES),
                sessions=self.meetings(begins, self.dice.choice([1, 2, 3])),
                enrollment_opens_at=min(opens, closes - HOUR),
                enrollment_closes_at=closes,
                capacity=self.dice.choice([3, 5, 8]),
                minimum_size=self.dice.choice([0, 3]),
                decide_by=self.dice.choice([None, closes]),
                mode=mode,
                auto_accept=self.dice.random() < 0.4,
                trainers=[trainer.pk],
            ),
            actor=ACTOR,
        )
        self.diary.follow(run, [trainer.pk])
        run_actions.publish_run(run=run.public_id, actor=ACTOR)
        self.expect_marks(run.pk)

    def meetings(self, begins: datetime, number: int) -> list[SessionPlan]:
        return [
            SessionPlan(begins + day * DAY, 90, length=100 * HOUR / 60) for day in range(number)
        ]

    def expect_marks(self, run: int) -> None:
        """The trainer marks a session some hours after it, or days too late."""
        self.marking = [one for one in self.marking if one[1] != run]
        for session in Run.objects.get(pk=run).sessions.filter(is_cancelled=False):
            later = self.dice.choice([1, 2, 30, 120]) * HOUR
            self.marking.append((session.period.upper + later, run, session.pk))

    def mark(self, run: int, session: int) -> None:
        row = Run.objects.get(pk=run)
        meeting = row.sessions.get(pk=session)
        claims = row.enrollments.filter(state="confirmed").values_list("public_id", flat=True)
        status = [MarkStatus.PRESENT] * 5 + [MarkStatus.ABSENT]
        marks = [MarkDraft(claim, self.dice.choice(status)) for claim in claims]
        if row.state in ("running", "finished"):
            record_marks(session=meeting.public_id, marks=marks, actor=ACTOR)
            self.diary.note_marks(meeting.public_id, self.now)
        if row.state == "finished" and not any(one[1] == run for one in self.marking):
            run_actions.finalise_run(run=row.public_id, actor=ACTOR)

    def one_run(self, *states: str) -> UUID | None:
        found = [
            name
            for name in self.diary.alive.values()
            if (line := self.diary.runs[name]).seen and line.seen[-1].state in states
        ]
        return self.dice.choice(found) if found else None

    def one_claim(self, *states: str) -> UUID | None:
        alive = set(self.diary.alive.values())
        found = [
            name
            for name, line in self.diary.claims.items()
            if line.seen[-1].state in states and line.of["run"] in alive
        ]
        return self.dice.choice(found) if found else None

    def ask(self) -> None:
        if run := self.one_run("published", "going_ahead"):
            person = self.dice.choice(self.trainees).pk
            actions.enroll(run=run, person=person, actor=ACTOR)

    def answer(self) -> None:
        if claim := self.one_claim("offered", "reconfirm"):
            state = self.diary.claims[claim].seen[-1].state
            yes = actions.accept if state == "offered" else actions.confirm
            act = yes if self.dice.random() < 0.7 else actions.decline
            act(enrollment=claim, actor=ACTOR)

    def withdraw(self) -> None:
        if claim := self.one_claim("confirmed", "waitlisted", "requested"):
            actions.withdraw(enrollment=claim, reason="hearing", actor=ACTOR)

    def decide(self) -> None:
        found = [name for name, line in self.diary.steps.items() if line.seen[-1].state == "open"]
        if found:
            actions.decide(
                decision=self.dice.choice(found),
                yes=self.dice.random() < 0.7,
                reason="workload",
                account=self.account,
                actor=ACTOR,
            )

    def move(self) -> None:
        run = self.one_run("published", "going_ahead", "postponed")
        if run is None:
            return
        standing = self.diary.runs[run].seen[-1]
        ahead = self.dice.choice([4, 7, 12]) * DAY
        begins = (self.now + ahead).replace(minute=0, second=0, microsecond=0)
        run_actions.move_run(
            run=run,
            sessions=self.meetings(begins, len(standing.meetings)),
            no_answer=self.dice.choice(list(NoAnswer)),
            actor=ACTOR,
        )
        self.expect_marks(self.diary.runs[run].of["pk"])

    def postpone(self) -> None:
        if run := self.one_run("published", "going_ahead"):
            run_actions.postpone_run(run=run, reason="venue", actor=ACTOR)

    def cancel(self) -> None:
        if run := self.one_run("published", "going_ahead", "postponed"):
            run_actions.cancel_run(run=run, reason="venue", actor=ACTOR)

    def capacity(self) -> None:
        if run := self.one_run("published", "going_ahead"):
            run_actions.change_capacity(run=run, capacity=self.dice.randint(2, 9), actor=ACTOR)

    def wish(self) -> None:
        course, person = self.dice.choice(self.courses), self.dice.choice(self.trainees).pk
        interests.tell_me(course=course, person=person, actor=ACTOR)
        self.diary.wishes.append((self.now, course.pk, person))

    def leave(self) -> None:
        if len(self.trainees) > self.people * 2 // 3:
            person = self.trainees.pop(self.dice.randrange(len(self.trainees)))
            day: date = self.now.date()
            person_left(person=person.public_id, left_on=day, actor=ACTOR)
            self.diary.left[person.pk] = day

    def speak(self) -> None:
        """Somebody wants to be written to in another language."""
        person, language = self.dice.choice(self.trainees), self.dice.choice(LANGUAGES)
        Person.objects.filter(pk=person.pk).update(language=language)
        self.diary.languages[person.pk].note(self.now, language)

    def repair(self) -> None:
        """The coordinator has found out that an address works, after all."""
        if grave := DeadAddress.objects.order_by("pk").first():
            revive(address=grave.address, actor=ACTOR)
            self.cleared.setdefault(grave.address, []).append(self.now)
