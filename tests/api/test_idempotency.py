import threading
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, transaction

from academy.core import clock
from academy.ledger import queries as ledger
from academy.ledger.models import Event
from academy.rest import idempotency
from academy.rest.idempotency import KeyedCall, fingerprint
from academy.rest.models import IdempotencyKey
from enrollment.seats.models import Enrollment
from tests import factories
from tests.api.calls import Caller


def test_same_key_and_body_give_the_same_answer(cast):
    caller, run = Caller(account=cast.asel_account), factories.run()
    body = {"run": str(run.public_id)}

    first = caller.post("/enrollments", body, key="k-1")
    again = caller.post("/enrollments", body, key="k-1")

    assert first.status_code == again.status_code == 201, first.content
    assert first.json() == again.json()
    assert first.json()["state"] == "confirmed"
    assert Enrollment.objects.count() == 1


def test_same_key_and_other_body_are_refused(cast):
    caller, run, other = Caller(account=cast.asel_account), factories.run(), factories.run()
    caller.post("/enrollments", {"run": str(run.public_id)}, key="k-1")
    events = ledger.waiting_in_inbox()

    answer = caller.post("/enrollments", {"run": str(other.public_id)}, key="k-1")

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert Enrollment.objects.count() == 1
    assert ledger.waiting_in_inbox() == events


def test_the_key_belongs_to_its_caller(cast):
    run = factories.run()
    body = {"run": str(run.public_id)}

    ours = Caller(account=cast.asel_account).post("/enrollments", body, key="k-1")
    theirs = Caller(account=cast.dana_account).post("/enrollments", body, key="k-1")

    assert ours.json()["id"] != theirs.json()["id"]


def test_a_command_without_a_key_changes_nothing(cast):
    run = factories.run()

    answer = Caller(account=cast.asel_account).post(
        "/enrollments", {"run": str(run.public_id)}, key=""
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")
    assert Enrollment.objects.count() == 0


def test_a_refusal_is_not_remembered(cast):
    caller = Caller(account=cast.asel_account)

    answer = caller.post("/enrollments", {"run": str(uuid4())}, key="k-1")

    assert answer.status_code == 404
    assert IdempotencyKey.objects.count() == 0


def test_keys_are_forgotten_after_a_day(db):
    now = clock.now()
    for age in (idempotency.KEPT * 2, idempotency.KEPT / 2):
        IdempotencyKey.objects.create(
            caller=uuid4(), key="k", fingerprint="f", status=200, answer={}, created_at=now - age
        )

    assert idempotency.forget(now) == 1
    assert IdempotencyKey.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twins_in_flight_are_carried_out_once():
    cast, run = factories.Cast(), factories.run()
    barrier, answers = threading.Barrier(4), []

    def call():
        try:
            caller = Caller(account=cast.asel_account)
            barrier.wait()
            body = {"run": str(run.public_id)}
            answers.append(caller.post("/enrollments", body, key="twin"))
        finally:
            connection.close()

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {answer.status_code for answer in answers} <= {201, 409}
    ids = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(ids) == 1
    assert Enrollment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_twin_of_a_slow_call_is_told_to_wait():
    kept, release = threading.Event(), threading.Event()
    caller = uuid4()

    def slow():
        try:
            with transaction.atomic():
                KeyedCall(caller, "k", fingerprint("POST", "/x", {}), lambda _: {"a": 1}).keep(None)
                kept.set()
                release.wait(60)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    kept.wait(60)
    twin = KeyedCall(caller, "k", fingerprint("POST", "/x", {}), lambda _: {"a": 2})
    with pytest.raises(idempotency.InFlight) as refusal:
        idempotency.carry_out(twin, lambda keyed: None)
    release.set()
    thread.join()

    assert (refusal.value.status, refusal.value.code) == (409, "idempotency_key_in_flight")
    assert idempotency.carry_out(twin, lambda keyed: None) == (200, {"a": 1})


def test_a_command_replayed_after_its_key_is_forgotten_changes_nothing(cast):
    run = factories.run(seats=2)
    asel = Caller(account=cast.asel_account)
    body = {"run": str(run.public_id)}
    first = asel.post("/enrollments", body, key="monday")
    later = clock.now() + timedelta(hours=25)

    with time_machine.travel(later, tick=False):
        asel = Caller(account=cast.asel_account)  # the session of yesterday may be over
        assert idempotency.forget(later) == 1
        again = asel.post("/enrollments", body, key="monday")
        after_a_withdrawal = asel.post(f"/enrollments/{first.json()['id']}/withdraw", key="w")
        twice = asel.post(f"/enrollments/{first.json()['id']}/withdraw", key="w2")

    assert (first.status_code, again.status_code) == (201, 409)
    assert again.json()["code"] == "already_enrolled"
    assert (after_a_withdrawal.status_code, twice.status_code) == (200, 200)
    events = Event.objects.filter(subject_id=first.json()["id"]).values_list("type", flat=True)
    assert list(events.order_by("id")) == ["enrollment.confirmed", "enrollment.withdrawn"]
