"""Commands of people that cross: whoever comes second sees what the first has done."""

import random
from datetime import timedelta
from functools import partial

import pytest

from academy.core import clock
from academy.core.errors import Busy, Refused
from courses.planning.actions import SessionPlan
from courses.planning.enums import PoolScope
from courses.planning.models import Run, SeatPool
from courses.planning.pools import Share
from enrollment.decisions.models import Decision
from enrollment.requests import actions, pool_actions, run_changes, timers, transfers
from enrollment.seats import locks
from enrollment.seats.enums import ACTIVE, HOLDING
from enrollment.seats.models import Enrollment
from tests import factories
from tests.concurrency.meeting import refusals, while_it_waits
from tests.concurrency.racing import race
from tests.concurrency.test_last_seats import assert_queue_is_fair, holders
from tests.enrollment.stage import (
    MINUTE,
    ask,
    assert_sound,
    events_of,
    fill,
    now_is,
    seats_of,
    states,
)
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("mode", ["open", "approval"])
@pytest.mark.parametrize("seats", [0, 1, None])
def test_who_asks_while_the_run_is_cancelled_is_refused(mode, seats):
    run = factories.run(seats=seats, mode=mode)
    person = factories.person(factories.court())

    def cancel():
        locks.hold_run(run.pk)
        Run.objects.filter(pk=run.pk).update(state="cancelled")

    answer = while_it_waits(cancel, partial(ask, run, person))

    assert isinstance(answer, Refused)
    assert answer.code == "run_takes_nobody"
    assert not Enrollment.objects.filter(run=run).exists()


def test_a_crowd_asks_while_the_run_is_cancelled_and_nobody_is_left_in_it():
    run = factories.run(seats=10)
    calls = [partial(ask, run, person) for person in factories.people(16, factories.court())]
    cancel = partial(run_changes.cancel_run, run=run.public_id, reason="venue", actor=ACTOR)
    calls.insert(8, cancel)

    answers = race(calls, threads=12)

    assert set(refusals(answers)) <= {"run_takes_nobody"}
    assert not Enrollment.objects.filter(run=run, state__in=ACTIVE).exists()
    assert_sound()


def test_who_asks_while_the_run_is_moved_is_busy_at_the_new_times():
    run = factories.run(seats=5)
    later = run.starts_at + timedelta(days=7)
    plan = SessionPlan(later, 90)
    calls = [partial(ask, run, person) for person in factories.people(12)]
    calls.insert(4, partial(run_changes.move_run, run=run.public_id, sessions=[plan], actor=ACTOR))

    answers = race(calls, threads=12)

    assert refusals(answers) == []
    busy = {row.busy[0].lower for row in Enrollment.objects.filter(run=run)}
    assert busy == {later}


def test_the_clash_of_one_who_waits_is_not_the_affair_of_one_who_leaves():
    run, elsewhere = factories.run(seats=1), factories.run(seats=1)
    held, first, second = fill(run, 3)
    theirs = ask(elsewhere)

    def sits_elsewhere():
        Enrollment.objects.filter(pk=theirs.pk).update(person_id=first.person_id)

    answer = while_it_waits(
        sits_elsewhere, partial(actions.withdraw, enrollment=held.public_id, actor=ACTOR)
    )

    assert isinstance(answer, Enrollment), answer
    assert states(held, first, second) == ["withdrawn", "waitlisted", "offered"]
    assert [look.reason for look in first.looks.all()] == ["clash"]
    assert events_of(first) == ["waitlisted"]


