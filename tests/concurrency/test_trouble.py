"""What the service stands on goes away, jumps or doubles: nothing is lost, nobody is told twice."""

import os
from collections import Counter
from datetime import timedelta

import psycopg
import pytest
from django.db import OperationalError, connection

from academy.config import schedule
from academy.config.celery import app
from academy.core import clock
from academy.ledger import delivery as ledger, queries, registry
from academy.ledger.registry import Handler
from academy.messages import delivery, lease
from academy.messages.models import Message
from enrollment.requests import actions as requests
from tests import factories
from tests.concurrency.racing import race
from tests.concurrency.test_delivery import MAILS, confirmed, states  # noqa: F401 - a fixture
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)
OTHERS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = %s AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""


@pytest.fixture
def cut_all_sessions():
    """What a database that restarts does to its clients; afterwards the pool is filled anew."""
    name = connection.settings_dict["NAME"]
    address = os.environ["DATABASE_URL"].rpartition("/")[0]

    def cut():
        with psycopg.connect(f"{address}/postgres") as outside:
            outside.execute(OTHERS, [name])

    yield cut
    connection.close()
    connection.close_pool()


@pytest.fixture
def jump(monkeypatch):
    """Puts the clock forward or back, from where it really is."""
    real, by = clock.now, [timedelta(0)]
    monkeypatch.setattr(clock, "now", lambda: real() + by[0])

    def to(shift):
        by[0] = shift

    return to


def test_the_database_goes_away_while_a_mail_is_on_its_way(
    confirmed,  # noqa: F811
    post_office,
    cut_all_sessions,
):
    """The server has the mail: the worker waits for the database and writes it down."""
    victims = [confirmed[5]]

    def cut(address):
        if address in victims:
            victims.clear()
            cut_all_sessions()
        return "250 OK"

    post_office.at_data = cut

    delivery.deliver()

    assert Counter(post_office.recipients) == dict.fromkeys(confirmed, 1)
    assert states() == {"sent": MAILS}


def test_the_database_is_away_when_work_begins(confirmed, post_office, cut_all_sessions):  # noqa: F811
    cut_all_sessions()
    with pytest.raises(OperationalError):
        delivery.deliver()
    connection.close()  # as Celery does after a task
    connection.close_pool()

    delivery.deliver()

    assert Counter(post_office.recipients) == dict.fromkeys(confirmed, 1)


def test_a_clock_put_forward_makes_a_worker_let_go_of_what_may_be_anothers(
    confirmed,  # noqa: F811
    post_office,
    jump,
):
    """Another worker sees the lease run out. Only the mail that is on its way is told again."""
    victim, taken = confirmed[2], []

    def claim_three():  # and that worker dies
        taken.extend(lease.claim()[0].address for _ in range(3))

    def forward(address):
        if address == victim and not taken:
            jump(HOUR)
            race([claim_three])
        return "250 OK"

    post_office.at_data = forward

    delivery.deliver()
    assert taken == confirmed[2:5]
    jump(HOUR + lease.LENGTH)
    delivery.deliver()

    assert Counter(post_office.recipients) == {**dict.fromkeys(confirmed, 1), victim: 2}
    assert len({mail["Message-ID"] for mail in post_office.mails}) == MAILS
    assert states() == {"sent": MAILS}


def test_a_clock_put_back_delays_and_loses_nothing(confirmed, post_office, jump):  # noqa: F811
    jump(-HOUR)
    delivery.deliver()
    assert post_office.mails == []  # not due yet, by this clock

    jump(timedelta(0))
    post_office.at_recipient = lambda address: jump(-HOUR) or "250 OK"
    delivery.deliver()
    jump(timedelta(0))
    delivery.deliver()

    assert Counter(post_office.recipients) == dict.fromkeys(confirmed, 1)
    assert states() == {"sent": MAILS}


def test_two_beats_that_start_everything_at_once_do_everything_once(post_office):
    run = factories.run(seats=None)
    people = [factories.person() for _ in range(5)]
    for person in people:
        requests.enroll(run=run.public_id, person=person.pk, actor=ACTOR)

    for _ in range(2):
        race([app.tasks[name] for name in schedule.EVERY] * 2, threads=4)

    told = Message.objects.filter(kind="enrollment.confirmed")
    assert sorted(told.values_list("person", flat=True)) == sorted(one.pk for one in people)
    assert Counter(post_office.recipients) == Counter(
        Message.objects.values_list("person__email", flat=True)
    )


def test_a_handler_of_a_newer_version_waits_for_it_and_misses_nothing(monkeypatch):
    """Two versions run side by side: the older one moves nobody's cursor but its own handlers'."""
    seen = []
    newer = Handler("newer", ("enrollment.",), lambda events: seen.extend(e.type for e in events))
    run = factories.run(seats=None)

    for _ in range(2):
        requests.enroll(run=run.public_id, person=factories.person().pk, actor=ACTOR)
        ledger.advance()  # the older version
        assert "newer" not in queries.handler_lags()
    monkeypatch.setattr(registry, "_handlers", {**registry._handlers, "newer": newer})
    ledger.advance()

    assert seen == ["enrollment.confirmed"] * 2
    assert queries.handler_lags()["newer"] == 0
