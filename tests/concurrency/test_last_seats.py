"""Many people, few seats, one moment."""

import random
from functools import partial

import pytest

from academy.core.errors import Busy, Refused
from courses.planning.models import Run, Seat
from enrollment.requests import actions, run_changes
from enrollment.seats.enums import HOLDING, State
from enrollment.seats.models import Enrollment
from tests import factories
from tests.concurrency.racing import race
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)


def holders(run: Run) -> int:
    return Enrollment.objects.filter(run=run, state__in=HOLDING).count()


def assert_queue_is_fair(run: Run) -> None:
    """Nobody sits who came after somebody who waits, and no seat is free while one waits."""
    waiting = Enrollment.objects.filter(run=run, state=State.WAITLISTED)
    assert not (waiting.exists() and Seat.objects.filter(run=run, free=True).exists())
    served = Enrollment.objects.filter(run=run, state__in=HOLDING, queue_number__isnull=False)
    first_waiting = waiting.order_by("queue_number").values_list("queue_number", flat=True).first()
    if first_waiting is not None:
        assert not served.filter(queue_number__gt=first_waiting).exists()


def test_200_people_race_for_the_last_20_seats():
    run = factories.run(seats=20)
    everybody = factories.people(200)

    answers = race(
        [
            partial(actions.enroll, run=run.public_id, person=one.pk, actor=ACTOR)
            for one in everybody
        ],
        threads=20,
    )

    states = [answer.state for answer in answers]
    assert states.count(State.CONFIRMED) == 20
    assert states.count(State.WAITLISTED) == 180
    assert Enrollment.objects.filter(run=run, state=State.CONFIRMED).count() == 20
    assert Seat.objects.filter(run=run, free=True).count() == 0
    numbers = [answer.queue_number for answer in answers if answer.state == State.WAITLISTED]
    assert len(set(numbers)) == 180


def test_one_person_asks_from_many_devices_and_has_one_enrolment():
    run = factories.run(seats=5)
    one = factories.person()

    answers = race([partial(actions.enroll, run=run.public_id, person=one.pk, actor=ACTOR)] * 16)

    made = [answer for answer in answers if isinstance(answer, Enrollment)]
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert len(made) == 1
    assert {refusal.code for refusal in refused} == {"already_enrolled"}
    assert Seat.objects.filter(run=run, free=False).count() == 1


def test_two_runs_at_the_same_hour_cannot_both_hold_one_person():
    one = factories.person()
    course = factories.course()
    runs = [factories.run(of=course) for _ in range(6)]

    answers = race(
        [partial(actions.enroll, run=run.public_id, person=one.pk, actor=ACTOR) for run in runs]
    )

    assert sum(isinstance(answer, Enrollment) for answer in answers) == 1
    assert {answer.code for answer in answers if isinstance(answer, Refused)} == {"clash"}
    assert Seat.objects.filter(free=False).count() == 1


@pytest.mark.parametrize("seed", range(3))
def test_withdrawals_and_requests_cross_and_nobody_is_overtaken(seed: int):
    dice = random.Random(seed)
    seats = dice.randint(3, 12)
    run = factories.run(seats=seats, auto_accept=True)
    everybody = factories.people(60)
    first, later = everybody[:30], everybody[30:]
    enrolled = [actions.enroll(run=run.public_id, person=one.pk, actor=ACTOR) for one in first]
    leaving = dice.sample(enrolled, 10)
    calls = [
        partial(actions.withdraw, enrollment=one.public_id, actor=ACTOR) for one in leaving
    ] + [partial(actions.enroll, run=run.public_id, person=one.pk, actor=ACTOR) for one in later]
    dice.shuffle(calls)

    answers = race(calls)

    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert holders(run) == seats
    assert_queue_is_fair(run)


def test_capacity_cut_promotion_and_withdrawal_at_once_leave_no_orphan():
    run = factories.run(seats=10, auto_accept=True)
    enrolled = [
        actions.enroll(run=run.public_id, person=one.pk, actor=ACTOR)
        for one in factories.people(25)
    ]
    calls = [
        partial(actions.withdraw, enrollment=one.public_id, actor=ACTOR) for one in enrolled[:8]
    ] + [
        partial(run_changes.change_capacity, run=run.public_id, capacity=size, actor=ACTOR)
        for size in (6, 12, 9)
    ]

    answers = race(calls)

    unexpected = [a for a in answers if isinstance(a, Exception) and not isinstance(a, Busy)]
    assert unexpected == []
    run.refresh_from_db()
    assert Seat.objects.filter(run=run, is_retired=False).count() == run.capacity
    held = Enrollment.objects.filter(run=run, state__in=HOLDING)
    assert held.count() == held.exclude(seat=None).values("seat").distinct().count()
    assert Seat.objects.filter(run=run, free=True, enrollment__isnull=False).count() == 0
    assert_queue_is_fair(run)
