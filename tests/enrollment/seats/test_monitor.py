"""Each invariant broken behind the service's back, and the monitor that says so everywhere."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.utils import translation
from django.utils.html import escape

from academy.core import clock
from academy.ledger import actions as ledger
from academy.ledger.models import Event
from courses.planning.models import Seat
from enrollment.requests import actions, timers
from enrollment.seats import monitor
from enrollment.seats.invariants import INVARIANTS
from enrollment.seats.models import Enrollment, InvariantResult
from tests import factories
from tests.enrollment.stage import ask, fill, now_is
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db

TWIN = """
INSERT INTO enrollment_enrollment (public_id, run_id, person_id, state, needs_seat, pool_ids,
       queue_number, priority_class, source, clash_allowed, lapses, end_reason, is_late,
       created_at, state_since, revision)
SELECT gen_random_uuid(), run_id, person_id, 'waitlisted', true, '{}', 0, 5, 'self', false, 0, '',
       false, created_at, created_at, 1
  FROM enrollment_enrollment WHERE id = %(held)s
"""
NO_CLASH = "ALTER TABLE enrollment_enrollment DROP CONSTRAINT enrollment_no_clash"
FITS = "ALTER TABLE enrollment_enrollment DROP CONSTRAINT enrollment_seat_fits_state"

# What somebody with a database console could do, past every action and, where one stands in the
# way, past the constraint: by the invariant that it breaks.
DEEDS = {
    "seat_without_holder": ["UPDATE courses_seat SET free = false WHERE id = %(free)s"],
    "free_seat_held": ["UPDATE courses_seat SET free = true WHERE id = %(seat)s"],
    "holder_without_seat": [
        FITS,
        "UPDATE enrollment_enrollment SET seat_id = NULL WHERE id = %(held)s",
    ],
    "seat_held_twice": [
        "ALTER TABLE enrollment_enrollment DROP CONSTRAINT enrollment_enrollment_seat_id_key",
        "UPDATE enrollment_enrollment SET seat_id = %(seat)s WHERE id = %(other)s",
    ],
    "capacity_is_seats": ["UPDATE courses_run SET capacity = capacity + 1 WHERE id = %(run)s"],
    "one_active": ["DROP INDEX enrollment_one_active", TWIN],
    "no_clash": [
        NO_CLASH,
        "UPDATE enrollment_enrollment SET person_id = %(person)s WHERE id = %(elsewhere)s",
    ],
    "no_clash_past_the_constraint": [
        "UPDATE enrollment_enrollment SET clash_allowed = true WHERE id = %(held)s",
        "UPDATE enrollment_enrollment SET person_id = %(person)s WHERE id = %(elsewhere)s",
    ],
    "nobody_waits_beside_a_free_seat": [
        """UPDATE enrollment_enrollment SET state = 'waitlisted', seat_id = NULL, queue_number = 1,
                  state_since = %(long_ago)s WHERE id = %(other)s""",
    ],
    "released_pool_keeps_nothing": [
        """UPDATE courses_seatpool SET released_at = %(long_ago)s
            WHERE id = (SELECT pool_id FROM courses_seat WHERE id = %(free)s)""",
    ],
    "deadline_not_stuck": [
        """UPDATE enrollment_enrollment SET state = 'offered', due_at = %(long_ago)s
            WHERE id = %(held)s""",
    ],
    "decision_not_stuck": ["UPDATE enrollment_decision SET due_at = %(long_ago)s"],
    "closed_has_outcome": ["UPDATE enrollment_enrollment SET state = 'closed' WHERE id = %(held)s"],
    "state_has_its_event": [
        "UPDATE enrollment_enrollment SET state = 'withdrawn', seat_id = NULL WHERE id = %(held)s",
    ],
    "ended_run_has_no_claims": ["UPDATE courses_run SET state = 'cancelled' WHERE id = %(run)s"],
    "feed_moves": [
        "ALTER TABLE academy_event DISABLE TRIGGER event_append_only",
        "UPDATE academy_event SET time = %(long_ago)s",
        "INSERT INTO academy_inbox SELECT min(id) FROM academy_event",
    ],
    "feed_without_gaps": [
        "ALTER TABLE academy_feedentry DISABLE TRIGGER feed_append_only",
        "DELETE FROM academy_feedentry WHERE position = 2",
    ],
}


def do(statement, values):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement, values)


@pytest.fixture
def place():
    """Two people with a seat, a third seat free, a request to be decided, a seat elsewhere."""
    run, elsewhere = factories.run(seats=3), factories.run(seats=1)
    held, other = fill(run, 2)
    ask(
        factories.run(mode="approval", starts_in=timedelta(days=60)),
        factories.person(factories.court(parent=factories.court())),
    )
    ledger.sequence_all()
    return {
        "run": run.pk,
        "held": held.pk,
        "person": held.person_id,
        "other": other.pk,
        "seat": held.seat_id,
        "free": Seat.objects.get(run=run, free=True).pk,
        "elsewhere": ask(elsewhere).pk,
        "long_ago": clock.now() - timedelta(hours=1),
    }


def broken_now():
    return {one.invariant.code for one in monitor.standings(clock.now()) if one.is_broken}


def told():
    events = Event.objects.filter(type__startswith="invariant.").order_by("id")
    return [(event.type, event.data["code"]) for event in events]


def test_every_invariant_has_somebody_who_breaks_it():
    assert {one.code for one in INVARIANTS} == {
        deed.removesuffix("_past_the_constraint") for deed in DEEDS
    }


@pytest.mark.parametrize("deed", DEEDS)
def test_what_is_broken_behind_the_services_back_is_caught_and_shown(place, deed):
    code = deed.removesuffix("_past_the_constraint")
    assert monitor.watch() == 0
    for statement in DEEDS[deed]:
        do(statement, place)

    assert monitor.watch(all_of_them=True) >= 1

    assert code in broken_now()
    assert ("invariant.broken", code) in told()
    result = InvariantResult.objects.get(pk=code)
    assert result.broken_since == result.checked_at
    assert result.count == len(result.sample) > 0
    clara = Client()
    clara.force_login(factories.account(role="registrar"))
    page = clara.get("/desk/invariants/").content.decode()
    with translation.override("en"):
        assert escape(str(next(one.repair for one in INVARIANTS if one.code == code))) in page
    assert f"<code>{code}</code>" in page
    measured = f'invariant_broken{{invariant="{code}"}} {result.count}.0'
    assert measured in Client().get("/metrics").content.decode()


def test_a_break_is_told_once_and_its_mending_once():
    run = factories.run(seats=1)
    held, waiting = fill(run, 2)
    before = clock.now()
    assert monitor.watch(before) == 0
    do("UPDATE enrollment_enrollment SET state_since = %s", [before - timedelta(hours=1)])
    gone = "UPDATE enrollment_enrollment SET seat_id = NULL, state = 'cancelled' WHERE id = %s"
    do(gone, [held.pk])
    do("UPDATE courses_seat SET free = true", [])

    for minute in (1, 2, 3):
        assert monitor.watch(before + minute * timedelta(minutes=1)) >= 1
    since = InvariantResult.objects.get(pk="nobody_waits_beside_a_free_seat").broken_since
    timers.sweep()
    monitor.watch(before + timedelta(minutes=4))

    assert since == before + timedelta(minutes=1)
    assert now_is(waiting) == "offered"
    stories = [kind for kind, code in told() if code == "nobody_waits_beside_a_free_seat"]
    assert stories == ["invariant.broken", "invariant.restored"]
    assert "nobody_waits_beside_a_free_seat" not in broken_now()


def test_a_question_that_fails_keeps_its_old_answer_and_the_others_are_asked(monkeypatch):
    before = clock.now()
    monitor.watch(before)
    asked = monitor.check

    def fragile(one, *, now):
        if one.code == "no_clash":
            raise DatabaseError("canceled")
        return asked(one, now=now)

    monkeypatch.setattr(monitor, "check", fragile)
    later = before + timedelta(minutes=30)
    monitor.watch(later, all_of_them=True)

    times = dict(InvariantResult.objects.values_list("code", "checked_at"))
    assert times.pop("no_clash") == before
    assert set(times.values()) == {later}
    overdue = [one.invariant.code for one in monitor.standings(later) if one.is_overdue]
    assert overdue == ["no_clash"]


def test_the_registrar_asks_at_once_and_the_auditor_only_reads(cast, client):
    client.force_login(cast.otto_account)
    assert "Check now" not in client.get("/desk/invariants/").content.decode()
    assert client.post("/desk/invariants/ask/").status_code == 404
    assert not InvariantResult.objects.exists()

    client.force_login(cast.clara_account)
    answer = client.post("/desk/invariants/ask/", follow=True)

    assert InvariantResult.objects.count() == len(INVARIANTS)
    assert answer.redirect_chain == [("/desk/invariants/", 303)]


def test_the_command_fails_and_says_how_to_mend(capsys):
    call_command("check_invariants")
    run = factories.run(seats=1)
    do("UPDATE courses_run SET capacity = 2 WHERE id = %s", [run.pk])

    with pytest.raises(CommandError):
        call_command("check_invariants")
    assert "BROKEN 1   capacity_is_seats" in capsys.readouterr().out


@pytest.mark.parametrize("table", ["academy_event", "academy_feedentry"])
def test_nobody_empties_the_ledger(table):
    ask(factories.run())
    ledger.sequence_all()
    before = Event.objects.count()

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        do(f"TRUNCATE {table} CASCADE", [])

    assert Event.objects.count() == before


def test_an_enrolment_past_the_monitor_keeps_it_green():
    enrolled = ask(factories.run())
    actions.withdraw(enrollment=enrolled.public_id, actor=ACTOR)
    ledger.sequence_all()

    assert monitor.watch() == 0
    assert Enrollment.objects.filter(state="withdrawn").count() == 1
    assert told() == []
