"""The health page: each part in plain words, what to do, and work that is taken up again."""

from datetime import timedelta
from uuid import uuid4

import pytest

from academy.core import clock
from academy.core.actor import Actor
from academy.exports import actions as exports
from academy.exports.actions import Order
from academy.exports.enums import Format
from academy.jobs import actions as jobs
from academy.jobs.models import Job
from academy.ledger import actions as ledger
from academy.ledger.models import Cursor, Event
from enrollment.reminders.models import ReminderRule
from enrollment.seats import monitor
from tests import factories
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db


@pytest.fixture
def clara(browser):
    return browser(factories.account("clara", role="registrar"))


@pytest.fixture
def well():
    """Rules remind, checks were made, events are in order."""
    ReminderRule.objects.create(
        code="day-before", anchor="run_start", recipient="trainee", offset=-24
    )
    monitor.watch(all_of_them=True)
    ledger.sequence_all()


def parts(client):
    """Each part of the page with its state, in the page's order."""
    page = client.get("/desk/health/")
    return {part.key: part.state for part in page.context["parts"]}


@pytest.mark.usefixtures("well")
def test_a_service_that_is_well_says_so_and_asks_for_nothing(clara):
    assert set(parts(clara).values()) == {"well"}
    text = clara.get("/desk/health/").text
    assert text.count("Nothing to do.") == 5
    assert "/desk/reminders/next/" in text


@pytest.mark.usefixtures("well")
def test_what_needs_somebody_comes_first_with_what_to_do(clara):
    ReminderRule.objects.update(is_active=False)
    factories.run()
    ledger.sequence_all()
    old = clock.now() - timedelta(hours=1)
    Cursor.objects.update_or_create(
        name="reminders",
        defaults={"position": 0, "moved_at": old, "failures": 3, "last_error": "broken pipe"},
    )

    found = parts(clara)

    assert list(found)[:2] == ["reminders", "events"]
    assert (found["reminders"], found["events"]) == ("act", "act")
    text = clara.get("/desk/health/").text
    assert "Nobody is reminded of anything." in text
    assert "Reminds those who join late" in text
    assert "broken pipe" in text


def failed_export():
    export = exports.ask_export(Order("runs", Format.CSV), client=None, actor=ACTOR)
    jobs.fail_job(export.job, error="The disk is full.")
    return export


@pytest.mark.usefixtures("well")
def test_failed_work_is_taken_up_again_by_the_registrar_alone(clara, browser):
    export = failed_export()
    resume = f"/desk/health/jobs/{export.job.public_id}/resume/"
    otto = browser(factories.account("otto", role="auditor"))

    text = clara.get("/desk/health/").text
    assert parts(clara)["jobs"] == "act"
    assert "The disk is full." in text
    assert resume in text
    assert resume not in otto.get("/desk/health/").text
    assert otto.post(resume).status_code == 404
    assert Job.objects.get().state == Job.State.FAILED

    assert clara.post(resume).status_code == 303

    job = Job.objects.get()
    assert (job.state, job.error) == (Job.State.WAITING, "")
    assert Event.objects.filter(type="export.resumed", subject_id=job.public_id).count() == 1
    assert clara.post(resume).status_code == 409
    assert clara.post(f"/desk/health/jobs/{uuid4()}/resume/").status_code == 404


@pytest.mark.usefixtures("well")
def test_work_that_nobody_begins_is_to_be_watched_and_other_work_cannot_be_resumed(clara):
    jobs.start_job(kind="import.people", actor=Actor.system("x"), is_dry_run=False)
    old = clock.now() - timedelta(hours=1)
    Job.objects.update(state=Job.State.WAITING, asked_at=old, started_at=None)
    assert parts(clara)["jobs"] == "watch"

    Job.objects.update(state=Job.State.FAILED)

    assert parts(clara)["jobs"] == "act"
    assert "/resume/" not in clara.get("/desk/health/").text
