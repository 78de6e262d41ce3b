"""Two workers and the same clock: each deadline passes once, and no row holds up another."""

import threading
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, transaction

from academy.core import clock
from academy.ledger.models import Event
from courses.planning.models import Run
from enrollment.decisions.models import Decision
from enrollment.requests import actions, timers
from enrollment.seats import locks, monitor
from tests import factories
from tests.concurrency.meeting import refusals
from tests.concurrency.racing import race
from tests.enrollment.stage import HOUR, ask, assert_sound, events_of, fill, states
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)


def test_timers_of_two_workers_expire_each_offer_once_and_promote_once():
    run = factories.run(seats=3)
    everybody = fill(run, 9)
    for row in everybody[:3]:
        actions.withdraw(enrollment=row.public_id, actor=ACTOR)
    due = clock.now() + 24 * 8 * HOUR

    answers = race([partial(timers.expire_due, due)] * 4)

    assert sum(answers) == 3
    assert states(*everybody[3:6]) == ["expired"] * 3
    assert states(*everybody[6:]) == ["offered"] * 3
    assert Event.objects.filter(type="enrollment.expired").count() == 3
    assert Event.objects.filter(type="enrollment.offered").count() == 6
    assert_sound()


def test_silence_heard_by_two_workers_lapses_once():
    run = factories.run(seats=1, mode="approval")
    mine = ask(run, factories.person(factories.court()))
    due = mine.decisions.get().due_at

    assert sum(race([partial(timers.lapse_decisions, due)] * 4)) == 1
    assert events_of(mine) == ["requested", "expired"]
    assert Decision.objects.get().state == "no"


def test_an_acceptance_races_the_timer_of_its_deadline():
    run = factories.run(seats=1)
    held, mine, next_one = fill(run, 3)
    actions.withdraw(enrollment=held.public_id, actor=ACTOR)
    mine.refresh_from_db()
    accept = partial(actions.accept, enrollment=mine.public_id, actor=ACTOR)

    answers = race([accept, partial(timers.expire_due, mine.due_at)])

    assert set(refusals(answers)) <= {"transition"}
    assert states(mine, next_one) in (["confirmed", "waitlisted"], ["expired", "offered"])
    assert len(events_of(mine)) == 3


def test_the_clock_of_two_workers_starts_a_run_once():
    run = factories.run(seats=1)
    fill(run, 3)

    answers = race([partial(timers.advance_runs, run.starts_at)] * 4)

    assert sum(answers) == 1
    assert Event.objects.filter(type="run.started").count() == 1
    assert Event.objects.filter(type="enrollment.expired").count() == 2


def test_a_busy_row_puts_off_its_own_deadline_and_no_other():
    runs = [factories.run(seats=1), factories.run(seats=1, starts_in=timedelta(days=60))]
    offered = []
    for run in runs:
        held, mine = fill(run, 2)
        actions.withdraw(enrollment=held.public_id, actor=ACTOR)
        offered.append(mine)
    due = clock.now() + 24 * 8 * HOUR
    begun, over = threading.Event(), threading.Event()

    def sit_on_the_first():
        with transaction.atomic():
            locks.hold_run(runs[0].pk)
            begun.set()
            over.wait(60)

    def run_timers():
        begun.wait(60)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        try:
            return timers.expire_due(due)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '3s'")
            over.set()

    assert race([sit_on_the_first, run_timers])[1] == 1
    assert states(*offered) == ["offered", "expired"]
    assert timers.expire_due(due) == 1


def test_two_monitors_at_once_tell_of_a_break_once():
    run = factories.run(seats=1)
    Run.objects.filter(pk=run.pk).update(capacity=2)
    now = clock.now()

    answers = race([partial(monitor.watch, now + second * HOUR / 3600) for second in range(4)])

    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert Event.objects.filter(type="invariant.broken").count() == 1
