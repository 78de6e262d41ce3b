"""How a seat is offered: in office hours, at short notice, once more, out of order."""

from datetime import timedelta

import pytest

from academy.core import clock
from courses.planning.enums import LapsePolicy
from courses.planning.models import SeatPool
from courses.planning.seat_rows import add_seats
from enrollment.requests import actions, rule_actions, timers
from enrollment.requests.rule_actions import QueuePolicy
from enrollment.requests.rules import Wishes
from enrollment.seats.models import Enrollment, PromotionLook
from enrollment.seats.rules import MOST_LAPSES
from tests import factories
from tests.enrollment.stage import (
    DAY,
    HOUR,
    ask,
    assert_sound,
    fill,
    last_event,
    now_is,
    refused,
    states,
)
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db


def leave(enrollment, **more):
    actions.withdraw(enrollment=enrollment.public_id, actor=ACTOR, reason="hearing", **more)


def test_an_offer_counts_the_working_hours_of_the_persons_court(cast):
    run = factories.run(seats=1, offer_hours=8, starts_in=60 * DAY)
    held, mine = ask(run), ask(run, cast.asel)
    now = clock.now()
    friday = (now + timedelta(days=(4 - now.weekday()) % 7)).replace(hour=12, minute=0, second=0)

    leave(held, at=friday)  # 17:00 on a Friday at the court

    mine.refresh_from_db()
    monday = mine.due_at.astimezone(friday.tzinfo)
    assert monday.weekday() == 0
    assert monday - friday.replace(microsecond=mine.due_at.microsecond) == 3 * DAY


def test_short_notice_is_only_for_those_who_said_it_is_fine():
    run = factories.run(seats=1, short_notice_hours=72, starts_in=5 * DAY)
    held, careful = fill(run, 2)
    ready = ask(run, wishes=Wishes(short_notice=True))

    leave(held, at=run.starts_at - 70 * HOUR)

    assert states(careful, ready) == ["waitlisted", "offered"]
    look = PromotionLook.objects.get(enrollment=careful)
    assert (look.verdict, look.reason) == ("skipped", "short_notice")
    assert_sound(run.starts_at - 69 * HOUR)


def test_who_wants_no_short_notice_holds_nobody_up_then():
    run = factories.run(seats=1, short_notice_hours=72, starts_in=5 * DAY)
    run.__class__.objects.filter(pk=run.pk).update(enrollment_closes_at=run.starts_at)
    held, careful = fill(run, 2)
    soon = run.starts_at - 70 * HOUR
    leave(held, at=soon)

    newcomer = ask(run, at=soon)

    assert states(careful, newcomer) == ["waitlisted", "confirmed"]
    assert timers.sweep(soon) == 0


def test_a_seat_is_taken_for_who_asked_for_that():
    run = factories.run(seats=1)
    held = ask(run)
    mine = ask(run, wishes=Wishes(auto_accept=True))

    leave(held)

    assert states(mine) == ["confirmed"]
    mine.refresh_from_db()
    assert (mine.auto_accept, mine.due_at) == (True, None)


def test_t15_keep_puts_a_new_linked_row_behind_all_who_wait():
    run = factories.run(seats=1, lapse_policy="keep", starts_in=60 * DAY)
    held, silent, next_one = fill(run, 3)
    leave(held)
    silent.refresh_from_db()

    timers.expire_due(silent.due_at)

    again = Enrollment.objects.get(previous=silent)
    assert states(silent, next_one, again) == ["expired", "offered", "waitlisted"]
    assert again.queue_number > next_one.queue_number
    assert (again.lapses, again.person_id) == (1, silent.person_id)
    assert last_event(again).data["previous"] == str(silent.public_id)
    assert_sound()


def test_a_seat_does_not_go_round_for_ever_to_somebody_silent():
    run = factories.run(seats=1, lapse_policy="keep", starts_in=360 * DAY)
    held, silent = fill(run, 2)
    leave(held)

    for _ in range(MOST_LAPSES + 2):
        offered = Enrollment.objects.filter(person=silent.person, state="offered").first()
        if offered:
            timers.expire_due(offered.due_at)

    attempts = Enrollment.objects.filter(person=silent.person).order_by("pk")
    assert [row.lapses for row in attempts] == [1, 2, 3]
    assert {row.state for row in attempts} == {"expired"}


def test_the_registrar_promotes_out_of_order_with_a_reason_that_stays():
    # The free seat is kept for a court; nobody in the queue may use it.
    court = factories.court()
    run = factories.run(seats=0)
    first, second = fill(run, 2)

    add_seats(pool=SeatPool.objects.create(run=run, scope="court", court=court), count=1)
    run.__class__.objects.filter(pk=run.pk).update(capacity=1)

    with refused("reason_needed"):
        actions.promote_out_of_order(enrollment=second.public_id, reason="", actor=ACTOR)
    actions.promote_out_of_order(enrollment=second.public_id, reason="mission", actor=ACTOR)

    assert states(first, second) == ["waitlisted", "offered"]
    second.refresh_from_db()
    event = last_event(second)
    assert second.out_of_order
    assert (event.data["out_of_order"], event.reason) == (True, "mission")
    with refused("no_free_seat"):
        actions.promote_out_of_order(enrollment=first.public_id, reason="mission", actor=ACTOR)
    with refused("transition"):
        actions.promote_out_of_order(enrollment=second.public_id, reason="mission", actor=ACTOR)
    assert now_is(first) == "waitlisted"
    assert_sound()


def test_the_policy_of_a_queue_is_changed_before_the_run_begins():
    run = factories.run(seats=1)

    policy = QueuePolicy(4, 24, LapsePolicy.KEEP, True, True)
    row = rule_actions.set_queue_policy(run=run.public_id, policy=policy, actor=ACTOR)

    assert (row.offer_hours, row.lapse_policy, row.nominees_answer) == (4, "keep", True)
