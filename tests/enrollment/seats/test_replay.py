"""The ledger alone, read from nothing, tells today's rows; and any earlier moment's."""

import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from academy.core import clock
from academy.core.errors import Refused
from academy.ledger.models import Event
from courses.planning.models import Run, Seat
from enrollment.requests import actions, timers
from enrollment.seats import queries
from enrollment.seats.models import Enrollment
from enrollment.seats.replay import replay
from tests import factories
from tests.enrollment.crowd import Crowd
from tests.enrollment.stage import ask, assert_sound, fill
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db

# A mixture without these would prove little.
MOVES = {
    "enrollment.transferred",
    "enrollment.offered",
    "enrollment.expired",
    "enrollment.cancelled",
    "enrollment.reconfirm",
    "enrollment.rejected",
    "run.moved",
    "run.capacity_changed",
    "seat.moved",
    "pool.released",
}
START = datetime(2026, 3, 2, 5, tzinfo=UTC)


def told(run, at):
    """What the ledger says of a run, in the words of the rows."""
    picture = queries.as_known(run.public_id, at=at)
    claims = {
        claim.enrollment: (
            claim.person,
            claim.state,
            claim.seat,
            claim.queue_number,
            claim.priority_class,
            claim.due_at,
            claim.revision,
        )
        for claim in picture.claims.values()
    }
    seats = {
        number: (seat.pool, seat.is_free, seat.is_retired, seat.holder)
        for number, seat in picture.seats.items()
    }
    return claims, seats, picture.capacity


def rows(run):
    """What the rows say today."""
    claims = {
        row.public_id: (
            row.person.public_id,
            row.state,
            row.seat_id,
            row.queue_number,
            row.priority_class,
            row.due_at,
            row.revision,
        )
        for row in Enrollment.objects.filter(run=run).select_related("person")
    }
    holders = dict(
        Enrollment.objects.filter(run=run, seat__isnull=False).values_list("seat_id", "public_id")
    )
    seats = {
        seat.pk: (seat.pool_id, seat.free, seat.is_retired, holders.get(seat.pk))
        for seat in Seat.objects.filter(run=run)
    }
    return claims, seats, Run.objects.values_list("capacity", flat=True).get(pk=run.pk)


def let_the_timers_run(now):
    """What the beat does each minute; the monitor counts on it."""
    for timer in (timers.advance_runs, timers.expire_due, timers.lapse_decisions, timers.sweep):
        timer(now)


def play(seed, commands, people):
    """Random commands, a minute apart; after some of them the picture of the rows is kept."""
    dice, kept = random.Random(seed), []
    with time_machine.travel(START, tick=False) as traveller:
        crowd = Crowd(people)

        def pass_time(delay):
            traveller.shift(delay)
            return clock.now()

        crowd.later = pass_time
        for number in range(commands):
            traveller.shift(timedelta(minutes=1))
            with suppress(Refused):
                crowd.command(dice)()
            if number % 25 == 0:
                kept.append((clock.now(), [rows(run) for run in crowd.runs]))
        now = clock.now()
        for run in crowd.runs:
            assert told(run, now) == rows(run)
        for moment, then in kept:
            assert [told(run, moment) for run in crowd.runs] == then
        let_the_timers_run(now)
        assert_sound(now)
        for run in crowd.runs:
            assert told(run, now) == rows(run)
    return Event.objects.values_list("type", flat=True)


@pytest.mark.parametrize("seed", [11, 12])
def test_the_ledger_tells_todays_rows_after_a_random_mixture_of_commands(seed):
    happened = set(play(seed, commands=150, people=30))

    assert happened >= MOVES, MOVES - happened


@pytest.mark.proof
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(200, 204))
def test_the_ledger_tells_todays_rows_after_many_more_commands(seed, record_property):
    events = len(play(seed, commands=600, people=90))

    record_property("commands", 600)
    record_property("events", events)
    assert events > 400


def test_what_older_events_leave_unsaid_stays_unknown():
    run = factories.run(seats=1)
    asked = ask(run)
    events = [
        {
            "type": "enrollment.confirmed",
            "subject_id": asked.public_id,
            "person_id": asked.person.public_id,
            "time": asked.created_at,
            "data": {"seat": asked.seat_id},
        }
    ]

    picture = replay(events)

    assert picture.claims[asked.public_id].state == "confirmed"
    assert picture.seats[asked.seat_id].pool is None


def test_the_past_is_read_from_the_ledger_and_not_from_the_rows():
    run = factories.run(seats=1)
    held, waiting = fill(run, 2)
    before = clock.now()
    actions.withdraw(enrollment=held.public_id, actor=ACTOR)
    Enrollment.objects.filter(pk=waiting.pk).update(state="cancelled", seat=None)

    then = queries.as_known(run.public_id, at=before)
    now = queries.as_known(run.public_id, at=clock.now())

    assert [claim.state for claim in then.claims.values()] == ["confirmed", "waitlisted"]
    assert [claim.state for claim in now.claims.values()] == ["withdrawn", "offered"]
    assert queries.as_known(run.public_id, at=before - timedelta(days=1)).claims == {}
