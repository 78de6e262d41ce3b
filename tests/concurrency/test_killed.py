"""Workers killed in the middle of a transaction leave nothing half-done and lock nobody out."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from django.db import connection

from enrollment.requests import actions, run_changes
from tests import factories
from tests.concurrency import dying
from tests.concurrency.test_delivery import ROOT
from tests.enrollment.stage import ask, assert_sound, fill, sight, states
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)

OTHERS = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()
"""


def killed_in(calls, *, steps):
    """Run the commands in processes that are killed on the way; how each process ended."""
    address = os.environ["DATABASE_URL"].rpartition("/")[0]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.concurrency.dying",
            json.dumps([[*call, steps] for call in calls]),
        ],
        env=os.environ | {"DATABASE_URL": f"{address}/{connection.settings_dict['NAME']}"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return json.loads(done.stdout)


def wait_for_the_server():
    """A killed client's transaction ends when the server notices; soon."""
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        with connection.cursor() as cursor:
            cursor.execute(OTHERS)
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.01)
    raise AssertionError("a dead client's transaction is still open")


@pytest.fixture
def scene():
    """A full run with a queue, a request to be decided, a free seat elsewhere, and a newcomer."""
    course = factories.course()
    run, other = factories.run(of=course, seats=1), factories.run(of=course, seats=2)
    held, waiting = fill(run, 2)
    by_consent = factories.run(seats=1, mode="approval")
    court = factories.court(parent=factories.court())
    asked = ask(by_consent, factories.person(court))
    newcomer = factories.person(court)
    ids = {
        "run": str(run.public_id),
        "other": str(other.public_id),
        "by_consent": str(by_consent.public_id),
        "held": str(held.public_id),
        "step": str(asked.decisions.get().public_id),
    }
    calls = [
        ["enroll", {"run": ids["run"], "person": newcomer.pk}],
        ["enroll", {"run": ids["other"], "person": newcomer.pk}],
        ["enroll", {"run": ids["by_consent"], "person": newcomer.pk}],
        ["withdraw", {"enrollment": ids["held"]}],
        ["transfer", {"enrollment": ids["held"], "to_run": ids["other"]}],
        ["decide", {"decision": ids["step"], "yes": True, "account": None}],
        ["change_capacity", {"run": ids["run"], "capacity": 5}],
        ["cancel_run", {"run": ids["run"], "reason": "venue"}],
    ]
    return calls, held, waiting, asked, by_consent


def assert_untouched(scene, before):
    _calls, held, waiting, asked, by_consent = scene
    wait_for_the_server()
    assert sight() == before
    assert states(held, waiting, asked) == ["confirmed", "waitlisted", "requested"]
    assert_sound()
    actions.withdraw(enrollment=held.public_id, actor=ACTOR)
    run_changes.cancel_run(run=by_consent.public_id, reason="venue", actor=ACTOR)
    assert states(waiting, asked) == ["offered", "cancelled"]


def test_a_command_killed_at_its_very_end_leaves_nothing_behind(scene):
    before = sight()

    ended = killed_in(scene[0], steps=False)

    assert ended == [[dying.LAST]] * len(scene[0])
    assert_untouched(scene, before)


@pytest.mark.proof
@pytest.mark.timeout(300)
def test_a_command_killed_before_each_of_its_statements_leaves_nothing_behind(
    scene, record_property
):
    before = sight()

    ended = killed_in(scene[0], steps=True)

    record_property("kills", sum(map(len, ended)))
    for command in ended:
        *on_the_way, last = command
        assert set(on_the_way) == {signal.SIGKILL}
        assert last == dying.LAST
        assert len(on_the_way) >= 3
    assert_untouched(scene, before)
