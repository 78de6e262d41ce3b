"""A clash that was allowed is allowed beside the seats that stood there, and beside no others."""

import pytest

from courses.planning.actions import SessionPlan
from enrollment.requests import actions, run_changes
from tests import factories
from tests.enrollment.stage import DAY, ask, assert_sound, fill, now_is, refused
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return factories.person()


def test_an_allowed_clash_names_the_seat_beside_which_it_is_allowed(person):
    first = ask(factories.run(), person)

    second = ask(factories.run(), person, allow_clash=True)

    second.refresh_from_db()
    assert (second.clash_allowed, second.clash_with) == (True, [first.pk])
    assert_sound()


def test_a_third_seat_at_the_same_hours_was_allowed_by_nobody(person):
    ask(factories.run(), person)
    ask(factories.run(), person, allow_clash=True)

    third = factories.run()

    with refused("clash"):
        ask(third, person)


def test_who_waits_with_a_permission_is_not_seated_beside_a_seat_taken_since(person):
    first = ask(factories.run(), person)
    full = factories.run(seats=1, auto_accept=True)
    (holder,) = fill(full, 1)
    waiting = ask(full, person, allow_clash=True)
    behind = ask(full)
    actions.withdraw(enrollment=first.public_id, actor=ACTOR)
    ask(factories.run(), person)

    actions.withdraw(enrollment=holder.public_id, actor=ACTOR)

    assert (now_is(waiting), now_is(behind)) == ("waitlisted", "confirmed")
    assert [look.reason for look in waiting.looks.all()] == ["clash"]
    assert_sound()


def test_who_waits_with_a_permission_is_seated_beside_the_seat_it_was_given_for(person):
    ask(factories.run(), person)
    full = factories.run(seats=1, auto_accept=True)
    (holder,) = fill(full, 1)
    waiting = ask(full, person, allow_clash=True)

    actions.withdraw(enrollment=holder.public_id, actor=ACTOR)

    assert now_is(waiting) == "confirmed"
    assert_sound()


def test_a_run_moved_onto_an_allowed_clash_asks_again_and_is_refused_until_one_is_left(person):
    ask(factories.run(), person)
    beside = ask(factories.run(), person, allow_clash=True)
    later = factories.run(starts_in=50 * DAY)
    mine = ask(later, person)
    plan = SessionPlan(beside.run.starts_at, 90)

    run_changes.move_run(run=later.public_id, sessions=[plan], actor=ACTOR)

    assert now_is(mine) == "reconfirm"
    assert len(mine.clash_with) == 2
    assert_sound()
    with refused("clash"):
        actions.confirm(enrollment=mine.public_id, actor=ACTOR)
    actions.confirm(enrollment=mine.public_id, actor=ACTOR, allow_clash=True)
    assert now_is(mine) == "confirmed"
    assert_sound()
