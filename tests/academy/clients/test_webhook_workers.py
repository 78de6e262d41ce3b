"""Several workers at one list of calls: each call is made once."""

import threading

import pytest
from django.db import connection

from academy.clients import delivery
from academy.clients.models import Call
from tests.academy.clients.conftest import happen, hook, system, turn
from tests.academy.clients.receivers import Receiver


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_each_call_once():
    with Receiver() as receiver:
        hook(system("full"), receiver, "test.happened")
        happen(*["test.happened"] * 30)

        def work():
            while Call.objects.filter(state="waiting").exists():
                turn()

        together(2, work)

    ids = [headers["webhook-id"] for headers, _body in receiver.calls]
    assert len(ids) == len(set(ids)) == 30


@pytest.mark.django_db(transaction=True)
def test_workers_that_ask_in_the_same_instant_are_given_different_calls():
    """One may come to the webhook just after another has let go of it, with an older snapshot."""
    with Receiver() as receiver:
        hook(system("full"), receiver, "test.happened")
        happen(*["test.happened"] * 300)
        given = []
        meet = threading.Barrier(4)

        def work():
            for _again in range(60):
                meet.wait(60)
                given.extend(call.pk for call in delivery.claim())

        together(4, work)

    assert len(given) == len(set(given)) == 300


def together(workers, work):
    """The same work in that many threads, to its end."""

    def one():
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
