"""Everything at once, by the dice: whatever the order, all invariants hold in the end."""

import random
from collections import Counter

import pytest

from academy.core import clock
from academy.core.errors import Busy, Refused
from academy.ledger.models import Event
from courses.planning.models import Run
from enrollment.requests import timers
from enrollment.seats import queries
from enrollment.seats.models import Enrollment
from tests.concurrency.racing import race
from tests.enrollment.crowd import DAY, Crowd
from tests.enrollment.stage import assert_sound, seats_of

pytestmark = pytest.mark.django_db(transaction=True)


def run_wild(seed, commands, people):
    """So many commands by twelve threads; how many were refused as busy."""
    crowd, dice = Crowd(people), random.Random(seed)
    answers = race([crowd.command(dice) for _ in range(commands)], threads=12)

    wrong = [a for a in answers if isinstance(a, Exception) and not isinstance(a, Refused)]
    assert wrong == []
    timers.sweep()
    assert_sound()
    for run in Run.objects.filter(pk__in=[run.pk for run in crowd.runs]):
        seats = seats_of(run)
        assert seats["free"] + seats["held"] == run.capacity
        assert_told(run)
    busy = sum(isinstance(answer, Busy) for answer in answers)
    codes = Counter(answer.code for answer in answers if isinstance(answer, Refused))
    assert busy <= commands / 20, codes
    return busy


def assert_told(run):
    """The ledger tells what the rows say, in whatever order the threads came."""
    picture = queries.as_known(run.public_id, at=clock.now() + 365 * DAY)
    rows = Enrollment.objects.filter(run=run).values_list("public_id", "state", "seat_id")
    assert {(c.enrollment, c.state, c.seat) for c in picture.claims.values()} == set(rows)


def test_a_mixture_of_all_commands_by_twelve_threads_ends_sound():
    run_wild(1, commands=150, people=30)


@pytest.mark.proof
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(100, 106))
def test_many_more_mixtures_end_sound(seed, record_property):
    run_wild(seed, commands=1_000, people=90)
    record_property("commands", 1_000)
    record_property("events", Event.objects.count())
