import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from academy.core import clock
from courses.planning.models import Run
from enrollment.requests import actions, run_changes, timers
from enrollment.requests.queries import queue_place
from enrollment.seats.enums import Source, State
from enrollment.seats.models import Enrollment, PromotionLook
from tests import factories
from tests.enrollment.stage import (
    DAY,
    HOUR,
    MINUTE,
    ask,
    assert_sound,
    events_of,
    fill,
    last_event,
    now_is,
    refused,
    seats_of,
    states,
)
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db


def test_t2_a_free_seat_is_taken_and_told_once():
    run = factories.run(seats=2)

    mine = ask(run)

    assert states(mine) == ["confirmed"]
    assert events_of(mine) == ["confirmed"]
    assert last_event(mine).data | {"seat": None} == {
        "from": None,
        "to": "confirmed",
        "revision": 1,
        "seat": None,
        "queue_number": None,
        "priority_class": 5,
    }
    assert seats_of(run) == {"free": 1, "held": 1, "above": 0, "gone": 0}
    assert_sound()


def test_t3_who_finds_no_seat_waits_under_a_number_of_their_own():
    run = factories.run(seats=1)

    held, first, second = fill(run, 3)

    assert states(held, first, second) == ["confirmed", "waitlisted", "waitlisted"]
    assert events_of(first) == ["waitlisted"]
    assert first.queue_number < second.queue_number
    assert [queue_place(row.pk) for row in (held, first, second)] == [None, 1, 2]
    assert_sound()


def test_t1_a_request_draws_its_number_and_holds_no_seat(cast):
    run = factories.run(seats=1, mode="approval")

    mine = ask(run, cast.asel)

    assert states(mine) == ["requested"]
    assert mine.queue_number is not None
    assert events_of(mine) == ["requested"]
    assert seats_of(run)["free"] == 1
    assert_sound()


def test_a_run_without_a_limit_has_room_for_all():
    run = factories.run(seats=None)

    everybody = fill(run, 5)

    assert set(states(*everybody)) == {"confirmed"}
    assert {row.seat_id for row in everybody} == {None}
    assert_sound()


def test_a_run_without_seats_has_a_list_only():
    run = factories.run(seats=0)

    assert states(ask(run)) == ["waitlisted"]


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"state": "draft"}, "run_takes_nobody"),
        ({"state": "postponed"}, "run_takes_nobody"),
        ({"state": "cancelled"}, "run_takes_nobody"),
        ({"state": "running"}, "run_takes_nobody"),
        ({"enrollment_opens_at": clock.now() + DAY}, "enrollment_not_open_yet"),
        ({"enrollment_closes_at": clock.now() - HOUR}, "enrollment_closed"),
        ({"enrollment_mode": "nomination"}, "by_nomination_only"),
        ({"waiting_list_limit": 0, "capacity": 0}, "waiting_list_full"),
    ],
)
def test_a_refused_request_leaves_nothing_behind(columns, code):
    run = factories.run(seats=0 if "capacity" in columns else 2)
    Run.objects.filter(pk=run.pk).update(**columns)

    with refused(code):
        ask(run)


def test_the_trainer_a_leaver_and_a_twin_are_refused():
    teacher, leaver, twin = factories.people(3)
    leaver.left_on = clock.now().date() - DAY
    leaver.save()
    run = factories.run(trainer=teacher)
    ask(run, twin)

    with refused("teaches_this_run"):
        ask(run, teacher)
    with refused("not_in_service"):
        ask(run, leaver)
    with refused("already_enrolled"):
        ask(run, twin)


def test_a_post_that_is_not_ones_own_is_not_asked_under(cast):
    run = factories.run()
    hers = cast.asel.appointments.get()

    with refused("unknown_appointment"):
        ask(run, cast.dana, appointment=hers.public_id)
    assert ask(run, cast.asel, appointment=hers.public_id).court_id == cast.court.pk


