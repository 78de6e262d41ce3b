"""Systems that act in the right of a person: what they may, and what is written down."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from academy.access.enums import Role
from academy.clients.models import Client
from academy.core import clock
from academy.ledger.models import Event
from courses.planning.enums import EnrollmentMode
from courses.planning.models import Run
from enrollment.attendance.models import Mark, Outcome, TestResult
from enrollment.decisions.models import Decision
from tests import factories
from tests.api.calls import Caller, system
from tests.enrollment.stage import ask

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)


@dataclass
class Deed:
    """A command of a system: what is sent, for whom it may be done, what it leaves behind."""

    path: str
    scope: str
    person: object
    event: str
    body: object = None
    at: object = None

    def send(self, person=None):
        named = {"On-Behalf-Of": str(person.public_id)} if person else {}
        with time_machine.travel(self.at or clock.now(), tick=False):
            return system(self.scope).post(self.path, self.body, **named)


def decide(cast):
    step = ask(factories.run(mode=EnrollmentMode.APPROVAL), cast.asel).decisions.get()
    path = f"/decisions/{step.public_id}/give"
    return Deed(path, "decisions:write", cast.boris, "decision.given")


def held(cast, **version):
    """A run that Timur teaches, with Asel in it."""
    course = factories.course()
    course.current.__class__.objects.filter(pk=course.current_id).update(**version)
    course.current.refresh_from_db()
    run = factories.run(of=course, trainer=cast.timur)
    return run, ask(run, cast.asel)


def mark(cast):
    run, claim = held(cast)
    sent = {"enrollment": str(claim.public_id), "status": "present", "nonce": str(uuid4())}
    path = f"/sessions/{run.sessions.get().public_id}/marks"
    body, at = {"marks": [sent]}, run.starts_at + HOUR
    return Deed(path, "marks:write", cast.timur, "mark.recorded", body, at)


def examine(cast):
    run, claim = held(cast, test_required=True)
    path, at = f"/enrollments/{claim.public_id}/test", run.starts_at + HOUR
    return Deed(path, "marks:write", cast.timur, "test.recorded", {"passed": True}, at)


def finalise(cast):
    marked = mark(cast)
    marked.send(cast.timur)
    run = Mark.objects.get().session.run
    Run.objects.filter(pk=run.pk).update(state="finished")  # what the clock does
    path = f"/runs/{run.public_id}/finalise"
    return Deed(path, "runs:write", cast.timur, "run.finalised", at=run.ends_at + HOUR)


def rows():
    """How much there is of everything that these commands write; systems are given keys as well."""
    return [
        Event.objects.exclude(type="client.added").count(),
        *(model.objects.count() for model in (Mark, TestResult, Outcome)),
        list(Decision.objects.order_by("pk").values_list("state", flat=True)),
    ]


@pytest.mark.parametrize("deed", [decide, mark, examine, finalise])
def test_a_system_does_what_the_person_may_and_both_are_written_down(cast, deed):
    todo = deed(cast)
    before = rows()

    nobody, outsider = todo.send(), todo.send(cast.dana)
    refused = rows()
    done = todo.send(todo.person)

    assert (nobody.status_code, nobody.json()["code"]) == (400, "on_behalf_of_missing")
    assert (outsider.status_code, outsider.json()["code"]) == (403, "not_on_their_behalf")
    assert refused == before
    assert done.status_code in {200, 201}, done.content
    told = Event.objects.get(type=todo.event)
    client = Client.objects.get(public_id=told.actor_id)
    assert (told.actor_kind, client.scopes) == ("client", [todo.scope])
    assert told.behalf_of == todo.person.public_id


@pytest.mark.parametrize("deed", [mark, examine, finalise])
def test_a_trainer_of_other_runs_is_no_use(cast, deed):
    todo = deed(cast)
    stranger = factories.person()
    factories.account(of=stranger, role=Role.TRAINER)
    before = rows()

    answer = todo.send(stranger)

    assert answer.status_code == 404
    assert rows() == before


def test_a_system_reads_what_waits_for_the_person_and_that_is_recorded(cast):
    todo = decide(cast)
    caller = system("decisions:write", "people:read")

    mine = caller.get("/decisions", **{"On-Behalf-Of": str(cast.boris.public_id)}).json()["items"]

    assert [f"/decisions/{row['id']}/give" for row in mine] == [todo.path]
    read = Client.objects.get().disclosure_set.get()
    assert (read.resource, read.person_id) == ("decisions", cast.asel.public_id)


def test_a_person_does_not_act_for_another(cast):
    """The header is for systems; people use their own rights."""
    todo, boris = decide(cast), {"On-Behalf-Of": str(cast.boris.public_id)}

    answers = [
        Caller(account=account).post(todo.path, **boris)
        for account in (cast.kenzhe_account, cast.boris_account)
    ]

    assert [answer.status_code for answer in answers] == [403, 422]
    assert answers[1].json()["errors"][0]["pointer"] == "/On-Behalf-Of"
    assert Decision.objects.get().state == "open"


def test_commands_on_a_claim_are_done_on_behalf_of_its_holder(cast):
    claim = ask(factories.run(), cast.asel)

    system("enrollments:write").post(f"/enrollments/{claim.public_id}/withdraw")

    told = Event.objects.get(type="enrollment.withdrawn")
    assert (told.actor_kind, told.behalf_of) == ("client", cast.asel.public_id)
