import threading
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from django.db import connection, transaction

from academy.clients import projections
from academy.clients.models import Client, Disclosure
from academy.core import clock
from academy.core.actor import Actor
from academy.ledger import actions as ledger
from academy.ledger.actions import Fact
from enrollment.requests import actions
from tests import factories
from tests.api.calls import Caller, system

FORBIDDEN_TO_EVALUATORS = {
    "enrollment.requested",
    "enrollment.waitlisted",
    "enrollment.offered",
    "enrollment.rejected",
    "enrollment.expired",
    "enrollment.withdrawn",
    "enrollment.declined",
    "decision.opened",
    "decision.given",
    "decision.refused",
}


def read_all(caller, limit=1000, types=""):
    after, items = 0, []
    while True:
        body = caller.get(f"/events?after={after}&limit={limit}&types={types}").json()
        items += body["items"]
        if body["position"] == body["end"]:
            return items
        after = body["position"]


def test_an_event_is_a_cloud_event(cast):
    run = factories.run()
    made = actions.enroll(run=run.public_id, person=cast.asel.pk, actor=factories.ACTOR)
    ledger.sequence_all()

    body = Caller(account=cast.otto_account).get("/events?types=enrollment.confirmed").json()

    [event] = body["items"]
    assert event["specversion"] == "1.0"
    assert event["type"] == "enrollment.confirmed"
    assert event["subject"] == f"enrollment/{made.public_id}"
    assert event["datacontenttype"] == "application/json"
    assert event["data"]["person"] == str(cast.asel.public_id)
    assert body["position"] == event["position"]
    assert body["next"].endswith(f"after={body['position']}")


def digest_of(events):
    """What a consumer makes of the events that it holds."""
    lines = (f"{event['position']} {event['id']}" for event in events)
    return sha256("\n".join(lines).encode()).hexdigest()


def happened(*kinds):
    """Events of a test, given their place."""
    with transaction.atomic():
        facts = [Fact(kind, "test", uuid4(), data={"№": "Әділет"}) for kind in kinds]
        ledger.record(facts, actor=Actor.system('a "quoted" part'), at=clock.now())
    ledger.sequence_all()


def test_a_copy_can_be_compared_with_the_feed_by_projection(cast):
    factories.run()
    happened("test.one", "test.two", "test.one")
    full, minimal = system("events:read"), system("events:read", projection="minimal")

    for reader, types in ((full, ""), (full, "test.one"), (minimal, "")):
        copy = read_all(reader, limit=2, types=types)
        said = reader.get(f"/events/checksum?types={types}").json()
        assert (said["count"], said["digest"]) == (len(copy), digest_of(copy)), types
    assert said["types"] == {"run.published": 1}


def test_a_copy_with_a_hole_does_not_compare(cast):
    happened("test.one", "test.two", "test.three")
    reader = system("events:read")
    copy = read_all(reader)
    begin, until = copy[0]["position"], copy[1]["position"]

    said = reader.get(f"/events/checksum?after={begin}&until={until}").json()

    assert (said["after"], said["until"], said["count"]) == (begin, until, 1)
    assert said["digest"] == digest_of(copy[1:2]) != digest_of(copy[2:3])


def test_a_filter_that_shows_nothing_reads_a_bounded_stretch(cast, monkeypatch):
    monkeypatch.setattr("academy.ledger.feed.WINDOW", 2)
    happened(*["test.dull"] * 5, "test.rare")
    reader = system("events:read")

    first = reader.get("/events?types=test.rare").json()
    found = read_all(reader, types="test.rare")

    assert (first["items"], first["position"]) == ([], 2)
    assert [event["type"] for event in found] == ["test.rare"]


def test_who_does_not_wait_is_told_when_to_look_again(cast):
    happened("test.one")
    reader = system("events:read")
    end = reader.get("/events").json()["end"]

    idle = reader.get(f"/events?after={end}")
    busy = reader.get("/events?after=0&wait=20")

    assert (idle.json()["items"], idle["Retry-After"]) == ([], "1")
    assert "Retry-After" not in busy


