"""Runs that are over, with people who are asked."""

from dataclasses import dataclass

import pytest

from academy.core import clock
from academy.ledger import delivery as ledger
from academy.management.seeding.institution import load_questionnaires
from courses.planning.models import Run
from enrollment.attendance import actions as attendance
from enrollment.attendance.actions import MarkDraft
from enrollment.attendance.enums import MarkStatus
from enrollment.feedback import actions
from enrollment.feedback.models import AnswerInvitation, FeedbackRound
from enrollment.requests import actions as requests, run_actions
from tests import factories
from tests.factories import ACTOR

AFTER = {
    "useful": "4",
    "objectives": "4",
    "methods": "4",
    "trainers": "5",
    "exchange": "3",
    "materials": "4",
    "length": "right",
}
"""What somebody ticks after a course; own words are optional."""


@dataclass
class Asked:
    """A finalised run and the rounds in which its people are asked."""

    run: Run

    @property
    def rounds(self) -> list[FeedbackRound]:
        return list(FeedbackRound.objects.filter(run=self.run).order_by("opens_at"))

    @property
    def after(self) -> FeedbackRound:
        return self.rounds[0]

    @property
    def invitations(self) -> list[AnswerInvitation]:
        rows = AnswerInvitation.objects.filter(round=self.after).order_by("pk")
        return list(rows.select_related("enrollment__person"))

    def answer(self, how_many: int | None = None, **given: str) -> None:
        """The first so many answer, all in the same way."""
        for one in self.invitations[:how_many]:
            answer(one, **given)


def answer(invitation: AnswerInvitation, **given: str) -> FeedbackRound:
    return actions.answer(
        invitation=invitation.public_id,
        person=invitation.enrollment.person_id,
        given={**AFTER, **given},
        language="kk",
    )


def hand_on() -> None:
    """The workers do what the ledger gives them to do."""
    ledger.advance()


@pytest.fixture
def stand_at(monkeypatch):
    """Stop the clock at a moment."""
    return lambda moment: monkeypatch.setattr(clock, "now", lambda: moment)


@pytest.fixture
def asked(db, stand_at):
    """Makes a run held and finalised, its people asked; the clock stands at the finalisation."""
    load_questionnaires()

    def make(people=6, *, of=None, absent=0, trainer=None, first=None):
        now = clock.now()
        run = factories.run(of=of, seats=None, trainer=trainer)
        persons = [*([first] if first else []), *factories.people(people - bool(first))]
        claims = [
            requests.enroll(run=run.public_id, person=person.pk, actor=ACTOR) for person in persons
        ]
        session = run.sessions.get()
        at = max(session.period.upper, now)
        stand_at(at)
        marks = [
            MarkDraft(claim.public_id, MarkStatus.ABSENT if place < absent else MarkStatus.PRESENT)
            for place, claim in enumerate(reversed(claims))
        ]
        attendance.record_marks(session=session.public_id, marks=marks, actor=ACTOR)
        run_actions.start_run(run=run.public_id, actor=ACTOR)
        run_actions.finish_run(run=run.public_id, actor=ACTOR)
        run_actions.finalise_run(run=run.public_id, actor=ACTOR)
        hand_on()
        run.refresh_from_db()
        return Asked(run)

    return make
