"""The judiciary that the table of pages is asked in: one of everything that an address names."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import time_machine
from django.test import Client

from academy.access.enums import Role
from academy.access.queries import Viewer, viewer_of
from academy.accounts.models import Account
from academy.clients.actions import add_client
from academy.clients.models import Client as System
from academy.core import clock
from academy.jobs import uploads
from courses.catalogue.models import Audience
from courses.planning.actions import set_travel
from courses.planning.enums import EnrollmentMode, Payer
from courses.planning.models import Venue
from enrollment.attendance.actions import MarkDraft, record_marks
from enrollment.attendance.enums import MarkStatus
from enrollment.certificates.models import Certificate
from enrollment.classroom.actions import add_link
from enrollment.credits import reckoning
from enrollment.credits.enums import Unit
from enrollment.credits.models import Requirement
from enrollment.credits.requirement_actions import RequirementDraft, add_requirement
from enrollment.feedback.models import AnswerInvitation, FeedbackRound, Questionnaire
from enrollment.reminders.models import ReminderRule
from enrollment.requests import bulk, run_actions
from enrollment.requests.actions import enroll
from enrollment.requests.models import Nomination
from enrollment.requests.naming import Named
from enrollment.requests.nominations import plan
from enrollment.requests.plan_copies import ask_run_copy
from enrollment.trips import printing
from enrollment.trips.actions import ask_files, issue
from enrollment.trips.models import TripPaper
from tests import factories
from tests.courses.development.stage import developing


@dataclass
class Place:
    """Asel has a seat in a run of Timur's, and a request that waits for her head of court."""

    cast: factories.Cast = field(default_factory=factories.Cast)

    def __post_init__(self) -> None:
        cast, actor = self.cast, factories.ACTOR
        self.run = factories.run(trainer=cast.timur)
        self.enrollment = enroll(run=self.run.public_id, person=cast.asel.pk, actor=actor)
        by_approval = factories.run(
            mode=EnrollmentMode.APPROVAL, trainer=cast.timur, starts_in=timedelta(days=60)
        )
        request = enroll(run=by_approval.public_id, person=cast.asel.pk, actor=actor)
        self.decision = request.decisions.get()
        self.nomination = self.nominated()
        self.material = add_link(
            run=self.run, name="The code", url="https://example.org/", actor=actor
        )
        self.rule = ReminderRule.objects.create(
            code="day-before", anchor="run_start", recipient="trainee", offset=-24
        )
        self.paper = self.travelling()
        kenzhe = self.viewer(cast.kenzhe_account)
        self.batch = ask_files(run=self.run, papers=[self.paper], actor=kenzhe.actor())
        printing.write_all()
        self.invitation = self.asked()
        self.certificate = self.certified()
        clara = self.viewer(cast.clara_account)
        self.bulk = bulk.plan(
            operation="publish",
            runs=[self.run.public_id],
            asked={},
            viewer=clara,
            actor=clara.actor(),
        )
        content = "Кто;Имя\nОмаров;Ерлан\n".encode()
        self.upload = uploads.receive(
            kind="people", name="a.csv", content=content, actor=clara.actor(), language="en"
        )
        self.requirement = self.required()
        first = clock.now().date() + timedelta(days=90)
        self.copy = ask_run_copy(run=self.run.public_id, first=first, actor=actor)
        add_client(name="HR", scopes=["people:read"], projection="full", actor=actor)
        self.client = System.objects.get()
        partner, self.proposal, self.objection, self.topic = developing(cast.court)
        self.accounts: dict[str, Account | None] = {
            "nobody": None,
            "trainee": cast.asel_account,
            "elsewhere": cast.dana_account,
            "head": cast.boris_account,
            "coordinator": cast.kenzhe_account,
            "trainer": cast.timur_account,
            "stranger": factories.account(of=factories.person(), role=Role.TRAINER),
            "registrar": cast.clara_account,
            "auditor": cast.otto_account,
            "partner": partner,
            "admin": Account.objects.create_superuser("root", factories.PASSWORD),
        }

    def travelling(self) -> TripPaper:
        """The paper on which Asel's court orders her trip."""
        self.run.venue = Venue.objects.create(
            code="hall", names={"en": "Hall"}, time_zone="Asia/Almaty"
        )
        self.run.save()
        set_travel(
            run=self.run.public_id, before=1, after=1, payer=Payer.COURT, actor=factories.ACTOR
        )
        (paper,) = issue(run=self.run.public_id, actor=factories.ACTOR)
        return paper

    def viewer(self, account: Account) -> Viewer:
        """Somebody with an account, as they look now."""
        now = clock.now()
        return viewer_of(account.pk, now=now, today=now.date())

    def nominated(self) -> Nomination:
        """A list of Kenzhe's for the run, not carried out."""
        kenzhe = self.viewer(self.cast.kenzhe_account)
        named = Named([self.cast.boris])
        return plan(run=self.run.public_id, named=named, viewer=kenzhe, actor=kenzhe.actor())

    def asked(self) -> AnswerInvitation:
        """Asel may answer a questionnaire about the run."""
        now = clock.now()
        asks = Questionnaire.objects.create(code="after", moment="after_run", names={"en": "After"})
        opened = FeedbackRound.objects.create(
            run=self.run,
            moment="after_run",
            questionnaire=asks,
            opens_at=now,
            closes_at=now + timedelta(days=21),
        )
        return AnswerInvitation.objects.create(round=opened, enrollment=self.enrollment)

    def certified(self) -> Certificate:
        """Asel's, of another run of Timur's, which was held and closed."""
        with time_machine.travel(clock.now() - timedelta(days=10), tick=True):
            run = factories.run(trainer=self.cast.timur, starts_in=timedelta(days=4))
            seat = enroll(run=run.public_id, person=self.cast.asel.pk, actor=factories.ACTOR)
        marks = [MarkDraft(seat.public_id, MarkStatus.PRESENT)]
        record_marks(session=run.sessions.get().public_id, marks=marks, actor=factories.ACTOR)
        for step in (run_actions.start_run, run_actions.finish_run, run_actions.finalise_run):
            step(run=run.public_id, actor=factories.ACTOR)
        return Certificate.objects.get()

    def required(self) -> Requirement:
        """A requirement that every judge owes: Asel, Dana, Boris."""
        names = {"kk": "Судьялар", "ru": "Судьи", "en": "Judges"}
        Audience.objects.create(code="judges", names=names, categories=["judge"])
        now = clock.now()
        draft = RequirementDraft(names, "judges", Unit.HOURS, Decimal(16), now.date())
        made = add_requirement(code="yearly", draft=draft, actor=factories.ACTOR)
        reckoning.reckon_due(now)
        return made

    def address(self, route: str) -> str:
        """The route with the ids of what is there."""
        ids: dict[str, object] = {
            "<uuid:client>": self.client.public_id,
            "<uuid:webhook>": self.client.public_id,
            "<uuid:call>": self.client.public_id,
            "<uuid:run>": self.run.public_id,
            "<uuid:enrollment>": self.enrollment.public_id,
            "<uuid:decision>": self.decision.public_id,
            "<uuid:session>": self.run.sessions.get().public_id,
            "<str:code>": self.run.course.code,
            "<uuid:deputy>": self.run.public_id,
            "<uuid:export>": self.run.public_id,
            "<uuid:scan>": self.run.public_id,
            "<uuid:bulk>": self.bulk.public_id,
            "<uuid:upload>": self.upload.job.public_id,
            "<uuid:nomination>": self.nomination.public_id,
            "<uuid:material>": self.material.public_id,
            "<slug:rule>": self.rule.code,
            "<slug:picture>": "coverage",
            "<uuid:certificate>": self.certificate.public_id,
            "<uuid:paper>": self.paper.public_id,
            "<uuid:batch>": self.batch.job.public_id,
            "<int:number>": 1,
            "<uuid:job>": self.run.public_id,
            "<uuid:invitation>": self.invitation.public_id,
            "<slug:questionnaire>": "after",
            "<slug:requirement>": self.requirement.code,
            "<int:year>": self.topic.assessment.year,
            "<slug:kind>": "trainer",
            "<slug:key>": self.cast.timur.public_id,
            "<uuid:copy>": self.copy.public_id,
            "<uuid:exemption>": self.requirement.public_id,
            "<uuid:proposal>": self.proposal.public_id,
            "<uuid:comment>": self.objection.public_id,
            "<uuid:step>": self.proposal.public_id,
            "<uuid:topic>": self.topic.public_id,
        }
        for name, value in ids.items():
            route = route.replace(name, str(value))
        return f"/{route}"

    def browser(self, role: str) -> Any:
        """Somebody's browser."""
        http = Client(raise_request_exception=False)
        account = self.accounts[role]
        if account is not None:
            http.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
        return http
