"""What the browser tests look at: people with work to do, and runs in the states that give it."""

from datetime import timedelta
from typing import Any

import time_machine
from django.contrib.auth.hashers import Argon2PasswordHasher

from academy.access.actions import name_deputy
from academy.access.queries import viewer_of
from academy.core import clock
from academy.jobs import uploads
from academy.management.seeding.institution import load_questionnaires
from courses.catalogue.models import Course
from courses.planning.enums import EnrollmentMode, RunState
from courses.planning.models import Run
from courses.planning.year_queries import year_of
from courses.search.actions import refresh_runs, reindex_everything
from enrollment.feedback.models import AnswerInvitation, FeedbackRound, Questionnaire
from enrollment.requests import bulk, timers
from enrollment.requests.actions import enroll
from enrollment.requests.models import Nomination
from enrollment.requests.naming import Named
from enrollment.requests.nominations import plan
from enrollment.requests.plan_copies import ask_year_copy
from enrollment.seats.models import Enrollment
from tests import factories
from tests.courses.development.stage import Bodies
from tests.enrollment.feedback.conftest import answer
from tests.factories import ACTOR


class QuickArgon2(Argon2PasswordHasher):
    """Says in each hash how cheap it was, so that the server can check it."""

    time_cost, memory_cost, parallelism = 1, 8, 1


class Stage:
    """Әсел may ask, Борис must decide, Тимур must mark, Clara must plan."""

    def __init__(self) -> None:
        self.cast = cast = factories.Cast()
        self.course = factories.course("SOT-1")
        self.open_run = factories.run(of=self.course, trainer=cast.timur)
        by_consent = factories.run(
            mode=EnrollmentMode.APPROVAL, trainer=cast.timur, starts_in=timedelta(days=60)
        )
        self.asked = enroll(run=by_consent.public_id, person=cast.kenzhe.pk, actor=ACTOR)
        self.decision = self.asked.decisions.get()
        self.full_run = factories.run(seats=1, trainer=cast.timur, starts_in=timedelta(days=90))
        self.held = enroll(run=self.full_run.public_id, person=cast.dana.pk, actor=ACTOR)
        self.waiting = enroll(run=self.full_run.public_id, person=cast.asel.pk, actor=ACTOR)
        self._hold_a_run()
        self.nomination = self._nominate()
        self.invitation = self._ask()
        self._many()
        year = year_of(self.over.starts_at or clock.now())
        self.copy = ask_year_copy(year=year, to=year + 1, wanted={}, actor=ACTOR)  # tried only
        self.bodies = Bodies()
        self.proposal = self.bodies.reviewed()
        self.topic = self.bodies.needed(cast.court)
        reindex_everything()
        refresh_runs(list(Course.objects.values_list("pk", flat=True)))

    def _nominate(self) -> Nomination:
        """A list of Борис's that is not carried out yet, and a deputy of his."""
        cast, now = self.cast, clock.now()
        day = now.date()
        name_deputy(
            head=cast.boris, deputy=cast.asel, court=cast.court, first=day, last=day, actor=ACTOR
        )
        boris = viewer_of(cast.boris_account.pk, now=now, today=day)
        named = Named([cast.asel, cast.kenzhe], ["HR-0"])
        return plan(run=self.full_run.public_id, named=named, viewer=boris, actor=boris.actor())

    def _many(self) -> None:
        """A list whose columns are to be matched, and two runs that might be cancelled."""
        now, account = clock.now(), self.cast.clara_account
        clara = viewer_of(account.pk, now=now, today=now.date())
        self.upload = uploads.receive(
            kind="people",
            name="list.csv",
            content="Фамилия;Имя;Примечание\nОмаров;Ерлан;x\n".encode(),
            actor=clara.actor(),
            language="ru",
        )
        self.bulk = bulk.plan(
            operation="cancel",
            runs=[self.full_run.public_id, self.over.public_id],
            asked={"reason": "too_few"},
            viewer=clara,
            actor=clara.actor(),
        )
        bulk.carry_on(bulk=self.bulk.pk)

    def _hold_a_run(self) -> None:
        """A run of two days that is over and not yet marked."""
        cast = self.cast
        with time_machine.travel(clock.now() - timedelta(days=10), tick=True):
            self.over = factories.run(
                trainer=cast.timur, starts_in=timedelta(days=7), sessions=2, seats=10
            )
            for person in (cast.asel, cast.dana, cast.kenzhe):
                enroll(run=self.over.public_id, person=person.pk, actor=ACTOR)
        timers.advance_runs()
        timers.advance_runs()
        self.over.refresh_from_db()
        assert self.over.state == RunState.FINISHED

    def _ask(self) -> AnswerInvitation:
        """Әсел may answer about the run that is over; five have answered about another one."""
        load_questionnaires()
        self.heard = factories.run(trainer=self.cast.timur, starts_in=timedelta(days=120))
        past = [
            enroll(run=self.heard.public_id, person=one.pk, actor=ACTOR)
            for one in factories.people(5)
        ]
        for one in _round(self.heard, past):
            answer(one, keep="Мысалдар", change="Больше времени на обсуждение")
        FeedbackRound.objects.update(closes_at=clock.now())
        mine = Enrollment.objects.get(run=self.over, person=self.cast.asel)
        return _round(self.over, [mine])[0]

    def named(self) -> dict[str, object]:
        """What the addresses of the pages name."""
        rows: dict[str, Any] = {
            "waiting": self.waiting,
            "held": self.held,
            "decision": self.decision,
            "over": self.over,
            "full": self.full_run,
            "nomination": self.nomination,
            "heard": self.heard,
            "invitation": self.invitation,
            "upload": self.upload.job,
            "bulk": self.bulk,
            "trainer": self.cast.timur,
            "copy": self.copy,
            "proposal": self.proposal,
            "session": self.over.sessions.order_by("number")[0],
        }
        starts = self.over.starts_at or clock.now()
        return {
            **{name: row.public_id for name, row in rows.items()},
            "year": year_of(starts),
            "month": starts.month,
            "assessed": self.topic.assessment.year,
        }


def _round(run: Run, people: list[Enrollment]) -> list[AnswerInvitation]:
    """The round after a run, opened now."""
    now = clock.now()
    opened = FeedbackRound.objects.create(
        run=run,
        moment="after_run",
        questionnaire=Questionnaire.objects.get(code="after-course"),
        opens_at=now,
        closes_at=now + timedelta(days=21),
    )
    return [AnswerInvitation.objects.create(round=opened, enrollment=one) for one in people]
