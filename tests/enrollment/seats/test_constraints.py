"""Behind the service's back: what the database itself refuses, whoever asks."""

import pytest
from django.db import DatabaseError, connection, transaction

from academy.core import clock
from academy.core.errors import Refused
from enrollment.attendance.enums import MarkStatus
from enrollment.requests import actions
from enrollment.seats import locks
from enrollment.seats.models import Enrollment
from tests import factories
from tests.enrollment.stage import DAY, ask, sight
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db


def _write(statement, values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def assert_database_refuses(name, statement, *values):
    before = sight()
    with pytest.raises(DatabaseError) as refusal, transaction.atomic():
        _write(statement, values)
    assert name in str(refusal.value)
    assert sight() == before


COPY = """
INSERT INTO enrollment_enrollment (public_id, run_id, person_id, state, seat_id, needs_seat,
       pool_ids, queue_number, priority_class, source, due_at, busy, clash_allowed, lapses,
       end_reason, is_late, created_at, state_since, revision)
SELECT gen_random_uuid(), %s, %s, %s, %s, needs_seat, pool_ids, queue_number, priority_class,
       source, due_at, busy, clash_allowed, lapses, end_reason, is_late, created_at, state_since, 1
  FROM enrollment_enrollment WHERE id = %s
"""


def test_a_seat_is_not_held_twice():
    run = factories.run(seats=1)
    mine = ask(run)

    assert_database_refuses(
        "enrollment_enrollment_seat_id",
        COPY,
        run.pk,
        factories.person().pk,
        "confirmed",
        mine.seat_id,
        mine.pk,
    )


def test_nobody_has_two_active_enrolments_in_one_run():
    run = factories.run(seats=1)
    mine = ask(run)
    waiting = ask(run)

    assert_database_refuses(
        "enrollment_one_active", COPY, run.pk, mine.person_id, "waitlisted", None, waiting.pk
    )


def test_a_seat_of_another_run_is_not_held():
    run, other = factories.run(seats=1), factories.run(seats=1)
    mine = ask(run)
    foreign = other.seats.get()

    assert_database_refuses(
        "enrollment_seat_of_run",
        "UPDATE enrollment_enrollment SET seat_id = %s WHERE id = %s",
        foreign.pk,
        mine.pk,
    )


@pytest.mark.parametrize("state", ["offered", "confirmed", "reconfirm"])
def test_a_state_that_holds_a_seat_has_one(state):
    waiting = ask(factories.run(seats=0))

    assert_database_refuses(
        "enrollment_seat_fits_state",
        "UPDATE enrollment_enrollment SET state = %s, due_at = %s WHERE id = %s",
        state,
        clock.now(),
        waiting.pk,
    )


@pytest.mark.parametrize(
    "state", ["waitlisted", "rejected", "expired", "withdrawn", "cancelled", "transferred"]
)
def test_a_state_that_holds_no_seat_has_none(state):
    mine = ask(factories.run(seats=1))

    assert_database_refuses(
        "enrollment_seat_fits_state",
        "UPDATE enrollment_enrollment SET state = %s, queue_number = 1 WHERE id = %s",
        state,
        mine.pk,
    )


def test_a_held_seat_is_not_deleted():
    run = factories.run(seats=1)
    mine = ask(run)

    assert_database_refuses(
        "enrollment_seat_of_run", "DELETE FROM courses_seat WHERE id = %s", mine.seat_id
    )


def test_a_retired_seat_is_not_free():
    run = factories.run(seats=1)

    assert_database_refuses(
        "retired_seat_is_not_free",
        "UPDATE courses_seat SET is_retired = true WHERE run_id = %s",
        run.pk,
    )


def test_nobody_sits_in_two_places_at_once():
    person = factories.person()
    ask(factories.run(), person)
    other = factories.run(seats=1)
    theirs = ask(other)

    assert_database_refuses(
        "enrollment_no_clash",
        "UPDATE enrollment_enrollment SET person_id = %s WHERE id = %s",
        person.pk,
        theirs.pk,
    )


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("enrollment_queue_number", "queue_number = NULL"),
        ("enrollment_deadline", "state = 'offered', due_at = NULL, needs_seat = false"),
    ],
)
def test_who_waits_has_a_number_and_an_offer_has_an_end(name, change):
    waiting = ask(factories.run(seats=0))

    assert_database_refuses(
        name,
        f"UPDATE enrollment_enrollment SET {change} WHERE id = %s",
        waiting.pk,
    )


def test_a_person_with_enrolments_is_not_deleted():
    mine = ask(factories.run())

    assert_database_refuses(
        "enrollment_enrollment", "DELETE FROM academy_person WHERE id = %s", mine.person_id
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE academy_event SET type = 'nothing.happened'",
        "UPDATE academy_event SET reason = '' WHERE false",
        "DELETE FROM academy_event",
        "UPDATE academy_feedentry SET position = position + 1",
        "DELETE FROM academy_feedentry",
    ],
)
def test_the_ledger_is_append_only(statement):
    ask(factories.run())

    assert_database_refuses("append-only", statement)


def test_what_was_marked_frozen_credited_and_certified_stays(held):
    run = held(people=1, sessions=1)
    run.mark(MarkStatus.PRESENT)
    run.finalise()

    for table in ("mark", "outcome", "creditentry", "certificate"):
        assert_database_refuses("", f"DELETE FROM enrollment_{table}")
    assert_database_refuses("append-only", "UPDATE enrollment_mark SET minutes = 1")
    assert_database_refuses("superseded", "UPDATE enrollment_outcome SET minutes_attended = 0")
    assert_database_refuses("superseded", "UPDATE enrollment_certificate SET serial = 'X'")
    assert_database_refuses("superseded", "UPDATE enrollment_creditentry SET minutes = 9999")


def test_a_twin_and_a_clash_that_only_the_database_sees_are_refused_in_words():
    mine = ask(factories.run(seats=1))
    other = ask(factories.run(seats=1, starts_in=60 * DAY))
    for change, code in (
        ({"person_id": mine.person_id, "run_id": mine.run_id}, "already_enrolled"),
        ({"person_id": mine.person_id, "busy": mine.run.busy}, "clash"),
    ):
        with pytest.raises(Refused) as refusal, locks.refusing_conflicts(), transaction.atomic():
            Enrollment.objects.filter(pk=other.pk).update(**change)
        assert refusal.value.code == code


class FullDisk:
    """The slot of an idempotency key, whose write is a command's last."""

    def keep(self, result):
        raise OSError("the disk is full")


def test_a_command_that_fails_at_its_last_statement_leaves_nothing():
    run = factories.run(seats=1)
    held, waiting = ask(run), ask(run)
    newcomer = factories.person()
    before = sight()

    with pytest.raises(OSError, match="disk"):
        actions.withdraw(enrollment=held.public_id, actor=ACTOR, keyed=FullDisk())
    with pytest.raises(OSError, match="disk"):
        ask(run, newcomer, keyed=FullDisk())

    assert sight() == before
    waiting.refresh_from_db()
    assert waiting.state == "waitlisted"
