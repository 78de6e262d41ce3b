"""What people and registrars do in a simulated judiciary, through the service's own actions."""

from datetime import datetime
from uuid import UUID

from academy.messages.address_actions import revive
from academy.messages.models import DeadAddress
from academy.people.actions import person_left
from academy.people.models import Person
from courses.planning import interests
from courses.planning.actions import RunPlan, SessionPlan, plan_run
from courses.planning.enums import EnrollmentMode, NoAnswer
from enrollment.attendance.actions import MarkDraft, record_marks
from enrollment.attendance.enums import MarkStatus
from enrollment.requests import actions, run_actions, run_changes
from tests import factories
from tests.factories import ACTOR
from tests.simulation.nation import LANGUAGES, ZONES
from tests.simulation.world import DAY, HOUR, Runs, World


class Deeds(World):
    """Each says which runs it touched; nothing at all when there was nothing to do."""

    def publish(self, start: datetime) -> Runs:
        """A run comes before the public, or is published too late for some of its reminders."""
        begins = start.replace(minute=0, second=0, microsecond=0)
        if begins - DAY <= self.now:
            return None
        trainer = self.dice.choice(self.nation.trainers)
        closes = begins - self.dice.choice([1, 2]) * DAY
        opens = self.now + self.dice.choice([-1, 0, 1]) * DAY
        mode = self.dice.choice([EnrollmentMode.OPEN] * 3 + [EnrollmentMode.APPROVAL])
        run = plan_run(
            plan=RunPlan(
                code=f"RUN-{factories.number()}",
                course=self.dice.choice(self.nation.courses),
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
        run_actions.publish_run(run=run.public_id, actor=ACTOR)
        self.diary.follow(run, [trainer.pk])
        return [run.public_id]

    def meetings(self, begins: datetime, number: int) -> list[SessionPlan]:
        return [
            SessionPlan(begins + day * DAY, 90, length=100 * HOUR / 60) for day in range(number)
        ]

    def mark(self, run: UUID, meeting: UUID) -> Runs:
        """Who came; after the last session the run is finalised."""
        state = self.diary.runs[run].seen[-1].state
        if state not in ("running", "finished"):
            return None
        claims = [
            name
            for name in self.diary.claims_of[run]
            if self.diary.claims[name].seen[-1].state == "confirmed"
        ]
        status = [MarkStatus.PRESENT] * 5 + [MarkStatus.ABSENT]
        marks = [MarkDraft(claim, self.dice.choice(status)) for claim in claims]
        record_marks(session=meeting, marks=marks, actor=ACTOR)
        self.diary.note_marks(meeting, self.now)
        if state == "finished" and not any(one[1] == run for one in self.marking):
            run_actions.finalise_run(run=run, actor=ACTOR)
        return [run]

    def ask(self) -> Runs:
        """Somebody wants a place, now and then before or after one may ask for it."""
        late = self.dice.random() < 0.05
        run = self.one_of(
            (name, at)
            for name, at in self.standing()
            if at.state in ("published", "going_ahead")
            and (late or at.opens_at <= self.now < at.closes_at)
        )
        if run is None:
            return None
        actions.enroll(run=run, person=self.dice.choice(self.trainees).pk, actor=ACTOR)
        return [run]

    def answer(self) -> Runs:
        """Somebody says yes or no to an offer, or to "still coming?"."""
        claim = self.diary.draw(self.dice, "offered", "reconfirm")
        if claim is None:
            return None
        state = self.diary.claims[claim].seen[-1].state
        yes = actions.accept if state == "offered" else actions.confirm
        act = yes if self.dice.random() < 0.7 else actions.decline
        act(enrollment=claim, actor=ACTOR)
        return [self.run_of(claim)]

    def withdraw(self) -> Runs:
        """Somebody gives up a place, or the hope for one."""
        claim = self.diary.draw(self.dice, "confirmed", "waitlisted", "requested")
        if claim is None:
            return None
        actions.withdraw(enrollment=claim, reason="hearing", actor=ACTOR)
        return [self.run_of(claim)]

    def decide(self) -> Runs:
        """The academy says yes or no."""
        steps = self.diary.open_steps.names
        if not steps:
            return None
        step = self.dice.choice(steps)
        actions.decide(
            decision=step,
            yes=self.dice.random() < 0.7,
            reason="workload",
            account=self.nation.account,
            actor=ACTOR,
        )
        return [self.run_of(self.diary.steps[step].of["enrollment"])]

    def move(self) -> Runs:
        """Other dates; they may be the next days."""
        run = self.one_run("published", "going_ahead", "postponed")
        if run is None:
            return None
        standing = self.diary.runs[run].seen[-1]
        ahead = self.dice.choice([4, 7, 12]) * DAY
        begins = (self.now + ahead).replace(minute=0, second=0, microsecond=0)
        run_changes.move_run(
            run=run,
            sessions=self.meetings(begins, len(standing.meetings)),
            no_answer=self.dice.choice(list(NoAnswer)),
            actor=ACTOR,
        )
        return [run]

    def postpone(self) -> Runs:
        """No dates any more, for the time being."""
        if run := self.one_run("published", "going_ahead"):
            run_changes.postpone_run(run=run, reason="venue", actor=ACTOR)
            return [run]
        return None

    def cancel(self) -> Runs:
        """It does not take place."""
        if run := self.one_run("published", "going_ahead", "postponed"):
            run_changes.cancel_run(run=run, reason="venue", actor=ACTOR)
            return [run]
        return None

    def capacity(self) -> Runs:
        """More seats, or fewer."""
        if run := self.one_run("published", "going_ahead"):
            run_changes.change_capacity(run=run, capacity=self.dice.randint(2, 9), actor=ACTOR)
            return [run]
        return None

    def wish(self) -> Runs:
        """Somebody wants to hear of the next run of a course."""
        course, person = self.dice.choice(self.nation.courses), self.dice.choice(self.trainees).pk
        interests.tell_me(course=course, person=person, actor=ACTOR)
        self.diary.wishes.append((self.now, course.pk, person))
        return []

    def leave(self) -> Runs:
        """Somebody leaves the service of the state."""
        if len(self.diary.left) >= self.most_leavers:
            return None
        person = self.trainees.pop(self.dice.randrange(len(self.trainees)))
        person_left(person=person.public_id, left_on=self.now.date(), actor=ACTOR)
        self.diary.left[person.pk] = self.now
        return []

    def speak(self) -> Runs:
        """Somebody wants to be written to in another language."""
        person, language = self.dice.choice(self.trainees), self.dice.choice(LANGUAGES)
        Person.objects.filter(pk=person.pk).update(language=language)
        self.diary.languages[person.pk].note(self.now, language)
        return []

    def repair(self) -> Runs:
        """The coordinator has found out that an address works, after all."""
        if grave := DeadAddress.objects.order_by("pk").first():
            revive(address=grave.address, actor=ACTOR)
            self.cleared.setdefault(grave.address, []).append(self.now)
            return []
        return None
