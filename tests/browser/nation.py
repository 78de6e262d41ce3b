"""The national seed, and beside it the ten, two and one runs that a registrar's week is made of."""

from datetime import timedelta

import time_machine
from django.core.management import call_command
from django.db import connection

from academy.accounts.models import Account
from academy.core import clock
from academy.people.models import Person
from courses.catalogue.models import Course
from courses.planning.enums import EnrollmentMode, RunState
from courses.planning.models import Run
from enrollment.attendance.actions import MarkDraft, record_marks
from enrollment.attendance.enums import MarkStatus
from enrollment.requests import timers
from enrollment.requests.actions import enroll
from enrollment.seats.enums import Source
from enrollment.seats.models import Enrollment
from tests import factories
from tests.factories import ACTOR

LISTED, BAD = 100, 5
HELD, IN_EACH = 10, 3


class Nation:
    """Whom and what the year's work is about."""

    def __init__(self) -> None:
        call_command("seed", scale="national", verbosity=0)
        self.accounts = {one.login: one for one in Account.objects.all()}
        judges = Person.objects.filter(
            appointments__position__code="judge", external_id__isnull=False, account=None
        )
        self.people = list(judges.exclude(external_id__startswith="DEMO").order_by("pk")[:400])
        self.course = Course.objects.get(code="DV-001")
        self.held = self._hold()
        self.thin = [self._run(starts_in=timedelta(days=40 + 20 * one)) for one in range(2)]
        for run in self.thin:
            self._fill(run)
        self.doomed = self._run(starts_in=timedelta(days=55))
        self._fill(self.doomed)
        self.asked = self._run(seats=120, mode=EnrollmentMode.NOMINATION)
        with connection.cursor() as cursor:  # no autovacuum in the engines of tests
            cursor.execute("VACUUM (ANALYZE)")

    def counts(self) -> dict[str, int]:
        """How big the judiciary is."""
        return {
            "runs": Run.objects.count(),
            "people": Person.objects.count(),
            "enrolments": Enrollment.objects.count(),
        }

    def _run(self, **asked) -> Run:
        return factories.run(of=self.course, **{"seats": 20, **asked})

    def _fill(self, run: Run) -> list[Enrollment]:
        some = [self.people.pop() for _ in range(IN_EACH)]
        return [
            enroll(run=run.public_id, person=one.pk, actor=ACTOR, allow_clash=True) for one in some
        ]

    def _nominate(self, person: Person) -> None:
        enroll(
            run=self.asked.public_id,
            person=person.pk,
            actor=ACTOR,
            source=Source.NOMINATION,
            allow_clash=True,
        )

    def _hold(self) -> list[Run]:
        """Runs that are over, with a mark for everybody who was there."""
        with time_machine.travel(clock.now() - timedelta(days=20), tick=True):
            runs = [self._run(starts_in=timedelta(days=7)) for _ in range(HELD)]
            seats = {run.pk: self._fill(run) for run in runs}
        timers.advance_runs()
        timers.advance_runs()
        for run in runs:
            marks = [MarkDraft(one.public_id, MarkStatus.PRESENT) for one in seats[run.pk]]
            record_marks(session=run.sessions.get().public_id, marks=marks, actor=ACTOR)
            run.refresh_from_db()
            assert run.state == RunState.FINISHED
        return runs

    def office_list(self) -> tuple[bytes, list[str]]:
        """A court office's list in the old alphabet of Windows, and what its bad rows should say.

        Five in a hundred are wrong: numbers mistyped or left out, and one person named who is in
        the run already.
        """
        right = [self.people.pop() for _ in range(LISTED)]
        self._nominate(right[0])
        numbers = [one.external_id or "" for one in right]
        wrong = {0: numbers[0], 20: "", 40: "X" + numbers[40], 60: numbers[60] + "9", 80: "?"}
        lines = [
            f"{one.family_name};{wrong.get(place, one.external_id)}"
            for place, one in enumerate(right)
        ]
        spare = self.people.pop().external_id or ""
        mended = [spare, *(numbers[place] for place in (20, 40, 60, 80))]
        head = "Фамилия;Табельный номер"
        return "\r\n".join([head, *lines]).encode("kz1048", "replace"), mended
