"""Who is served earlier, by published rules, and what nobody gets by them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg.types.range import DateRange

from academy.core import clock
from academy.people.models import Appointment
from courses.catalogue.models import Audience
from enrollment.requests import actions, rule_actions
from enrollment.requests.queries import queue_place
from enrollment.requests.rule_actions import PrioritySeed
from enrollment.seats.enums import PriorityKind, State
from enrollment.seats.models import Enrollment, PriorityRule
from tests import factories
from tests.enrollment.stage import ask, assert_sound, fill, last_event, refused, states
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rules():
    """Every kind of rule, under its own name; a mandatory need weighs two classes."""
    return rule_actions.install_priority_rules(
        PrioritySeed(kind.value, {"en": kind.value}, kind, 2 if "need" in kind else 1)
        for kind in PriorityKind
    )


def classed(enrollment):
    return enrollment.priority_class, enrollment.priority_reasons


def served(person):
    """Somebody who has completed a course here."""
    run = factories.run(seats=None)
    row = ask(run, person)
    Enrollment.objects.filter(pk=row.pk).update(state=State.CLOSED)
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO enrollment_outcome (public_id, enrollment_id, revision, outcome,
               minutes_attended, minutes_planned, frozen_at, is_current, reason)
               VALUES (gen_random_uuid(), %s, 1, 'completed', 90, 90, %s, true, '')""",
            [row.pk, clock.now()],
        )
    return person


def test_who_was_never_served_comes_before_who_was():
    run = factories.run(seats=1)
    fill(run, 1)

    known, fresh = ask(run, served(factories.person())), ask(run)

    assert classed(known) == (5, [])
    assert classed(fresh) == (4, ["never_served"])
    assert [queue_place(row.pk) for row in (fresh, known)] == [1, 2]
    assert last_event(fresh).data["priority_reasons"] == ["never_served"]
    fresh.refresh_from_db()
    assert classed(fresh) == (4, ["never_served"])


def test_a_remote_court_and_a_request_that_came_to_nothing_count(cast):
    cast.court.is_remote = True
    cast.court.save()
    earlier = ask(factories.run(seats=0), cast.asel)
    Enrollment.objects.filter(pk=earlier.pk).update(state="expired", end_reason="run_started")

    assert classed(ask(factories.run(), cast.asel)) == (
        2,
        ["never_served", "refused_last_time", "remote_court"],
    )


def test_an_offer_that_one_let_lapse_is_no_refusal():
    person = factories.person()
    earlier = ask(factories.run(seats=0), person)
    Enrollment.objects.filter(pk=earlier.pk).update(state="expired", end_reason="offer_lapsed")

    assert classed(ask(factories.run(), person)) == (4, ["never_served"])


@pytest.mark.parametrize(("months", "needs"), [(11, True), (13, False)])
def test_a_course_for_those_new_in_the_post_is_their_need(cast, months, needs):
    run = factories.run()
    audience = Audience.objects.create(
        code="judges-new", names={}, categories=["judge"], max_months_in_post=12
    )
    run.version.audiences.add(audience)
    since = clock.now().date() - timedelta(days=months * 30 + months // 2)
    Appointment.objects.filter(person=cast.asel).update(period=DateRange(since, None))

    assert ("mandatory_need" in ask(run, cast.asel).priority_reasons) is needs


def test_no_class_lets_anybody_in_past_an_eligible_waiter():
    run = factories.run(seats=1)
    held = ask(run)
    waiting = ask(run, served(factories.person()))
    actions.withdraw(enrollment=held.public_id, actor=ACTOR)
    actions.decline(enrollment=waiting.public_id, actor=ACTOR)
    # A seat is free and somebody of the ordinary class waits: as if the sweep were late.
    Enrollment.objects.filter(pk=waiting.pk).update(state="waitlisted", end_reason="")

    better = ask(run)

    assert states(waiting, better) == ["waitlisted", "waitlisted"]
    assert better.priority_class < waiting.priority_class


def test_a_rule_that_is_edited_moves_nobody_who_waits():
    run = factories.run(seats=0)
    first = ask(run)

    rule_actions.change_priority_rule(code="never_served", step=3, is_active=True, actor=ACTOR)
    second = ask(run)
    rule_actions.change_priority_rule(code="never_served", step=3, is_active=False, actor=ACTOR)
    third = ask(run)

    first.refresh_from_db()
    assert [classed(row)[0] for row in (first, second, third)] == [4, 2, 5]
    with refused("unknown_rule"):
        rule_actions.change_priority_rule(code="?", step=1, is_active=True, actor=ACTOR)
    with refused("priority_step"):
        rule_actions.change_priority_rule(code="never_served", step=0, is_active=True, actor=ACTOR)
    assert PriorityRule.objects.get(code="never_served").step == 3
    assert_sound()


def test_the_rules_cost_no_statement_of_their_own():
    run, person = factories.run(), factories.person()

    with CaptureQueriesContext(connection) as spent:
        ask(run, person)

    own = [query for query in spent.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert len(own) <= 4