def test_what_ends_a_subject_is_a_tombstone(cast):
    run = factories.run()
    made = actions.enroll(run=run.public_id, person=cast.asel.pk, actor=factories.ACTOR)
    actions.withdraw(enrollment=made.public_id, actor=factories.ACTOR)
    ledger.sequence_all()

    events = read_all(system("events:read"), types="enrollment.confirmed,enrollment.withdrawn")

    assert [event.get("tombstone") for event in events] == [None, True]


def test_a_client_says_how_far_it_has_read(cast):
    happened("test.one", "test.two")
    reader = system("events:read")

    end = reader.get("/events").json()["position"]
    before = Client.objects.get().read_position
    reader.get(f"/events?after={end}")

    assert (before, Client.objects.get().read_position) == (0, end)


def write_ten(number, written):
    """Ten events, each in a transaction that stays open for a while of its own."""
    for turn in range(10):
        subject = uuid4()
        with transaction.atomic():
            fact = Fact("test.happened", "test", subject, data={"turn": turn})
            ledger.record([fact], actor=Actor.system("test"), at=clock.now())
            threading.Event().wait((number * 3 + turn) % 7 / 1000)
        written.append(subject)


def in_thread(work, *args):
    def run():
        try:
            work(*args)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_no_event_is_lost_between_interleaved_writers():
    """Writers commit out of order while a reader follows: it ends with exactly what was written."""
    reader = Caller(account=factories.account("reader", role="auditor"))
    written, seen, after = [], [], 0
    writers = [in_thread(write_ten, number, written) for number in range(6)]

    while len(seen) < 60:
        ledger.sequence()
        body = reader.get(f"/events?after={after}&limit=7").json()
        seen, after = seen + body["items"], body["position"]
    for thread in writers:
        thread.join()

    assert [event["position"] for event in seen] == list(range(1, 61))
    assert {event["subject"] for event in seen} == {f"test/{subject}" for subject in written}


def test_an_evaluator_never_sees_a_refusal_or_a_queue(cast):
    run = factories.run(seats=1)
    for one in (cast.asel, cast.dana):
        actions.enroll(run=run.public_id, person=one.pk, actor=factories.ACTOR)
    gone = run.enrollments.get(person=cast.dana)
    actions.withdraw(enrollment=gone.public_id, actor=factories.ACTOR)
    ledger.sequence_all()
    evaluator = system("events:read", "enrollments:read", projection="evaluator")

    events = read_all(evaluator)
    asked = read_all(evaluator, types="enrollment.waitlisted,enrollment.withdrawn")
    rows = evaluator.get("/enrollments").json()["items"]

    assert {event["type"] for event in events} & FORBIDDEN_TO_EVALUATORS == set()
    assert asked == []
    assert "queue_number" not in str(events) + str(rows)
    assert "withdrawn" not in str(rows)
    assert str(cast.dana.public_id) not in str(events) + str(rows)


def test_the_rest_of_the_world_is_closed_until_it_is_opened(cast):
    factories.run()
    ledger.sequence_all()

    assert projections.projection("no such thing").shows("run.planned") is False
    events = read_all(system("events:read", projection="minimal"))
    assert {event["type"] for event in events} == {"run.published"}
    assert {"code", "context", "sequence", "state"} == set(events[0]["data"])


def test_what_a_system_reads_about_people_is_recorded(cast):
    reader = system("people:read")

    reader.get(f"/people/{cast.asel.public_id}", **{"X-Request-Id": "evaluation-2026"})

    row = Disclosure.objects.get()
    assert (row.resource, row.person_id, row.projection) == (
        "people",
        cast.asel.public_id,
        "full",
    )
    assert row.request_id == "evaluation-2026"
    assert clock.now() - row.at < timedelta(minutes=1)


def test_what_a_person_reads_is_no_disclosure(cast):
    Caller(account=cast.clara_account).get("/people")

    assert Disclosure.objects.count() == 0
