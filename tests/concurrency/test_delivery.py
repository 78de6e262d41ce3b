"""Workers that die at each step, two at once, no broker: nothing lost, nobody told twice."""

import os
import signal
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.db import connection

from academy.config import schedule
from academy.config.celery import app
from academy.core import clock
from academy.ledger import delivery as ledger, wake
from academy.messages import delivery, lease
from academy.messages.models import Message
from enrollment.reminders import actions
from enrollment.reminders.enums import Anchor
from enrollment.reminders.models import ReminderRule
from enrollment.requests import actions as requests
from tests import factories
from tests.concurrency.racing import race
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[2]
MAILS = 12
app.loader.import_default_modules()


@pytest.fixture
def confirmed():
    """People with a confirmed place, whose confirmations wait to be sent; their addresses."""
    run = factories.run(seats=None)
    people = [factories.person() for _ in range(MAILS)]
    for person in people:
        requests.enroll(run=run.public_id, person=person.pk, actor=ACTOR)
    ledger.advance()
    no_invitations()
    return [person.email for person in people]


def no_invitations():
    """The trainer is invited, too: not what is counted here."""
    Message.objects.filter(kind="calendar.teaching").delete()


@contextmanager
def worker(task, post_office):
    """A worker process; killed at the end at the latest."""
    database = os.environ["DATABASE_URL"].rpartition("/")[0]
    environment = os.environ | {
        "DATABASE_URL": f"{database}/{connection.settings_dict['NAME']}",
        "EMAIL_URL": f"smtp://127.0.0.1:{post_office.port}",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.concurrency.mail_worker", task],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        process.first_line = process.stdout.readline().strip()
        yield process
    finally:
        process.kill()
        process.wait(60)
        process.stdout.close()


def after_the_lease(monkeypatch):
    moment = clock.now() + lease.LENGTH
    monkeypatch.setattr(clock, "now", lambda: moment)


def states():
    return Counter(Message.objects.values_list("state", flat=True))


def test_killed_between_claim_and_send(confirmed, post_office, monkeypatch):
    with worker("claim", post_office) as process:
        assert process.first_line == str(MAILS)
        process.send_signal(signal.SIGKILL)
        process.wait(60)
    delivery.deliver()
    assert post_office.mails == []  # still under the dead worker's lease

    after_the_lease(monkeypatch)
    delivery.deliver()

    assert sorted(post_office.recipients) == sorted(confirmed)
    assert states() == {"sent": MAILS}


@pytest.mark.parametrize(
    ("step", "told_twice"),
    [("at_recipient", 0), ("at_data", 1)],
    ids=["before the mail is taken", "taken, and not yet recorded"],
)
def test_killed_in_the_middle_of_sending(confirmed, post_office, monkeypatch, step, told_twice):
    """Only a crash between the server's 250 and our commit can repeat a mail, and only that one."""
    victim = confirmed[5]
    with worker("deliver", post_office) as process:

        def kill(address):
            if address == victim and process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait(60)
            return "250 OK"

        setattr(post_office, step, kill)
        assert process.wait(60) == -signal.SIGKILL
    recorded = states()["sent"]

    after_the_lease(monkeypatch)
    delivery.deliver()

    assert recorded == 5
    assert states() == {"sent": MAILS}
    times = Counter(post_office.recipients)
    assert set(times) == set(confirmed)
    assert {address: number for address, number in times.items() if number > 1} == (
        {victim: 2} if told_twice else {}
    )
    twins = {mail["Message-ID"] for mail in post_office.mails if mail["To"] == victim}
    assert len(twins) == 1


def test_two_workers_deliver_each_message_once(confirmed, post_office, monkeypatch):
    monkeypatch.setattr(lease, "BATCH", 3)
    monkeypatch.setattr(lease.claim, "__kwdefaults__", {"limit": 3})
    with worker("deliver", post_office) as process:
        race([partial(delivery.deliver, seconds=20)] * 2, threads=2)
        process.wait(60)

    assert Counter(post_office.recipients) == dict.fromkeys(confirmed, 1)
    assert states() == {"sent": MAILS}


def test_a_poison_message_kills_its_worker_and_nobody_else(confirmed, post_office, monkeypatch):
    """Each claim after a death is of one message: the others are sent between the deaths."""
    poison = Message.objects.order_by("id")[0]
    for _ in range(3):
        after_the_lease(monkeypatch)
        first = lease.claim()
        assert first[0].id == poison.pk  # and the worker dies on it
        delivery.deliver()

    poison.refresh_from_db()
    assert (poison.state, poison.outgoing.attempts) == ("waiting", 3)
    assert sorted(post_office.recipients) == sorted(confirmed[1:])


def test_clocks_that_tick_at_once_plan_once():
    run = factories.run(seats=None, starts_in=timedelta(days=20))
    for _ in range(5):
        requests.enroll(run=run.public_id, person=factories.person().pk, actor=ACTOR)
    ReminderRule.objects.create(
        code="week", anchor=Anchor.RUN_START, recipient="trainee", offset=-168,
    )  # fmt: skip
    due = run.starts_at - timedelta(days=7)

    race([partial(actions.plan_due, due)] * 8, threads=8)

    assert Message.objects.filter(kind="reminder.run_start").count() == 5


def test_handlers_that_read_at_once_write_once(post_office):
    run = factories.run(seats=None)
    for _ in range(5):
        requests.enroll(run=run.public_id, person=factories.person().pk, actor=ACTOR)

    race([ledger.advance] * 6, threads=6)
    ledger.advance()

    assert Message.objects.filter(kind="enrollment.confirmed").count() == 5


def test_the_broker_is_away_and_the_beat_finds_the_work(post_office, request):
    def lost():
        raise ConnectionError("no broker")

    wake.use(lost)
    request.addfinalizer(lambda: wake.use(None))
    person = factories.person()
    requests.enroll(run=factories.run(seats=None).public_id, person=person.pk, actor=ACTOR)
    assert post_office.mails == []

    for name in ("ledger.advance", "messages.deliver"):  # what the clock starts anyway
        assert name in schedule.EVERY
        app.tasks[name]()

    assert person.email in post_office.recipients


def test_who_finds_work_asks_for_its_delivery(monkeypatch):
    asked = []
    monkeypatch.setattr(app, "send_task", lambda name, **options: asked.append((name, options)))
    advance = app.tasks["ledger.advance"]

    schedule.follow_up(sender=advance, result=0)
    schedule.follow_up(sender=app.tasks["requests.sweep"], result=4)
    schedule.follow_up(sender=advance, result=4)

    soon = {"expires": 10, "retry": False}
    assert asked == [("messages.deliver", soon), ("clients.call_webhooks", soon)]
