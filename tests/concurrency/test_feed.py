"""Writers that commit out of order, readers that must miss nothing, sequencers side by side."""

import random
import subprocess
import threading
import time
from contextlib import suppress
from functools import partial

import pytest
from django.db import connection, transaction

from academy.config.engines.programs import find_programs
from academy.core import clock
from academy.ledger import actions, delivery, queries, registry
from academy.ledger.models import FeedEntry
from academy.ledger.registry import Handler
from tests.academy.ledger.writing import fact, write
from tests.concurrency.racing import race
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS, EACH = 8, 12


class PowerCut(Exception):
    pass


def writer(number):
    """Events of which some are long in coming and some never come; the places that were kept."""
    dice = random.Random(number)
    kept = []
    for turn in range(EACH):
        wanted = [number * 1_000 + turn * 10 + step for step in range(dice.randint(1, 3))]
        with suppress(PowerCut), transaction.atomic():
            actions.record([fact(place) for place in wanted], actor=ACTOR, at=clock.now())
            time.sleep(dice.choice([0, 0, 0.001, 0.02]))
            if dice.random() < 0.25:
                raise PowerCut
            kept += wanted
    return kept


def reader(done):
    """Follows the feed with a cursor, as another system would; what it saw."""
    seen, position = [], 0
    while True:
        over = done.is_set()
        actions.sequence(limit=7)  # a sequencer in each reader: they get into each other's way
        for entry in queries.feed_after(position, limit=5):
            assert entry.position == position + 1, "a gap"
            position = entry.position
            seen.append(entry.event.data["place"])
        if over and not queries.waiting_in_inbox() and position == queries.last_position():
            return seen


def test_readers_see_every_committed_event_once_and_all_in_the_same_order():
    done, finished = threading.Event(), []

    def write_all(number):
        try:
            return writer(number)
        finally:
            finished.append(number)
            if len(finished) == WRITERS:
                done.set()

    calls = [partial(write_all, number) for number in range(WRITERS)]
    answers = race([*calls, *[partial(reader, done)] * 3], threads=WRITERS + 3)

    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    kept = [place for answer in answers[:WRITERS] for place in answer]
    first, second, third = answers[WRITERS:]
    assert sorted(first) == sorted(kept)
    assert first == second == third
    for number in range(WRITERS):
        mine = [place for place in first if place // 1_000 == number]
        assert mine == sorted(mine), "what one writer did in order is read in order"


def test_what_commits_late_is_read_late_but_is_read():
    begun, go = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            actions.record([fact(1)], actor=ACTOR, at=clock.now())
            begun.set()
            go.wait(60)

    def quick():
        begun.wait(60)
        write(2)
        actions.sequence_all()
        seen = [entry.event.data["place"] for entry in queries.feed_after(0)]
        go.set()
        return seen

    assert race([slow, quick])[1] == [2]
    actions.sequence_all()
    assert [entry.event.data["place"] for entry in queries.feed_after(1)] == [1]


def test_two_sequencers_at_once_number_each_event_once():
    for place in range(40):
        write(place)

    moved = race([partial(actions.sequence, limit=3)] * 40, threads=8)

    assert sum(moved) <= 40
    actions.sequence_all()
    positions = list(FeedEntry.objects.order_by("position").values_list("position", flat=True))
    assert positions == list(range(1, 41))


def test_two_drains_of_one_handler_at_once_handle_each_event_once(monkeypatch):
    monkeypatch.setattr(registry, "_handlers", {})
    monkeypatch.setattr(delivery, "BATCH", 3)
    handled = []

    def react(events):
        time.sleep(0.005)
        handled.extend(event.data["place"] for event in events)

    handler = Handler("slow", ("tests.",), react)
    write(*range(30))
    actions.sequence_all()

    totals = race([partial(delivery.drain, handler)] * 6, threads=6)

    delivery.drain(handler)
    assert [total for total in totals if isinstance(total, Exception)] == []
    assert handled == list(range(30))


def in_database(program, database, *options, words=""):
    """A program of PostgreSQL on one database of the test's server; what it printed."""
    at = connection.settings_dict
    server = {"PGHOST": at["HOST"], "PGPORT": str(at["PORT"]), "PGUSER": at["USER"]}
    done = subprocess.run(
        [find_programs(None) / program, *options],
        env={**server, "PGPASSWORD": at["PASSWORD"], "PGDATABASE": database},
        input=words,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.fixture
def restored():
    """A second database, as after a disaster; made from a dump of the first."""
    first = connection.settings_dict["NAME"]
    second = f"{first}_restored"
    in_database("psql", first, "-qc", f"CREATE DATABASE {second}")
    try:
        yield lambda: in_database(
            "psql", second, "-qv", "ON_ERROR_STOP=1", words=in_database("pg_dump", first, "-O")
        )
    finally:
        in_database("psql", first, "-qc", f"DROP DATABASE {second}")


def test_positions_survive_a_dump_and_a_restore(restored):
    write(0, 1, 2)
    actions.sequence_all()
    write(3)  # not in the feed yet
    ask = """SELECT position, event_id, public_id FROM academy_feedentry
               JOIN academy_event ON id = event_id ORDER BY position"""
    first, second = (connection.settings_dict["NAME"] + end for end in ("", "_restored"))

    restored()

    before = in_database("psql", first, "-Atc", ask)
    assert in_database("psql", second, "-Atc", ask) == before
    go_on = actions.MOVE_TO_FEED % {"limit": 10}
    in_database("psql", second, "-qc", go_on)
    after = in_database("psql", second, "-Atc", ask).splitlines()
    assert after[:3] == before.splitlines()
    assert [line.split("|")[0] for line in after] == ["1", "2", "3", "4"]
    with pytest.raises(subprocess.CalledProcessError) as refusal:
        in_database("psql", second, "-qc", "DELETE FROM academy_event")
    assert "append-only" in refusal.value.stderr
