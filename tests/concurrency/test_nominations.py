"""Lists of nominations under real kills and real races: nobody twice, nobody forgotten."""

import os
import signal
import time
from functools import partial

import pytest
from django.db import connection

from academy.access.queries import viewer_of
from academy.core import clock
from courses.planning.enums import EnrollmentMode
from enrollment.requests import actions, nominations
from enrollment.requests.naming import Named
from enrollment.seats.models import Enrollment
from tests import factories
from tests.concurrency.racing import race
from tests.enrollment.stage import ask, assert_sound, events_of

pytestmark = pytest.mark.django_db(transaction=True)

OPEN = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()
"""


def nominated(cast, run, people):
    now = clock.now()
    kenzhe = viewer_of(cast.kenzhe_account.pk, now=now, today=now.date())
    made = nominations.plan(
        run=run.public_id,
        named=Named(people),
        viewer=kenzhe,
        actor=kenzhe.actor(),
        is_dry_run=False,
    )
    return made.pk


def in_a_process_of_its_own(work):
    """Do that in a child with a database session of its own; by which signal it ended."""
    connection.close()
    if getattr(connection, "pool", None):
        connection.close_pool()
    child = os.fork()
    if child:
        return os.WTERMSIG(os.waitpid(child, 0)[1])
    try:
        work()
    finally:
        os._exit(0)


def wait_for_the_server():
    """A killed client's transaction ends when the server notices; soon."""
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        with connection.cursor() as cursor:
            cursor.execute(OPEN)
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.01)
    raise AssertionError("a dead client's transaction is still open")


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def dies_before_the_commit(nomination):
    """At the last write of the third person."""
    keep, kept = nominations._Mark.keep, []

    def third_time_deadly(mark, result):
        keep(mark, result)
        kept.append(mark)
        if len(kept) == 3:
            die()

    nominations._Mark.keep = third_time_deadly
    nominations.carry_on(nomination=nomination)


def dies_after_the_commit(nomination):
    """The third person is enrolled; nothing after that is done."""
    enroll, asked = actions.enroll, []

    def third_time_deadly(**call):
        enroll(**call)
        asked.append(call)
        if len(asked) == 3:
            die()

    actions.enroll = third_time_deadly
    nominations.carry_on(nomination=nomination)


@pytest.mark.parametrize(
    ("death", "done"), [(dies_before_the_commit, 2), (dies_after_the_commit, 3)]
)
def test_a_killed_worker_is_carried_on_and_nobody_is_nominated_twice(cast, death, done):
    run = factories.run(seats=4, mode=EnrollmentMode.NOMINATION)
    nomination = nominated(cast, run, factories.people(6, cast.court))

    assert in_a_process_of_its_own(partial(death, nomination)) == signal.SIGKILL

    wait_for_the_server()
    assert Enrollment.objects.filter(run=run).count() == done
    assert nominations.carry_on_all() == 6 - done
    rows = list(Enrollment.objects.filter(run=run).order_by("pk"))
    assert [row.state for row in rows] == ["confirmed"] * 4 + ["waitlisted"] * 2
    assert [len(events_of(row)) for row in rows] == [1] * 6
    assert_sound()


def test_four_workers_at_one_list_and_the_people_themselves_make_one_enrolment_each(cast):
    run = factories.run(seats=8)
    people = factories.people(12, cast.court)
    nomination = nominated(cast, run, people)
    work = [partial(nominations.carry_on, nomination=nomination) for _ in range(4)]
    own = [partial(ask, run, person) for person in people[:4]]

    race([*work, *own], threads=8)
    nominations.carry_on_all()

    rows = Enrollment.objects.filter(run=run)
    assert rows.values("person").distinct().count() == rows.count() == 12
    assert rows.filter(state="confirmed").count() == 8
    by_list = rows.filter(source="nomination").count()
    assert rows.filter(nominees__fate="done").count() == by_list
    assert_sound()
