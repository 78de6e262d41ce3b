import pytest
from django.db import DatabaseError, connection, transaction

from academy.core import clock
from academy.core.actor import Actor, ActorKind
from academy.ledger import actions, delivery, queries, registry
from academy.ledger.models import Cursor, Event, FeedEntry, Inbox, Note
from academy.ledger.registry import Handler
from tests.academy.ledger.writing import SUBJECT, fact, write
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db


@pytest.fixture
def alone(monkeypatch):
    """No handlers but those of the test."""
    monkeypatch.setattr(registry, "_handlers", {})


def places(entries):
    return [entry.event.data["place"] for entry in entries]


def test_an_event_says_who_did_what_and_words_stay_beside_it():
    actor = Actor(ActorKind.ACCOUNT, SUBJECT, behalf_of=SUBJECT, request_id="r-1")

    actions.record([fact(1), fact(2, note="Почему"), fact(3)], actor=actor, at=clock.now())

    events = list(Event.objects.order_by("id"))
    assert [event.data["place"] for event in events] == [1, 2, 3]
    assert {(e.actor_kind, e.actor_id, e.behalf_of, e.request_id) for e in events} == {
        ("account", SUBJECT, SUBJECT, "r-1")
    }
    note = Note.objects.get()
    assert (note.event, note.text, note.person_id) == (events[1], "Почему", events[1].person_id)


def _write_and_fail():
    with transaction.atomic():
        actions.record([fact()], actor=ACTOR, at=clock.now())
        raise OSError("power")


@pytest.mark.django_db(transaction=True)
def test_an_event_is_written_with_its_change_or_not_at_all():
    with pytest.raises(RuntimeError, match="transaction"):
        actions.record([fact()], actor=ACTOR, at=clock.now())
    with pytest.raises(OSError, match="power"):
        _write_and_fail()

    assert (Event.objects.count(), Inbox.objects.count()) == (0, 0)


def test_the_feed_is_numbered_once_and_without_gaps():
    write(1, 2, 3)
    assert actions.sequence(limit=2) == 2
    write(4)

    assert actions.sequence_all() == 2
    assert actions.sequence_all() == 0
    assert places(queries.feed_after(0)) == [1, 2, 3, 4]
    assert places(queries.feed_after(2)) == [3, 4]
    assert list(FeedEntry.objects.values_list("position", flat=True)) == [1, 2, 3, 4]
    assert (queries.last_position(), queries.waiting_in_inbox()) == (4, 0)


def test_the_feed_by_type_keeps_its_positions():
    write(1, 2)
    write(3, kind="tests.other")
    actions.sequence_all()

    found = queries.feed_after(0, types=["tests.other"])
    assert [(entry.position, entry.event.data["place"]) for entry in found] == [(3, 3)]


@pytest.mark.usefixtures("alone")
def test_a_handler_that_fails_keeps_its_place_and_stops_no_other():
    seen, fails = [], [True]

    def fragile(events):
        Note.objects.create(event=events[0], text="half done")
        if fails:
            raise ValueError("no")

    registry.register(Handler("fragile", ("tests.",), fragile))
    registry.register(Handler("steady", ("tests.happened",), seen.extend))
    write(1, 2)
    write(3, kind="tests.other")

    assert delivery.advance() == 2
    cursor = Cursor.objects.get(pk="fragile")
    assert (cursor.position, cursor.failures, cursor.last_error) == (0, 1, "ValueError")
    assert not Note.objects.exists(), "its rows and its cursor commit together"
    assert [event.data["place"] for event in seen] == [1, 2]

    fails.clear()
    assert delivery.advance() == 3
    cursor.refresh_from_db()
    assert (cursor.position, cursor.failures, cursor.last_error) == (3, 0, "")
    assert queries.handler_lags() == {"fragile": 0, "steady": 0}
    assert delivery.advance() == 0


@pytest.mark.usefixtures("alone")
def test_a_handler_gets_its_events_in_feed_order_batch_by_batch(monkeypatch):
    monkeypatch.setattr(delivery, "BATCH", 2)
    batches = []
    registry.register(
        Handler("reader", ("tests.",), lambda e: batches.append([x.data["place"] for x in e]))
    )
    write(1, 2, 3, 4, 5)

    delivery.advance()

    assert batches == [[1, 2], [3, 4], [5]]


@pytest.mark.usefixtures("alone")
def test_between_two_events_no_handler_is_asked(django_assert_num_queries):
    for place in range(5):
        registry.register(Handler(f"reader {place}", ("tests.",), len))
    write(1)
    delivery.advance()

    with django_assert_num_queries(6):  # four of the sequencer; the end of the feed, who is there
        assert delivery.advance() == 0


@pytest.mark.parametrize(
    ("wanted", "kind", "wants"),
    [
        (("tests.",), "tests.happened", True),
        (("tests.happened",), "tests.happened", True),
        (("tests.happened",), "tests.happened_twice", False),
        (("test.",), "tests.happened", False),
        ((), "tests.happened", False),
    ],
)
def test_which_events_a_handler_wants(wanted, kind, wants):
    assert Handler("h", wanted, print).wants(kind) is wants


@pytest.mark.parametrize("table", ["academy_event", "academy_feedentry"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_role_of_the_application_cannot_touch_what_was_written(table, verb):
    statement = verb.format(table).replace("SET id = id", "SET event_id = event_id")
    if table == "academy_event":
        statement = statement.replace("event_id", "type")
    actions.grant_to("academy_app")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE academy_app")
        write(1)
        actions.sequence_all()
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            cursor.execute(statement)
        assert places(queries.feed_after(0)) == [1]
        cursor.execute("RESET ROLE")