def promotion_acceptance_and_cut(size):
    run = factories.run(seats=3)
    everybody = fill(run, 8)
    actions.withdraw(enrollment=everybody[0].public_id, actor=ACTOR)
    accept = partial(actions.accept, enrollment=everybody[3].public_id, actor=ACTOR)
    leave = [
        partial(actions.withdraw, enrollment=row.public_id, actor=ACTOR) for row in everybody[1:3]
    ]
    by_hand = partial(
        actions.promote_out_of_order,
        enrollment=everybody[7].public_id,
        reason="illness",
        actor=ACTOR,
    )
    cut = partial(run_changes.change_capacity, run=run.public_id, capacity=size, actor=ACTOR)

    answers = race([accept, by_hand, cut, *leave])

    assert set(refusals(answers)) <= {"no_free_seat", "transition"}
    seats = seats_of(run)
    assert seats["free"] + seats["held"] == size
    assert seats["above"] == 0 or seats["free"] == 0
    assert now_is(everybody[3]) == "confirmed"
    assert_sound()


@pytest.mark.parametrize("size", [0, 1, 3])
def test_a_promotion_an_acceptance_and_a_cut_of_the_capacity_at_once(size):
    promotion_acceptance_and_cut(size)


@pytest.mark.proof
def test_many_promotions_acceptances_and_cuts_at_once(record_property):
    record_property("races", 60)
    for turn in range(60):
        promotion_acceptance_and_cut(turn % 5)


def transfers_both_ways(pairs):
    """So many people of one run go to the other while as many come back; one seat free in each."""
    course = factories.course()
    one, other = (
        factories.run(of=course, seats=pairs + 1, starts_in=timedelta(days=day)) for day in (30, 40)
    )
    there = [ask(one, person) for person in factories.people(pairs)]
    back = [ask(other, person) for person in factories.people(pairs)]
    move = partial(transfers.transfer, actor=ACTOR)
    calls = [partial(move, enrollment=row.public_id, to_run=other.public_id) for row in there]
    calls += [partial(move, enrollment=row.public_id, to_run=one.public_id) for row in back]
    random.Random(pairs).shuffle(calls)

    answers = race(calls, threads=8)

    assert set(refusals(answers)) <= {"no_free_seat", "busy"}
    moved = [answer for answer in answers if isinstance(answer, Enrollment)]
    assert moved, "somebody gets through"
    for run in (one, other):
        seats = seats_of(run)
        assert (seats["free"] + seats["held"], seats["above"]) == (pairs + 1, 0)
    people = Enrollment.objects.filter(state__in=HOLDING).values_list("person_id", flat=True)
    assert len(set(people)) == len(people) == 2 * pairs, "nobody lost a seat, nobody has two"
    assert all(row.previous.state == "transferred" for row in moved)
    assert_sound()


def test_transfers_there_and_back_at_once_lose_nobody():
    transfers_both_ways(4)


@pytest.mark.proof
def test_many_transfers_there_and_back_at_once(record_property):
    record_property("transfers", 20 * 24)
    for _ in range(20):
        transfers_both_ways(12)
        Enrollment.objects.filter(state__in=HOLDING).update(busy=None)
        for run in Run.objects.filter(state="published"):
            run_changes.cancel_run(run=run.public_id, reason="venue", actor=ACTOR)


def release_at_the_instant_of_requests(seed):
    court = factories.court()
    run = factories.run(seats=7, auto_accept=True)
    share = Share(PoolScope.COURT, 5, court_id=court.pk)
    pool_actions.share_seats(run=run.public_id, shares=[share], actor=ACTOR)
    pool = SeatPool.objects.get(run=run, court=court)
    inside, outside = factories.people(6, court), factories.people(6)
    for one in outside[:3]:
        ask(run, one)
    calls = [partial(pool_actions.release_pool, pool=pool.pk, actor=ACTOR)] * 2
    calls += [partial(ask, run, one) for one in (*inside, *outside[3:])]
    random.Random(seed).shuffle(calls)

    answers = race(calls, threads=14)

    assert set(refusals(answers)) <= {"busy"}
    assert holders(run) == 7
    assert Enrollment.objects.filter(run=run).count() == 12
    assert not pool.seats.filter(free=True).exists()
    assert_queue_is_fair(run)
    assert_sound()


