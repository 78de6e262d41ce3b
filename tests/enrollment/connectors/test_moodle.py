"""A run that is held in Moodle: who gets in and out, and what comes back."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from academy.core import clock
from academy.ledger import actions as ledger, delivery
from academy.ledger.models import Event
from enrollment.attendance.models import Mark
from enrollment.connectors import handlers, moodle as connector
from enrollment.connectors.models import Errand, MoodleCompletion
from enrollment.requests import actions as requests, run_actions
from tests import factories
from tests.enrollment import stage
from tests.enrollment.connectors.conftest import exception
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)
COURSE, ASEL = 301, 5001


def carry():
    ledger.sequence_all()
    delivery.drain(handlers.MOODLE)
    return connector.carry_to_moodle()


def link(run, course=COURSE):
    call_command("moodle", "link", run.code, str(course), stdout=StringIO())


@pytest.fixture
def asel(cast):
    cast.asel.external_id = "J-77"
    cast.asel.save(update_fields=["external_id"])
    return cast.asel


@pytest.fixture
def run(cast):
    return factories.run(trainer=cast.timur)


def last():
    return Errand.objects.latest("pk")


def test_who_gets_a_seat_gets_in_and_who_gives_it_up_gets_out(moodle, asel, run):
    link(run)
    enrollment = stage.ask(run, asel)

    assert carry() == 1
    assert moodle.enrolled == {(COURSE, ASEL)}

    requests.withdraw(enrollment=enrollment.public_id, actor=ACTOR)
    assert carry() == 1
    assert moodle.enrolled == set()


def test_linking_lets_in_who_has_a_seat_already_and_twice_is_once(moodle, asel, run):
    stage.ask(run, asel)

    link(run)
    carry()
    link(run)
    carry()

    assert moodle.enrolled == {(COURSE, ASEL)}
    assert Event.objects.filter(type="run.linked").count() == 2


def test_other_runs_are_none_of_moodles_business(moodle, asel, run):
    stage.ask(run, asel)

    assert carry() == 0
    assert moodle.calls == 0


def test_who_gave_the_seat_up_before_moodle_answered_never_gets_in(moodle, asel, run, time_machine):
    link(run)
    moodle.down = True
    enrollment = stage.ask(run, asel)
    assert carry() == 0
    requests.withdraw(enrollment=enrollment.public_id, actor=ACTOR)
    moodle.down = False
    time_machine.move_to(clock.now() + timedelta(seconds=11))

    carry()
    carry()

    assert moodle.enrolled == set()
    assert "enrol_manual_enrol_users" not in moodle.asked
    assert sorted(Errand.objects.values_list("state", flat=True)) == ["done", "dropped"]


def test_two_runs_in_one_course_keep_who_moves_between_them(moodle, asel, run):
    other = factories.run(starts_in=timedelta(days=60))
    link(run)
    link(other)
    first = stage.ask(run, asel)
    stage.ask(other, asel)
    carry()

    requests.withdraw(enrollment=first.public_id, actor=ACTOR)
    carry()

    assert moodle.enrolled == {(COURSE, ASEL)}


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (exception("invalidtoken", "Invalid token"), "invalidtoken: Invalid token"),
        (exception("wsnoinstance", "No manual instance"), "wsnoinstance: No manual instance"),
    ],
)
def test_an_error_that_moodle_answers_with_200_is_tried_again(
    moodle, asel, run, time_machine, problem, words
):
    link(run)
    stage.ask(run, asel)
    moodle.problem = problem
    assert carry() == 0
    assert (last().state, last().answer) == ("waiting", words)

    moodle.problem = None
    time_machine.move_to(clock.now() + timedelta(seconds=11))
    assert carry() == 1
    assert moodle.enrolled == {(COURSE, ASEL)}


def test_whom_moodle_does_not_know_is_given_up_after_some_days(moodle, cast, run):
    link(run)
    stage.ask(run, cast.dana)
    carry()
    assert (last().state, last().answer) == ("waiting", "Moodle knows no such user.")

    Errand.objects.update(attempts=79, due_at=clock.now())
    carry()

    assert last().state == "given_up"


def test_what_moodle_says_is_shown_to_the_trainer_and_marks_nobody(moodle, cast, asel, run):
    link(run)
    enrollment = stage.ask(run, asel)
    run_actions.go_ahead(run=run.public_id, actor=ACTOR)
    assert connector.read_completions() == 1
    assert MoodleCompletion.objects.get().completed_at is None
    moodle.completed[ASEL] = 1_795_000_000
    MoodleCompletion.objects.update(looked_at=clock.now() - timedelta(hours=1))

    assert connector.read_completions() == 1
    assert connector.read_completions() == 0  # who has completed has

    found = MoodleCompletion.objects.get(enrollment=enrollment)
    assert found.completed_at == datetime.fromtimestamp(1_795_000_000, UTC)
    browser = Client()
    browser.force_login(cast.timur_account)
    browser.cookies["django_language"] = "en"
    session = run.sessions.get()
    page = browser.get(f"/desk/runs/{run.public_id}/marks/{session.public_id}/")
    assert "Completed in Moodle:" in page.text
    assert not Mark.objects.exists()


def test_a_course_without_rules_of_completion_says_nothing(moodle, asel, run):
    link(run)
    stage.ask(run, asel)
    run_actions.go_ahead(run=run.public_id, actor=ACTOR)
    moodle.problem = exception("nocriteriaset", "No completion criteria set for this course")

    assert connector.read_completions() == 0
    assert not MoodleCompletion.objects.exists()


def test_nothing_is_called_where_no_moodle_is_configured(settings, asel, run):
    settings.MOODLE_URL = ""

    assert (connector.carry_to_moodle(), connector.read_completions()) == (0, 0)


def test_a_run_that_does_not_exist_is_not_linked(db):
    before = Event.objects.count()

    with pytest.raises(CommandError):
        call_command("moodle", "link", "NO-SUCH", "301")

    assert Event.objects.count() == before