def test_a_new_attempt_is_a_new_row_that_points_to_the_old_one():
    run = factories.run()
    person = factories.person()
    first = ask(run, person)
    actions.withdraw(enrollment=first.public_id, actor=ACTOR)

    second = ask(run, person)

    assert second.previous_id == first.pk
    assert states(first, second) == ["withdrawn", "confirmed"]


def test_nobody_enters_past_somebody_who_waits_for_the_same_seat():
    run = factories.run(seats=1)
    held, waiting = fill(run, 2)
    run_changes.postpone_run(run=run.public_id, reason="venue", actor=ACTOR)
    actions.withdraw(enrollment=held.public_id, actor=ACTOR)  # nothing is offered meanwhile
    Run.objects.filter(pk=run.pk).update(state="published", starts_at=run.starts_at)

    newcomer = ask(run)

    assert states(waiting, newcomer) == ["waitlisted", "waitlisted"]
    assert timers.sweep() == 1
    assert states(waiting, newcomer) == ["offered", "waitlisted"]


def test_who_waits_but_sits_elsewhere_at_that_time_holds_nobody_up():
    busy, newcomer = factories.people(2)
    full = factories.run(seats=1)
    held = ask(full)
    waiting = ask(full, busy)
    ask(factories.run(), busy)

    actions.withdraw(enrollment=held.public_id, actor=ACTOR)
    passed = PromotionLook.objects.get(enrollment=waiting)
    taken = ask(full, newcomer)

    assert (passed.verdict, passed.reason) == ("skipped", "clash")
    assert states(waiting, taken) == ["waitlisted", "confirmed"]
    assert_sound(clock.now() + HOUR)


def test_the_waiting_list_has_a_length():
    run = factories.run(seats=1, waiting_list_limit=2)
    everybody = fill(run, 3)

    with refused("waiting_list_full"):
        ask(run)
    actions.withdraw(enrollment=everybody[1].public_id, actor=ACTOR)

    assert states(ask(run)) == ["waitlisted"]


def test_a_full_list_keeps_nobody_from_a_free_seat():
    run = factories.run(seats=1, waiting_list_limit=0)

    assert states(ask(run)) == ["confirmed"]


def test_the_same_hours_are_refused_unless_the_registrar_allows_it():
    person = factories.person()
    one, other = factories.run(), factories.run()
    ask(one, person)

    with refused("clash"):
        ask(other, person)
    allowed = ask(other, person, source=Source.REGISTRAR, allow_clash=True)

    assert states(allowed) == ["confirmed"]
    assert last_event(allowed).data["clash_allowed"] is True
    assert_sound()


def test_a_permission_for_one_clash_is_none_for_the_next():
    person = factories.person()
    ask(factories.run(), person)
    ask(factories.run(), person, allow_clash=True)
    third = factories.run()

    with refused("clash"):
        ask(third, person)


@pytest.mark.parametrize("waiting", [1, 300])
@pytest.mark.parametrize("seats_left", [0, 1])
def test_enrolling_costs_four_statements_whatever_the_queue(waiting, seats_left):
    run = factories.run(seats=1)
    ask(run)
    template = ask(run)
    Enrollment.objects.bulk_create(
        Enrollment(
            run=run,
            person=person,
            state=State.WAITLISTED,
            queue_number=template.queue_number + place,
            pool_ids=template.pool_ids,
            busy=run.busy,
            created_at=clock.now(),
            state_since=clock.now(),
        )
        for place, person in enumerate(factories.people(waiting - 1), start=1)
    )
    target = factories.run(seats=1) if seats_left else run
    person = factories.person()

    with CaptureQueriesContext(connection) as spent:
        mine = ask(target, person)

    assert mine.state == ("confirmed" if seats_left else "waitlisted")
    work = [query for query in spent if "SAVEPOINT" not in query["sql"]]
    assert len(work) == 4


def test_asking_at_the_moment_of_closing_is_too_late():
    run = factories.run()

    with refused("enrollment_closed"):
        ask(run, at=run.enrollment_closes_at)
    assert now_is(ask(run, at=run.enrollment_closes_at - MINUTE)) == "confirmed"
