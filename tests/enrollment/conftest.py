"""Runs that are being held, and people who sit in them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from courses.planning.models import Run, Session
from enrollment.attendance import actions as attendance
from enrollment.attendance.actions import MarkDraft
from enrollment.attendance.enums import MarkStatus
from enrollment.requests import actions as requests, run_actions
from enrollment.seats.models import Enrollment
from tests import factories
from tests.factories import ACTOR


@dataclass
class HeldRun:
    """A run of which every session lies behind `after`, with people who have a confirmed seat."""

    run: Run
    sessions: list[Session]
    people: list[Enrollment]

    @property
    def after(self) -> datetime:
        end: datetime = self.sessions[-1].period.upper
        return end + timedelta(hours=1)

    def mark(self, *statuses: MarkStatus, minutes: int | None = None) -> None:
        """One status per session, the same for everyone."""
        for session, status in zip(self.sessions, statuses, strict=True):
            drafts = [MarkDraft(each.public_id, status, minutes) for each in self.people]
            attendance.record_marks(
                session=session.public_id, marks=drafts, actor=ACTOR, at=self.after
            )

    def mark_one(self, place: int, *statuses: MarkStatus) -> None:
        """One status per session, for one person."""
        for session, status in zip(self.sessions, statuses, strict=True):
            draft = MarkDraft(self.people[place].public_id, status)
            attendance.record_marks(
                session=session.public_id, marks=[draft], actor=ACTOR, at=self.after
            )

    def finalise(self) -> run_actions.FinaliseReport:
        run_actions.start_run(run=self.run.public_id, actor=ACTOR, at=self.after)
        run_actions.finish_run(run=self.run.public_id, actor=ACTOR, at=self.after)
        return run_actions.finalise_run(run=self.run.public_id, actor=ACTOR, at=self.after)


@pytest.fixture
def held():
    """Makes a held run: so many people, so many sessions of 90 minutes."""

    def make(people=2, sessions=2, **version):
        course = factories.course()
        for name, value in {"min_attendance_share": Decimal("0.80"), **version}.items():
            setattr(course.current, name, value)
        course.current.save()
        run = factories.run(of=course, sessions=sessions, seats=None)
        names = ["Әбдіқұлова", "Ғабитов", "Қыдырова", "Ұлықбек"]
        claims = [
            requests.enroll(run=run.public_id, person=factories.person(name=name).pk, actor=ACTOR)
            for name in names[:people]
        ]
        return HeldRun(run, list(run.sessions.order_by("number")), claims)

    return make
