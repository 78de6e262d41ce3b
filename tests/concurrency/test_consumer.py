"""A system that is killed, away for a week and restarted at random ends with the service's rows."""

import random
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from django.db import connection, transaction
from oauth2_provider.models import get_access_token_model

from academy.clients.actions import add_client
from academy.core import clock
from academy.ledger import actions as ledger
from tests.academy.ledger.writing import fact
from tests.api.calls import system
from tests.concurrency import consumer
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 3


@pytest.fixture(autouse=True)
def quick_settings(settings):
    """The server knows Argon2 only; a cheap one is one that it can check, too."""
    settings.PASSWORD_HASHERS = ["tests.browser.stage.QuickArgon2"]


class System:
    """The consumer's process, its key and its copy."""

    def __init__(self, port, folder):
        pair = add_client(name="consumer", scopes=["events:read"], projection="full", actor=ACTOR)
        self.copy = folder / "copy.sqlite"
        key = (str(port), pair.client_id, pair.client_secret, str(self.copy))
        self.command = [sys.executable, str(Path(consumer.__file__)), *key]
        self.process = None

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE)

    def kill(self):
        self.process.kill()
        self.process.communicate()

    def finish(self):
        """Let it read to the end; it must get there by itself."""
        self.process.communicate(b"\n", timeout=300)  # on a loaded machine, too
        assert self.process.returncode == 0

    @property
    def rows(self):
        with closing(sqlite3.connect(self.copy)) as rows:
            return rows.execute("SELECT position, id FROM event ORDER BY position").fetchall()


def write(dice, events, stop):
    """Events in transactions of a few, of which some take their time and some are undone."""
    try:
        while events and not stop.is_set():
            many = min(events, dice.randint(1, 9))
            events -= many
            with transaction.atomic():
                ledger.record([fact(n) for n in range(many)], actor=ACTOR, at=clock.now())
                stop.wait(dice.choice([0, 0.002, 0.01]))
                transaction.set_rollback(dice.random() < 0.1)
            ledger.sequence(limit=50)
    finally:
        connection.close()


def live(port, folder, *, kills, events, seed):
    """The consumer lives through kills while writers write; then a week passes without it."""
    dice, stop = random.Random(seed), threading.Event()
    one = System(port, folder)
    writers = [
        threading.Thread(target=write, args=(random.Random(seed + n), events // WRITERS, stop))
        for n in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    try:
        for _ in range(kills):
            one.start()
            time.sleep(dice.uniform(0.05, 0.4))  # somewhere between its start and its reading
            one.kill()
        for writer in writers:
            writer.join(60)
    finally:
        stop.set()
    for day in range(7):
        with transaction.atomic():
            at = clock.now() + timedelta(days=day)
            ledger.record([fact(n) for n in range(20)], actor=ACTOR, at=at)
    get_access_token_model().objects.all().delete()  # a token does not live for a week
    ledger.sequence_all()
    one.start()
    one.finish()
    return one.rows


def assert_exact(rows):
    """The copy compares with the service by checksum alone."""
    said = system("events:read").get(f"/events/checksum?until={rows[-1][0]}").json()
    lines = "\n".join(f"{position} {public_id}" for position, public_id in rows)
    assert (said["count"], said["digest"]) == (len(rows), sha256(lines.encode()).hexdigest())
    assert [position for position, _id in rows] == list(range(1, len(rows) + 1))


def test_a_consumer_that_is_killed_and_away_ends_with_every_row(port, told, tmp_path):
    rows = live(port, tmp_path, kills=3, events=120, seed=7)

    assert len(rows) > 140
    assert_exact(rows)


@pytest.mark.proof
@pytest.mark.timeout(600)
def test_a_consumer_that_is_killed_very_often_ends_with_every_row(
    port, told, tmp_path, record_property
):
    rows = live(port, tmp_path, kills=100, events=12_000, seed=11)

    record_property("kills", 100)
    record_property("events", len(rows))
    assert_exact(rows)
