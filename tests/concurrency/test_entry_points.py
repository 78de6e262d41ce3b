"""Four ways in, one run, one moment: the page, the API, another court system, the registrar."""

import random
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse

from courses.planning.models import Seat
from enrollment.requests import actions
from enrollment.seats.enums import Source, State
from enrollment.seats.models import Enrollment
from tests import factories
from tests.api.calls import Caller, system
from tests.concurrency.racing import race
from tests.concurrency.test_last_seats import assert_queue_is_fair, holders
from tests.enrollment.stage import assert_sound
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)


def by_page(run, person):
    client = Client()
    client.force_login(
        factories.account(of=person), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return partial(client.post, reverse("enrollment:enroll", args=[run.public_id]), {"key": "once"})


def by_api(run, person):
    caller = Caller(account=factories.account(of=person))
    return partial(caller.post, "/enrollments", {"run": str(run.public_id)})


def by_system(caller, run, person):
    body = {"run": str(run.public_id), "person": str(person.public_id)}
    return partial(caller.post, "/enrollments", body)


def by_registrar(run, person):
    return partial(
        actions.enroll, run=run.public_id, person=person.pk, actor=ACTOR, source=Source.REGISTRAR
    )


def rush(requests, seats, threads):
    """So many people, a quarter of them by each way, for so many seats."""
    run, people = factories.run(seats=seats), factories.people(requests, factories.court())
    other = system("enrollments:write")
    ways = [by_page, by_api, partial(by_system, other), by_registrar]
    calls = [ways[number % 4](run, person) for number, person in enumerate(people)]
    random.Random(requests).shuffle(calls)

    answers = race(calls, threads=threads)

    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert holders(run) == seats
    waiting = Enrollment.objects.filter(run=run, state=State.WAITLISTED)
    assert waiting.count() == requests - seats
    assert Seat.objects.filter(run=run, free=True).count() == 0
    sources = Enrollment.objects.filter(run=run).values_list("source", flat=True)
    assert set(sources) == {"self", "system", "registrar"}
    assert_queue_is_fair(run)
    assert_sound()


def test_a_rush_through_four_entries_sells_no_seat_twice():
    rush(24, seats=5, threads=12)


@pytest.mark.proof
@pytest.mark.parametrize("turn", range(3))
def test_200_requests_through_four_entries_for_the_last_20_seats(turn, record_property):
    record_property("requests", 200)
    rush(200 + turn * 4, seats=20, threads=20)
