"""Readers who wait for news hold neither the web process nor a session, and hear of it at once."""

import http.client
import json
import threading
import time
from contextlib import ExitStack, closing
from uuid import uuid4

import pytest
from django.db import connection

from academy.clients.actions import revoke_client
from academy.clients.models import Client
from academy.config import children
from academy.config.engines.process import free_port
from academy.ledger import actions as ledger, queries
from academy.rest import news
from academy.rest.authentication import forget_tokens
from tests.academy.ledger.writing import write
from tests.api.calls import V1, system
from tests.concurrency.conftest import OURS
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)

SESSIONS = """
SELECT count(*) FROM pg_stat_activity
WHERE application_name = %s AND datname = current_database() AND backend_type = 'client backend'
"""


class Line:
    """One connection of one system."""

    def __init__(self, port, reader):
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = reader.headers

    def ask(self, path):
        self.http.request("GET", f"{V1}{path}", headers=self.headers)
        return self

    def answer(self):
        answer = self.http.getresponse()
        return answer.status, answer.headers, json.loads(answer.read())

    def close(self):
        self.http.close()


@pytest.fixture
def lines(port):
    """Twenty systems that wait at the end of the feed, each on a connection of its own."""
    readers = [system("events:read") for _ in range(news.MOST)]
    ledger.sequence_all()
    path = f"/events?after={queries.last_position()}&wait=30"
    with ExitStack() as stack:
        made = [stack.enter_context(closing(Line(port, reader))) for reader in readers]
        for line in made:
            line.ask(path)
        give_up = time.monotonic() + 60
        while Client.objects.filter(read_at=None).exists():  # noted once they have their place
            assert time.monotonic() < give_up
            time.sleep(0.01)
        yield made


def test_twenty_readers_wait_and_hold_up_nobody(port, told, lines, record_property):
    assert news.MOST == 20 < children.WEB_THREADS
    end = queries.last_position()
    with closing(Line(port, system("events:read"))) as other, connection.cursor() as cursor:
        for _ in range(5):  # with one session and one thread that works, held ones would block it
            status, headers, _ = other.ask(f"/events?after={end}&wait=30").answer()
            assert (status, headers["Retry-After"]) == (200, "1"), "there is no place for one more"
        cursor.execute(SESSIONS, [OURS])
        assert cursor.fetchone()[0] <= 1

    write(1)
    began = time.perf_counter()
    ledger.sequence_all()
    answers = [line.answer() for line in lines]
    took = time.perf_counter() - began

    record_property("milliseconds for twenty", round(took * 1000))
    for status, _headers, body in answers:
        assert (status, body["items"][-1]["type"]) == (200, "tests.happened")
    assert took < news.LOOK, "they were told; none had to look by itself"


def test_readers_who_have_hung_up_do_no_harm(port, told, lines):
    for line in lines:
        line.close()
    with closing(Line(port, system("events:read"))) as other:
        ledger.sequence_all()  # wakes those who are gone; their places are free
        end = queries.last_position()
        other.ask(f"/events?after={end}&wait=30")
        write(1)
        ledger.sequence_all()
        assert other.answer()[2]["items"][0]["type"] == "tests.happened"


def in_thread(work):
    answers = []

    def run():
        try:
            answers.append(work())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, answers


@pytest.fixture
def room(monkeypatch):
    """A room of this process that nobody has entered yet."""
    made = news.Room()
    monkeypatch.setattr(news, "room", made)
    return made


def enters(room):
    give_up = time.monotonic() + 60
    while not room.readers:
        assert time.monotonic() < give_up
        time.sleep(0.005)


def test_the_broker_is_away_and_the_reader_looks_by_itself(room, settings, monkeypatch):
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    monkeypatch.setattr(news, "LOOK_ALONE", 0.05)
    reader = system("events:read")
    ledger.sequence_all()
    end = queries.last_position()
    thread, answers = in_thread(lambda: reader.get(f"/events?after={end}&wait=20").json())
    enters(room)

    write(1)
    ledger.sequence_all()

    thread.join(60)
    assert [event["type"] for event in answers[0]["items"]] == ["tests.happened"]
    assert room.readers == []
    assert not room.is_heard


def test_whose_key_is_taken_back_while_waiting_is_told_nothing(room, told):
    reader = system("events:read")
    ledger.sequence_all()
    end = queries.last_position()
    thread, answers = in_thread(lambda: reader.get(f"/events?after={end}&wait=20"))
    while Client.objects.filter(read_at=None).exists():  # noted when it has looked in vain
        time.sleep(0.005)

    revoke_client(name=Client.objects.get().name, actor=ACTOR)
    forget_tokens()
    ledger.sequence_all()

    thread.join(60)
    assert answers[0].status_code == 401
    assert answers[0].json()["code"] == "token_invalid"


def test_only_who_waits_for_such_events_is_woken(room, told):
    types = {"one": ["tests.one"], "both": ["tests.one", "tests.two"], "any": None}
    with ExitStack() as stack:
        readers = {
            name: stack.enter_context(room.reader(uuid4(), wanted, 30))
            for name, wanted in types.items()
        }
        while not room.is_heard:
            time.sleep(0.005)
        for reader in readers.values():
            reader.called.clear()

        write(1, kind="tests.two")
        ledger.sequence_all()

        assert readers["both"].called.wait(60)
        assert readers["any"].called.wait(60)
        assert not readers["one"].called.is_set()


def test_a_fifth_call_of_one_system_ends_its_first(room):
    caller = uuid4()
    with ExitStack() as stack:
        first, *others, last = [
            stack.enter_context(room.reader(caller, None, 30)) for _ in range(news.MOST_OF_ONE + 1)
        ]

        assert first.is_over
        assert first.called.is_set()
        assert not any(one.is_over for one in [*others, last])
        assert first not in room.readers