@pytest.mark.parametrize("seed", range(2))
def test_a_pool_is_released_at_the_instant_of_requests(seed):
    release_at_the_instant_of_requests(seed)


@pytest.mark.proof
def test_many_releases_at_the_instant_of_requests(record_property):
    record_property("races", 40)
    for seed in range(40):
        release_at_the_instant_of_requests(seed)


@pytest.mark.parametrize("minutes", [-1, 1])
def test_consents_around_the_offer_cut_off_seat_one_and_nobody_twice(minutes):
    cut_off = clock.now() + 120 * MINUTE
    run = factories.run(seats=1, mode="approval", promote_until=cut_off)
    court = factories.court(parent=factories.court())
    for one in factories.people(6, court):
        ask(run, one)
    at = cut_off + minutes * MINUTE
    calls = [
        partial(actions.decide, decision=one, yes=True, account=None, actor=ACTOR, at=at)
        for one in Decision.objects.values_list("public_id", flat=True)
    ]

    answers = race([*calls, partial(timers.sweep, at)])

    assert refusals(answers) == []
    assert Enrollment.objects.filter(run=run, state__in=HOLDING).count() == 1
    assert Enrollment.objects.filter(run=run, state="waitlisted").count() == 5
    actions.withdraw(
        enrollment=Enrollment.objects.get(run=run, state__in=HOLDING).public_id, actor=ACTOR, at=at
    )
    offered = Enrollment.objects.filter(run=run, state="offered").count()
    assert offered == (1 if minutes < 0 else 0), "after the cut-off nobody is offered a seat"


@pytest.mark.parametrize("hold", [False, True])
def test_a_consent_that_lands_while_the_request_is_withdrawn(hold):
    run = factories.run(seats=1, mode="approval", hold_while_pending=hold)
    mine = ask(run, factories.person(factories.court(parent=factories.court())))
    consent = partial(
        actions.decide,
        decision=mine.decisions.get().public_id,
        yes=True,
        account=factories.account().pk,
        actor=ACTOR,
    )
    leave = partial(actions.withdraw, enrollment=mine.public_id, actor=ACTOR)

    answers = race([consent, leave])

    assert set(refusals(answers)) <= {"decision_closed"}
    assert states(mine) == ["withdrawn"]
    assert seats_of(run)["free"] == 1
    assert events_of(mine)[-1] == "withdrawn"
    assert_sound()


def test_two_deciders_at_once_decide_once():
    run = factories.run(seats=1, mode="approval")
    mine = ask(run, factories.person(factories.court(parent=factories.court())))
    step = mine.decisions.get()
    decide = partial(
        actions.decide,
        decision=step.public_id,
        reason="workload",
        account=factories.account().pk,
        actor=ACTOR,
    )

    answers = race([partial(decide, yes=yes) for yes in (True, False) * 4], threads=8)

    assert refusals(answers) == ["decision_closed"] * 7
    assert len(events_of(step)) == 2
    assert len(events_of(mine)) == 2
    step.refresh_from_db()
    assert now_is(mine) == ("confirmed" if step.state == "yes" else "rejected")


def test_two_runs_that_wait_for_each_others_people_end_in_an_answer():
    course = factories.course()
    one, other = (factories.run(of=course, seats=2, auto_accept=True) for _ in range(2))
    first, second, *holders_ = factories.people(6)
    pairs = zip([one, one, other, other], holders_, strict=False)
    held = [ask(run, person) for run, person in pairs]
    for run, order in ((one, (first, second)), (other, (second, first))):
        for person in order:
            ask(run, person)

    answers = race(
        [partial(actions.withdraw, enrollment=row.public_id, actor=ACTOR) for row in held]
    )

    wrong = [a for a in answers if isinstance(a, Exception) and not isinstance(a, Busy)]
    assert wrong == []
    timers.sweep()
    assert_sound()
