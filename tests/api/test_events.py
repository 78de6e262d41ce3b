import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from academy.clients import projections
from academy.clients.models import Disclosure
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
        if body["position"] == after:
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
