from functools import partial

import pytest

from academy.core import clock
from enrollment.requests import actions, run_actions, run_changes, timers
from enrollment.seats.enums import ENDED, State
from enrollment.seats.models import Enrollment, PromotionLook, PromotionPass
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
    refused,
    seats_of,
    states,
)
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db


@pytest.fixture
def full():
    """One seat, held; two who wait for it."""
    run = factories.run(seats=1)
    return run, *fill(run, 3)


@pytest.fixture
def offered(full):
    """The first of the queue has an offer."""
    run, held, first, second = full
    actions.withdraw(enrollment=held.public_id, actor=ACTOR)
    first.refresh_from_db()
    return run, first, second


def test_t11_a_freed_seat_is_offered_to_the_first_who_waits(full):
    run, held, first, second = full

    actions.withdraw(enrollment=held.public_id, actor=ACTOR)

    assert states(held, first, second) == ["withdrawn", "offered", "waitlisted"]
    assert events_of(first) == ["waitlisted", "offered"]
    assert events_of(held) == ["confirmed", "withdrawn"]
    first.refresh_from_db()
    assert last_event(held).data["freed_seat"] == first.seat_id
    assert seats_of(run) == {"free": 0, "held": 1, "above": 0, "gone": 0}
    seen = PromotionPass.objects.get(run=run)
    assert (seen.cause, seen.free_before, seen.promoted) == ("withdrawn", 1, 1)
    assert [look.enrollment_id for look in seen.looks.all()] == [first.pk]
    assert_sound()


def test_t12_a_run_that_gives_seats_at_once_confirms():
    run = factories.run(seats=1, auto_accept=True)
    held, first = fill(run, 2)

    actions.withdraw(enrollment=held.public_id, actor=ACTOR)

    assert states(first) == ["confirmed"]
    assert events_of(first) == ["waitlisted", "confirmed"]
    assert last_event(first).data["from"] == "waitlisted"


def test_t14_accepting_twice_says_it_once(offered):
    _run, first, _second = offered

    for _ in range(2):
        actions.accept(enrollment=first.public_id, actor=ACTOR)

    assert states(first) == ["confirmed"]
    assert events_of(first) == ["waitlisted", "offered", "confirmed"]
    first.refresh_from_db()
    assert first.due_at is None
    assert_sound()


def test_an_acceptance_after_the_deadline_is_refused_though_no_timer_ran(offered):
    _run, first, _second = offered

    with refused("too_late"):
        actions.accept(enrollment=first.public_id, actor=ACTOR, at=first.due_at)
    assert states(first) == ["offered"]
    actions.accept(enrollment=first.public_id, actor=ACTOR, at=first.due_at - MINUTE)
    assert states(first) == ["confirmed"]


def test_t16_declining_offers_the_seat_to_the_next(offered):
    run, first, second = offered

    for _ in range(2):
        actions.decline(enrollment=first.public_id, actor=ACTOR)

    assert states(first, second) == ["withdrawn", "offered"]
    assert events_of(first) == ["waitlisted", "offered", "withdrawn"]
    assert last_event(first).reason == "declined"
    assert seats_of(run)["held"] == 1
    assert_sound()


def test_t15_a_lapsed_offer_is_dropped_and_the_next_one_served(offered):
    run, first, second = offered

    assert timers.expire_due(first.due_at - MINUTE) == 0
    assert timers.expire_due(first.due_at) == 1
    assert timers.expire_due(first.due_at) == 0

    assert states(first, second) == ["expired", "offered"]
    assert events_of(first) == ["waitlisted", "offered", "expired"]
    first.refresh_from_db()
    assert (first.lapses, first.end_reason) == (1, "offer_lapsed")
    assert seats_of(run)["held"] == 1


def test_an_offer_never_lasts_beyond_the_cut_off_and_none_is_made_after_it():
    cut_off = clock.now() + 3 * HOUR
    run = factories.run(seats=1, promote_until=cut_off)
    held, first, second = fill(run, 3)
    actions.withdraw(enrollment=held.public_id, actor=ACTOR)
    first.refresh_from_db()

    assert clock.now() < first.due_at < cut_off
    first.__class__.objects.filter(pk=first.pk).update(due_at=cut_off)
    timers.expire_due(cut_off)

    assert states(first, second) == ["expired", "waitlisted"]
    assert seats_of(run)["free"] == 1
    assert timers.sweep(cut_off) == 0


@pytest.mark.parametrize("state", ["requested", "waitlisted", "offered"])
def test_t16_an_open_claim_is_withdrawn_without_a_reason_and_is_never_late(state, cast):
    run = factories.run(
        seats=0 if state == "waitlisted" else 1,
        mode="approval" if state == "requested" else "open",
        withdraw_until=clock.now() - DAY,
    )
    held = ask(run) if state == "offered" else None
    mine = ask(run, cast.asel)
    if held:
        actions.withdraw(enrollment=held.public_id, reason="ill", actor=ACTOR)
    assert states(mine) == [state]

    actions.withdraw(enrollment=mine.public_id, actor=ACTOR)

    mine.refresh_from_db()
    assert (mine.state, mine.is_late, mine.seat_id) == ("withdrawn", False, None)
    assert events_of(mine)[-1] == "withdrawn"
    assert not mine.decisions.filter(state="open").exists()
    assert_sound()


