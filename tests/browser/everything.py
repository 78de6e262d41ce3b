"""The stage with one of everything that a page can show, for the whole matrix of pages."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import time_machine
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP

from academy.accounts.models import Account
from academy.accounts.queries import activation_path
from academy.clients.actions import add_client
from academy.clients.models import Client as System
from academy.core import clock, ids
from academy.core.actor import Actor, ActorKind
from academy.management.seeding.institution import load_rules
from academy.messages.links import stop_path
from courses.catalogue.models import Audience
from courses.development.models import Comment
from courses.planning.actions import set_travel
from courses.planning.enums import Payer
from courses.planning.models import Venue
from enrollment.attendance import actions as attendance
from enrollment.attendance.actions import MarkDraft
from enrollment.attendance.enums import MarkStatus
from enrollment.certificates.models import Certificate
from enrollment.credits import reckoning
from enrollment.credits.enums import Unit
from enrollment.credits.models import Requirement
from enrollment.credits.requirement_actions import RequirementDraft, add_requirement
from enrollment.feedback.models import AnswerInvitation
from enrollment.reminders.answer_links import path_for
from enrollment.reminders.models import ReminderRule
from enrollment.requests import actions as requests, run_actions, run_changes
from enrollment.seats.models import Enrollment
from enrollment.trips import printing
from enrollment.trips.actions import ask_files, issue
from enrollment.trips.models import TripPaper
from tests import factories
from tests.browser.stage import Stage
from tests.factories import ACTOR

DAY = timedelta(days=1)
SECRET = "JBSWY3DPEHPK3PXP"


class Everything(Stage):
    """What the small stage has, and a paper, an offer, a duty, a system, a second step."""

    def __init__(self) -> None:
        super().__init__()
        load_rules()
        self.requirement = self._required()
        add_client(name="HR", scopes=["people:read"], projection="full", actor=ACTOR)
        self.certificate, self.away = self._certified(), self._away()
        clara = Actor(ActorKind.ACCOUNT, id=self.cast.clara_account.public_id)
        papers, run = [self.away], self.away.enrollment.run
        self.batch = ask_files(run=run, papers=papers, actor=clara)
        printing.write_all()
        self.offered, self.change = self._offered()
        self.invited = Account.objects.create_user("invited", None, person=factories.person())
        self.secured = factories.account("secured", of=factories.person(self.cast.court))
        TOTP.activate(self.secured, SECRET)
        self.codes = RecoveryCodes.activate(self.secured)
        self.answered = AnswerInvitation.objects.filter(answered=True)[0]
        self.listener = factories.account("listener", of=self.answered.enrollment.person)
        self.draft, self.submitted = self.bodies.drafted(), self.bodies.submitted()
        self.accepted = self.bodies.accepted()
        self.objection = Comment.objects.get()
        self.fresh = factories.account("fresh", of=factories.person(self.cast.court))

    def _required(self) -> Requirement:
        """Hours that every judge owes, Әсел among them."""
        names = {"kk": "Судьялар", "ru": "Судьи", "en": "Judges"}
        Audience.objects.create(code="judges", names=names, categories=["judge"])
        now = clock.now()
        draft = RequirementDraft(names, "judges", Unit.HOURS, Decimal(16), now.date())
        made = add_requirement(code="yearly", draft=draft, actor=ACTOR)
        reckoning.reckon_due(now)
        return made

    def _certified(self) -> Certificate:
        """Әсел's, of a run that was held and closed."""
        with time_machine.travel(clock.now() - timedelta(days=10), tick=True):
            run = factories.run(of=self.course, trainer=self.cast.timur, starts_in=DAY * 4)
            seat = requests.enroll(run=run.public_id, person=self.cast.asel.pk, actor=ACTOR)
        marks = [MarkDraft(seat.public_id, MarkStatus.PRESENT)]
        session = run.sessions.get().public_id
        attendance.record_marks(session=session, marks=marks, actor=ACTOR)
        for step in (run_actions.start_run, run_actions.finish_run, run_actions.finalise_run):
            step(run=run.public_id, actor=ACTOR)
        return Certificate.objects.get()

    def _away(self) -> TripPaper:
        """The paper on which Дана's court orders her trip."""
        run = factories.run(trainer=self.cast.timur, starts_in=DAY * 150)
        run.venue = Venue.objects.create(
            code="hall", names={"kk": "Үлкен зал", "ru": "Большой зал"}, time_zone="Asia/Almaty"
        )
        run.save()
        set_travel(run=run.public_id, before=1, after=1, payer=Payer.COURT, actor=ACTOR)
        requests.enroll(run=run.public_id, person=self.cast.dana.pk, actor=ACTOR)
        (paper,) = issue(run=run.public_id, actor=ACTOR)
        return paper

    def _offered(self) -> tuple[Enrollment, str]:
        """A seat that more capacity gave to Борис, and the change that gave it."""
        run = factories.run(seats=1, starts_in=DAY * 200)
        for one in (self.cast.dana, self.cast.boris):
            claim = requests.enroll(run=run.public_id, person=one.pk, actor=ACTOR)
        change = str(ids.public_id())
        by = replace(ACTOR, request_id=change)
        run_changes.change_capacity(run=run.public_id, capacity=2, actor=by)
        claim.refresh_from_db()
        return claim, change

    def named(self) -> dict[str, object]:
        """What the addresses of the pages name."""
        rows = {
            "offered": self.offered.run,
            "away": self.away.enrollment.run,
            "certificate": self.certificate,
            "answered": self.answered,
            "client": System.objects.get(),
            "step": self.proposal.steps.get(round=2, place=1),
            "comment": self.objection,
            "draft": self.draft,
            "submitted": self.submitted,
            "accepted": self.accepted,
        }
        offer = path_for(self.offered.public_id, self.offered.state, self.offered.due_at)
        return {
            **super().named(),
            **{name: row.public_id for name, row in rows.items()},
            "rule": ReminderRule.objects.order_by("pk")[0].code,
            "requirement": self.requirement.code,
            "serial": self.certificate.serial,
            "trip_serial": self.away.serial,
            "change": self.change,
            "batch": self.batch.job.public_id,
            "answer": _last(offer),
            "stop": _last(stop_path(ids.public_id())),
            "reset": _last(activation_path(self.invited)),
        }


def _last(path: str) -> str:
    """The token that an address ends with."""
    return path.rstrip("/").rpartition("/")[2]
