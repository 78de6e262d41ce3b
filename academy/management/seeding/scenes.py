"""One run of the demo: planned, published, held, marked, finalised."""

from datetime import datetime, timedelta
from uuid import UUID

from academy.management.seeding.claims import Claim
from academy.management.seeding.stage import Stage, Story, Told, code_of
from academy.people.models import Person
from courses.catalogue.models import Course
from courses.planning.actions import RunPlan, SessionPlan, plan_run
from courses.planning.enums import EnrollmentMode
from courses.planning.models import Venue
from enrollment.attendance.actions import MarkDraft, record_marks
from enrollment.attendance.enums import MarkStatus
from enrollment.attendance.outcomes import record_test_result
from enrollment.requests import run_actions, run_changes
from enrollment.seats.enums import HOLDING
from enrollment.seats.models import Enrollment

PLANNED_BEFORE = timedelta(days=5)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


class Scene:
    """One run of the demo and everybody in it."""

    def __init__(self, told: Told, stage: Stage) -> None:
        self.story = Story(told, stage)
        self.told, self.stage = told, stage
        self.opens = stage.days.at(told["enrollment_opens_day"], "00:00")
        self.planned_at = min(self.opens, stage.now) - PLANNED_BEFORE
        self.sessions = self._sessions(told["sessions"])
        self.first_sessions = self._first_sessions()

    def _sessions(self, told: list[Told]) -> list[SessionPlan]:
        return [
            SessionPlan(
                self.stage.now + item["from_now_minutes"] * MINUTE
                if "from_now_minutes" in item
                else self.stage.days.at(item["day"], item["start"]),
                item["minutes"],
            )
            for item in told
        ]

    def _first_sessions(self) -> list[SessionPlan]:
        """The times that were planned at first, where the run is moved or postponed later."""
        if not (moved := self.told.get("moved")):
            return self.sessions
        first = self.stage.days.at(moved["from_day"], "09:30")
        return [SessionPlan(first, 180), SessionPlan(first + timedelta(hours=4.5), 180)]

    @property
    def busy(self) -> list[tuple[datetime, datetime]]:
        plans = {*self.sessions, *self.first_sessions}
        return [(plan.starts_at, end_of(plan)) for plan in plans]

    def write(self) -> None:
        """Put everything that happens in this run on the stage."""
        self.story.then(self.planned_at, self._plan, "planned")
        if self.told["state"] == "draft":
            return
        self.story.then(self.planned_at + HOUR, self._publish, "published")
        for item in self.told["enrollments"]:
            self._write_claims(item)
        self._write_states()
        self._write_marks()

    def _plan(self, at: datetime) -> None:
        told, days = self.told, self.stage.days
        starts = self.first_sessions[0].starts_at
        course = Course.objects.select_related("current__format").get(code=told["course"])
        closes = days.end_of(told["enrollment_closes_day"])
        until = told["withdraw_until_day"]
        decide = told["decision_day"]
        plan = RunPlan(
            code=code_of(told),
            course=course,
            language=told["language"],
            time_zone=days.zone.key,
            sessions=self.first_sessions,
            enrollment_opens_at=self.opens,
            enrollment_closes_at=min(closes, starts),
            capacity=told["capacity"],
            minimum_size=told["min_size"] or 0,
            mode=EnrollmentMode(told["mode"]),
            withdraw_until=None if until is None else min(days.end_of(until), starts),
            decide_by=None if decide is None else days.end_of(decide),
            offer_hours=told["offer_hours"] // 3,  # told in hours of the clock
            venue=Venue.objects.filter(code=told["venue"]).first(),
            link=told["link"],
            trainers=[self._trainer(name) for name in told["trainers"]],
        )
        self.story.run = plan_run(plan=plan, actor=self.stage.actor, at=at)

    def _trainer(self, name: str) -> int:
        if name in self.stage.cast.named:
            return self.stage.cast.named[name].pk
        return Person.objects.get(external_id=name).pk

    def _publish(self, at: datetime) -> None:
        run_actions.publish_run(run=self.story.run_id, actor=self.stage.actor, at=at)

    def _write_states(self) -> None:
        told, days = self.told, self.stage.days
        state, decision = told["state"], told["decision_day"]
        starts, ends = self.first_sessions[0].starts_at, end_of(self.first_sessions[-1])
        if state == "cancelled":
            self.story.then(days.at(decision, "16:00"), self._cancel, "cancelled")
            return
        if state == "postponed":
            self.story.then(days.at(-1, "16:00"), self._postpone, "postponed")
            return
        if self.story.is_moved:
            self.story.then(self.story.moved_at, self._move, "moved")
        if decision is not None and state != "published" and days.at(decision, "16:00") < starts:
            self.story.then(days.at(decision, "16:00"), self._go_ahead, "going ahead")
        if state in ("running", "finished", "finalised"):
            self.story.then(starts, self._start, "started")
        if state in ("finished", "finalised"):
            self.story.then(ends, self._finish, "finished")
        if state == "finalised":
            self.story.then(ends + timedelta(days=2), self._finalise, "finalised")

    def _cancel(self, at: datetime) -> None:
        run_changes.cancel_run(
            run=self.story.run_id, reason=self.told["reason"], actor=self.stage.actor, at=at
        )

    def _postpone(self, at: datetime) -> None:
        run_changes.postpone_run(
            run=self.story.run_id, reason=self.told["reason"], actor=self.stage.actor, at=at
        )

    def _move(self, at: datetime) -> None:
        run_changes.move_run(
            run=self.story.run_id, sessions=self.sessions, actor=self.stage.actor, at=at
        )

    def _go_ahead(self, at: datetime) -> None:
        run_actions.go_ahead(run=self.story.run_id, actor=self.stage.actor, at=at)

    def _start(self, at: datetime) -> None:
        run_actions.start_run(run=self.story.run_id, actor=self.stage.actor, at=at)

    def _finish(self, at: datetime) -> None:
        run_actions.finish_run(run=self.story.run_id, actor=self.stage.actor, at=at)

    def _finalise(self, at: datetime) -> None:
        run_actions.finalise_run(run=self.story.run_id, actor=self.stage.actor, at=at)

    # --- People ---------------------------------------------------------------------------------

    def _write_claims(self, item: Told) -> None:
        if "account" in item:
            people = [self.stage.cast.named_person(item["account"], self.busy)]
        else:
            wanted = item["people"]
            people = self.stage.cast.people(
                wanted["audience"], wanted["count"], wanted["court"], self.busy
            )
        asked = self.stage.days.at(item["asked_day"])
        for number, person in enumerate(people):
            Claim(self.story, person, item, asked + 7 * number * MINUTE).write()

    def _write_marks(self) -> None:
        for number, told in enumerate(self.told["sessions"]):
            if told.get("marked"):
                ends = end_of(self.sessions[number])

                def mark(at: datetime, number: int = number) -> None:
                    self._mark(number, at)

                self.story.then(ends + 10 * MINUTE, mark, f"session {number + 1} marked")
        if self.told["state"] in ("finished", "finalised"):
            self.story.then(end_of(self.sessions[-1]) + HOUR, self._tests, "tests")

    def _seated(self) -> list[tuple[UUID, Told]]:
        seated = set(
            Enrollment.objects.filter(run=self.story.run, state__in=HOLDING).values_list(
                "pk", flat=True
            )
        )
        return [found for pk, found in self.story.enrollments.items() if pk in seated]

    def _mark(self, number: int, at: datetime) -> None:
        if self.story.run is None:
            return
        drafts = [
            _draft(enrollment, told, self.sessions, number) for enrollment, told in self._seated()
        ]
        session = self.story.run.sessions.get(number=number + 1)
        if drafts:
            record_marks(session=session.public_id, marks=drafts, actor=self.stage.actor, at=at)

    def _tests(self, at: datetime) -> None:
        if self.story.run is None or not self.story.run.version.test_required:
            return
        for enrollment, told in self._seated():
            if told.get("test_passed") is not None:
                record_test_result(
                    enrollment=enrollment,
                    passed=told["test_passed"],
                    actor=self.stage.actor,
                    at=at,
                )


def end_of(plan: SessionPlan) -> datetime:
    """When a session ends."""
    return plan.starts_at + (plan.length or timedelta(minutes=plan.minutes))


def _draft(enrollment: UUID, told: Told, sessions: list[SessionPlan], number: int) -> MarkDraft:
    """What the sheet says: people attend from the beginning until their share is used up."""
    share = told.get("attended_share", 1.0)
    total = sum(plan.minutes for plan in sessions)
    before = sum(plan.minutes for plan in sessions[:number])
    minutes = min(sessions[number].minutes, max(0, round(share * total) - before))
    if minutes == sessions[number].minutes:
        return MarkDraft(enrollment, MarkStatus.PRESENT)
    if minutes:
        return MarkDraft(enrollment, MarkStatus.LEFT, minutes)
    is_excused = told.get("outcome") == "excused"
    return MarkDraft(enrollment, MarkStatus.EXCUSED if is_excused else MarkStatus.ABSENT)