@pytest.mark.parametrize("seats", [1, None])
def test_t20_a_late_withdrawal_needs_a_reason_and_is_flagged(seats):
    run = factories.run(seats=seats, withdraw_until=clock.now() - DAY)
    mine = ask(run)

    with refused("reason_needed"):
        actions.withdraw(enrollment=mine.public_id, actor=ACTOR)
    actions.withdraw(enrollment=mine.public_id, reason="ill", note="Influenza", actor=ACTOR)

    mine.refresh_from_db()
    assert (mine.state, mine.is_late, mine.end_reason) == ("withdrawn", True, "ill")
    assert last_event(mine).data["late"] is True
    assert last_event(mine).notes.get().text == "Influenza"


def test_withdrawing_twice_says_it_once():
    mine = ask(factories.run())

    for _ in range(2):
        actions.withdraw(enrollment=mine.public_id, actor=ACTOR)

    assert events_of(mine) == ["confirmed", "withdrawn"]


def test_nobody_withdraws_once_the_run_has_begun():
    run = factories.run()
    mine = ask(run)

    with refused("run_has_started"):
        actions.withdraw(enrollment=mine.public_id, reason="ill", actor=ACTOR, at=run.starts_at)
    run_actions.start_run(run=run.public_id, actor=ACTOR)  # earlier than planned
    with refused("run_has_started"):
        actions.withdraw(enrollment=mine.public_id, reason="ill", actor=ACTOR)


@pytest.mark.parametrize("state", ["requested", "waitlisted", "offered", "confirmed", "reconfirm"])
def test_t21_the_academy_ends_any_active_enrolment_with_a_reason(state, cast):
    run = factories.run(
        seats=0 if state == "waitlisted" else 1, mode="approval" if state == "requested" else "open"
    )
    held = ask(run) if state == "offered" else None
    mine = ask(run, cast.asel)
    if held:
        actions.withdraw(enrollment=held.public_id, actor=ACTOR)
    if state == "reconfirm":
        _move_by(run, DAY)
    assert states(mine) == [state]

    with refused("reason_needed"):
        actions.cancel_enrollment(enrollment=mine.public_id, reason="", actor=ACTOR)
    actions.cancel_enrollment(enrollment=mine.public_id, reason="left_service", actor=ACTOR)

    mine.refresh_from_db()
    assert (mine.state, mine.seat_id, mine.end_reason) == ("cancelled", None, "left_service")
    assert events_of(mine)[-1] == "cancelled"
    assert seats_of(run)["held"] == 0
    assert_sound()


def _move_by(run, shift):
    plan = factories.SessionPlan(run.starts_at + shift, 90, length=100 * MINUTE)
    run_changes.move_run(run=run.public_id, sessions=[plan], actor=ACTOR)


@pytest.mark.parametrize("state", sorted(ENDED))
@pytest.mark.parametrize("command", ["accept", "confirm", "decline", "withdraw", "cancel"])
def test_an_ended_enrolment_answers_to_no_command(state, command):
    mine = ask(factories.run())
    Enrollment.objects.filter(pk=mine.pk).update(state=state, seat=None)
    commands = {
        "accept": actions.accept,
        "confirm": actions.confirm,
        "decline": actions.decline,
        "withdraw": partial(actions.withdraw, reason="ill"),
        "cancel": partial(actions.cancel_enrollment, reason="left_service"),
    }
    call = partial(commands[command], enrollment=mine.public_id, actor=ACTOR)
    if state == "withdrawn" and command in {"decline", "withdraw"}:
        call()  # said before: nothing happens
        assert events_of(mine) == ["confirmed"]
        return

    with refused("transition"):
        call()
    assert states(mine) == [state]


@pytest.mark.parametrize("command", ["accept", "confirm", "decline"])
def test_who_only_waits_has_nothing_to_answer(command):
    mine = ask(factories.run(seats=0))

    with refused("transition"):
        getattr(actions, command)(enrollment=mine.public_id, actor=ACTOR)


def test_a_seat_that_comes_free_far_back_in_the_queue_is_not_given_to_a_clash():
    run = factories.run(seats=1)
    held, busy, free = factories.people(3)
    sitting, first, second = (ask(run, person) for person in (held, busy, free))
    ask(factories.run(), busy)

    actions.withdraw(enrollment=sitting.public_id, actor=ACTOR)

    assert states(first, second) == ["waitlisted", "offered"]
    looks = PromotionLook.objects.order_by("position").values_list("verdict", "reason")
    assert list(looks) == [("skipped", "clash"), ("promoted", "")]


def test_the_sweep_repeats_no_pass_that_says_nothing_new():
    run = factories.run(seats=1)
    busy = factories.person()
    sitting, waiting = ask(run), ask(run, busy)
    ask(factories.run(), busy)
    actions.withdraw(enrollment=sitting.public_id, actor=ACTOR)

    for _ in range(3):
        assert timers.sweep() == 0

    assert PromotionPass.objects.count() == 1
    assert states(waiting) == ["waitlisted"]


def test_the_sweep_serves_whose_clash_has_gone():
    run = factories.run(seats=1)
    busy = factories.person()
    sitting, waiting, elsewhere = ask(run), ask(run, busy), ask(factories.run(), busy)
    actions.withdraw(enrollment=sitting.public_id, actor=ACTOR)
    actions.withdraw(enrollment=elsewhere.public_id, actor=ACTOR)

    assert timers.sweep() == 1
    assert states(waiting) == [State.OFFERED]
