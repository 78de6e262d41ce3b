"""Seats shared out by court, and their release."""

from datetime import timedelta

import pytest

from academy.core import clock
from academy.core.errors import Invalid
from courses.planning import pools
from courses.planning.enums import PoolScope
from courses.planning.models import Run, Seat, SeatPool
from courses.planning.pools import Share
from enrollment.requests import actions, pool_actions
from enrollment.seats.enums import State
from enrollment.seats.invariants import check_all
from enrollment.seats.models import Enrollment
from tests import factories
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)


def seats_of(run: Run) -> dict[str, int]:
    return {
        f"{pool.scope}:{pool.court_id or pool.region_id or ''}": pool.seats.count()
        for pool in SeatPool.objects.filter(run=run)
    }


def share(court, seats: int, **more) -> Share:
    return Share(PoolScope.COURT, seats, court_id=court.pk, **more)


@pytest.mark.parametrize(
    ("posts", "seats", "expected"),
    [
        ({1: 10, 2: 10}, 4, {1: 2, 2: 2}),
        ({1: 10, 2: 10}, 3, {1: 2, 2: 1}),
        ({1: 5, 2: 3, 3: 2}, 9, {1: 4, 2: 3, 3: 2}),
        ({1: 0, 2: 7}, 2, {2: 2}),
        ({}, 5, {}),
    ],
)
def test_by_posts_gives_every_seat_by_largest_remainders(posts, seats, expected):
    assert pools.by_posts(posts, seats) == expected


def test_a_court_uses_its_own_pool_first_and_then_everyones():
    home, away = factories.court(), factories.court()
    run = factories.run(seats=3)
    pool_actions.share_seats(run=run.public_id, shares=[share(home, 1)], actor=ACTOR)
    assert seats_of(run) == {"everyone:": 2, f"court:{home.pk}": 1}

    guests = [factories.person(away) for _ in range(3)]
    states = [actions.enroll(run=run.public_id, person=one.pk, actor=ACTOR).state for one in guests]
    own = actions.enroll(run=run.public_id, person=factories.person(home).pk, actor=ACTOR)

    assert states == [State.CONFIRMED, State.CONFIRMED, State.WAITLISTED]
    assert own.state == State.CONFIRMED
    assert own.seat.pool.court_id == home.pk


def test_on_its_date_a_pool_falls_to_the_region_and_then_to_everyone():
    region = factories.region()
    home, away = factories.court(in_region=region), factories.court()
    run = factories.run(seats=2)
    later = clock.now() + timedelta(days=1)
    pool_actions.share_seats(
        run=run.public_id,
        shares=[
            share(home, 1, release_at=later),
            Share(PoolScope.REGION, 1, region_id=region.pk, release_at=later + timedelta(days=1)),
        ],
        actor=ACTOR,
    )
    waiting = actions.enroll(run=run.public_id, person=factories.person(away).pk, actor=ACTOR)
    assert waiting.state == State.WAITLISTED

    assert pool_actions.release_due(later) == 1
    assert seats_of(run)[f"region:{region.pk}"] == 2
    assert Enrollment.objects.get(pk=waiting.pk).state == State.WAITLISTED

    assert pool_actions.release_due(later + timedelta(days=1)) == 1
    assert Enrollment.objects.get(pk=waiting.pk).state == State.OFFERED
    assert pool_actions.release_due(later + timedelta(days=2)) == 0
    assert [f.invariant.code for f in check_all(now=clock.now()) if not f.holds] == [
        "feed_without_gaps"
    ] or all(f.holds for f in check_all(now=clock.now()))


def test_more_than_is_free_is_not_shared_out_and_nothing_changes():
    run = factories.run(seats=2)
    before = seats_of(run)

    with pytest.raises(Invalid) as refusal:
        pool_actions.share_seats(
            run=run.public_id, shares=[share(factories.court(), 3)], actor=ACTOR
        )

    assert refusal.value.code == "too_few_free_seats"
    assert seats_of(run) == before
    assert Seat.objects.filter(run=run, free=True).count() == 2


def test_who_already_waits_may_use_a_pool_made_for_the_own_court():
    home = factories.court()
    run = factories.run(seats=1)
    holder = actions.enroll(run=run.public_id, person=factories.person().pk, actor=ACTOR)
    stranger = actions.enroll(run=run.public_id, person=factories.person().pk, actor=ACTOR)
    own = actions.enroll(run=run.public_id, person=factories.person(home).pk, actor=ACTOR)
    Run.objects.filter(pk=run.pk).update(auto_accept=True)

    pool_actions.share_seats(run=run.public_id, shares=[share(home, 0)], actor=ACTOR)

    own.refresh_from_db()
    assert own.pool_ids[0] == SeatPool.objects.get(run=run, court=home).pk
    actions.withdraw(enrollment=holder.public_id, actor=ACTOR)
    assert Enrollment.objects.get(pk=stranger.pk).state == State.CONFIRMED


def test_a_seat_left_after_the_release_of_its_pool_falls_to_the_parent_too():
    home, away = factories.court(), factories.court()
    run = factories.run(seats=1)
    pool_actions.share_seats(run=run.public_id, shares=[share(home, 1)], actor=ACTOR)
    mine = actions.enroll(run=run.public_id, person=factories.person(home).pk, actor=ACTOR)
    waiting = actions.enroll(run=run.public_id, person=factories.person(away).pk, actor=ACTOR)
    pool_actions.release_pool(pool=mine.pool_ids[0], actor=ACTOR)
    assert Enrollment.objects.get(pk=waiting.pk).state == State.WAITLISTED

    actions.withdraw(enrollment=mine.public_id, actor=ACTOR)

    assert Enrollment.objects.get(pk=waiting.pk).state == State.OFFERED
    assert seats_of(run) == {"everyone:": 1, f"court:{home.pk}": 0}


def test_a_pool_released_after_its_region_falls_to_everyone():
    region = factories.region()
    home = factories.court(in_region=region)
    run = factories.run(seats=2)
    shares = [share(home, 1), Share(PoolScope.REGION, 1, region_id=region.pk)]
    pool_actions.share_seats(run=run.public_id, shares=shares, actor=ACTOR)
    of_region, of_court = (SeatPool.objects.get(run=run, scope=s) for s in ("region", "court"))

    for pool in (of_region, of_court):
        pool_actions.release_pool(pool=pool.pk, actor=ACTOR)

    assert seats_of(run)["everyone:"] == 2
