"""One person's way through one run of the demo."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from academy.accounts.models import Account
from academy.core.errors import Refused
from academy.management.seeding.stage import Story, Told
from academy.people.models import Person
from enrollment.decisions.enums import StepState
from enrollment.decisions.models import Decision
from enrollment.requests import actions, run_changes, timers
from enrollment.seats.enums import HOLDING
from enrollment.seats.models import Enrollment

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


class Claim:
    """One person's way through a run of the demo."""

    def __init__(self, story: Story, person: Person, told: Told, asked: datetime) -> None:
        self.story, self.person, self.told, self.asked = story, person, told, asked
        self.stage = story.stage
        self.enrollment: Enrollment | None = None
        self.needs_consent = story.told["mode"] == "approval"

    @property
    def public_id(self) -> UUID:
        if self.enrollment is None:
            raise Refused("not_enrolled", "The person has no place.")
        return self.enrollment.public_id

    def write(self) -> None:
        """Put this person's steps on the stage."""
        state = self.told["state"]
        if state == "expired":
            self._write_lapsed_offer()
            return
        self._then(self.asked, self._ask, "asks")
        if self.needs_consent and state != "requested":
            answer = self._refuse if state == "rejected" else self._consent
            self._then(self.asked + timedelta(hours=22), answer, "is decided on")
        if state in ("withdrawn", "transferred"):
            self._then(self._left_at(), self._withdraw, "withdraws")
        if self.story.is_moved and state == "confirmed":
            self._then(self.story.moved_at + 20 * HOUR, self._confirm, "confirms again")

    def _then(self, at: datetime, act: Callable[[datetime], object], what: str) -> None:
        self.story.then(at, act, f"{self.person.external_id} {what}")

    def _left_at(self) -> datetime:
        """When the person withdraws: late, after a move, to free an offered seat, or in time."""
        days, told = self.stage.days, self.story.told
        if self.told.get("late"):
            return days.at(told["withdraw_until_day"] + 1, "11:00")
        if self.told.get("reason") == "new_dates_unsuitable":
            return self.story.moved_at + 26 * HOUR
        for other in told["enrollments"]:
            if other["state"] == "offered":
                hours: int = told["offer_hours"] - other["due_in_hours"]
                return self.stage.now - hours * HOUR
        return self.asked + timedelta(days=2)

    def _ask(self, at: datetime) -> None:
        self.enrollment = actions.enroll(
            run=self.story.run_id, person=self.person.pk, actor=self.stage.actor, at=at
        )
        self.story.enrollments[self.enrollment.pk] = (self.enrollment.public_id, self.told)

    def _consent(self, at: datetime) -> None:
        self._decide(at, yes=True)

    def _refuse(self, at: datetime) -> None:
        self._decide(at, yes=False, reason=self.told["reason"])

    def _decide(self, at: datetime, *, yes: bool, reason: str = "") -> None:
        for step in Decision.objects.filter(enrollment=self.enrollment, state=StepState.OPEN):
            head = Account.objects.filter(
                person__appointments__court=step.court,
                person__appointments__position__is_head=True,
            ).first()
            actions.decide(
                decision=step.public_id,
                yes=yes,
                account=head.pk if head else None,
                actor=self.stage.actor,
                reason=reason,
                at=at,
            )

    def _withdraw(self, at: datetime) -> None:
        actions.withdraw(
            enrollment=self.public_id,
            actor=self.stage.actor,
            reason=self.told.get("reason", "own_reasons"),
            at=at,
        )

    def _confirm(self, at: datetime) -> None:
        actions.confirm(enrollment=self.public_id, actor=self.stage.actor, at=at)

    def _write_lapsed_offer(self) -> None:
        """An offer that nobody answered: the run is full for an hour, then a seat comes free."""
        offered = self.asked + timedelta(hours=23)
        lapsed = offered + self.story.told["offer_hours"] * HOUR + 2 * MINUTE
        self._then(self.asked, self._fill, "finds it full")
        self._then(self.asked + MINUTE, self._ask, "asks")
        if self.needs_consent:
            self._then(offered - HOUR, self._consent, "is decided on")
        self._then(offered, self._make_room, "is offered a seat")
        self._then(lapsed, timers.expire_due, "lets the offer lapse")

    def _fill(self, at: datetime) -> None:
        taken = Enrollment.objects.filter(run=self.story.run, state__in=HOLDING).count()
        run_changes.change_capacity(
            run=self.story.run_id, capacity=taken, actor=self.stage.actor, at=at
        )

    def _make_room(self, at: datetime) -> None:
        run_changes.change_capacity(
            run=self.story.run_id,
            capacity=self.story.told["capacity"],
            actor=self.stage.actor,
            at=at,
        )
