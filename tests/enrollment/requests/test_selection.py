"""Gathered requests, chosen from in one pass that comes out the same whenever it is made again."""

import random

import pytest

from academy.ledger.models import Event
from courses.planning.enums import EnrollmentMode
from enrollment.decisions.enums import Silence, StepKind
from enrollment.decisions.models import Decision
from enrollment.requests import actions, rule_actions, selection
from enrollment.requests.rule_actions import step_of
from enrollment.requests.rules import Candidate, SelectionTerms, choose
from enrollment.seats.models import Enrollment, PromotionPass
from tests import factories
from tests.enrollment.stage import MINUTE, ask, assert_sound, events_of, fill, refused, states
from tests.factories import ACTOR

TERMS = SelectionTerms(seed=2026)


def candidate(place, priority=5, served=0, **more):
    return Candidate(place, priority, served, place, f"{place:04}", (1,), **more)


@pytest.mark.parametrize(
    ("candidates", "free", "expected"),
    [
        ([candidate(1), candidate(2)], {1: 1}, [(1, "chosen"), (2, "seats_gone")]),
        ([candidate(1), candidate(2, 4)], {1: 1}, [(2, "chosen"), (1, "seats_gone")]),
        ([candidate(1, served=1), candidate(2)], {1: 1}, [(2, "chosen"), (1, "seats_gone")]),
        ([candidate(1, has_clash=True), candidate(2)], {1: 1}, [(1, "clash"), (2, "chosen")]),
        ([candidate(1, is_decided=False), candidate(2)], {1: 1}, [(1, "undecided"), (2, "chosen")]),
        ([candidate(1)], {2: 1}, [(1, "pool_exhausted")]),
        ([candidate(1, holds_seat=True)], {}, [(1, "chosen")]),
        ([candidate(1), candidate(2)], None, [(1, "chosen"), (2, "chosen")]),
    ],
)
def test_the_published_order_decides(candidates, free, expected):
    for _ in range(5):
        random.shuffle(candidates)
        assert [(one.id, one.reason) for one in choose(candidates, free)] == expected


@pytest.fixture
def gathered():
    """Two seats, five requests, the window closed."""
    run = factories.run(seats=2, mode=EnrollmentMode.SELECTION, starts_in=30 * 1440 * MINUTE)
    return run, fill(run, 5), run.enrollment_closes_at


@pytest.mark.django_db
def test_requests_are_gathered_and_nobody_sits_before_the_day(gathered):
    run, asked, closes = gathered

    assert states(*asked) == ["requested"] * 5
    with refused("still_gathering"):
        selection.select(run=run.public_id, terms=TERMS, actor=ACTOR, at=closes - MINUTE)
    assert_sound()


@pytest.mark.django_db
def test_the_pass_seats_the_first_and_the_rest_wait_in_its_order(gathered):
    run, asked, closes = gathered
    Enrollment.objects.filter(pk=asked[4].pk).update(priority_class=3)
    planned = selection.preview(run=run.public_id, terms=TERMS, at=closes)
    assert states(*asked) == ["requested"] * 5

    done = selection.select(run=run.public_id, terms=TERMS, actor=ACTOR, at=closes)

    assert [row.choice for row in done.rows] == [row.choice for row in planned.rows]
    assert states(*asked) == ["confirmed", "waitlisted", "waitlisted", "waitlisted", "confirmed"]
    waiting = Enrollment.objects.filter(run=run, state="waitlisted").order_by("queue_number")
    assert [row.pk for row in waiting] == [row.pk for row in asked[1:4]]
    assert events_of(asked[0]) == ["requested", "confirmed"]
    stored = PromotionPass.objects.get(run=run, cause="selection")
    looks = list(stored.looks.order_by("position"))
    assert (stored.seed, stored.promoted, len(looks)) == (2026, 2, 5)
    assert looks[0].enrollment_id == asked[4].pk
    assert looks[0].facts.keys() == {"priority_class", "served", "queue_number", "draw"}
    assert looks[4].reason == "seats_gone"
    assert Event.objects.get(type="run.selected").data["chosen"] == 2
    with refused("selected_already"):
        selection.select(run=run.public_id, terms=TERMS, actor=ACTOR, at=closes + MINUTE)
    assert_sound(closes)


@pytest.mark.django_db
def test_afterwards_it_is_first_come_first_served(gathered):
    run, asked, closes = gathered
    selection.select(run=run.public_id, terms=TERMS, actor=ACTOR, at=closes)

    late = ask(run, at=closes + MINUTE)

    assert states(late) == ["waitlisted"]
    actions.withdraw(enrollment=asked[0].public_id, actor=ACTOR, at=closes + MINUTE)
    assert states(asked[2], late) == ["offered", "waitlisted"]


@pytest.mark.django_db
def test_the_chosen_may_be_asked_and_the_others_refused(gathered):
    run, asked, closes = gathered
    terms = SelectionTerms(seed=1, offers=True, rejects_rest=True, lot=True)

    done = selection.select(run=run.public_id, terms=terms, actor=ACTOR, at=closes)

    assert sorted(states(*asked)) == ["offered"] * 2 + ["rejected"] * 3
    again = choose(
        [
            Candidate(row.pk, 5, 0, 0, selection._draw(1, row.public_id), tuple(row.pool_ids))
            for row in asked
        ],
        {row.pool_ids[0]: 2 for row in asked},
        lot=True,
    )
    assert [one.id for one in again] == [row.enrollment.pk for row in done.rows]


@pytest.mark.django_db
def test_an_open_ruling_holds_nobody_up_and_is_settled_later(cast):
    run = factories.run(seats=1, mode=EnrollmentMode.SELECTION)
    steps = [step_of(StepKind.RULING, 60, Silence.REFUSE)]
    rule_actions.set_steps(run=run.public_id, steps=steps, actor=ACTOR)
    slow, quick = fill(run, 2)
    agreed = Decision.objects.get(enrollment=quick)
    actions.decide(decision=agreed.public_id, yes=True, account=None, actor=ACTOR)
    assert states(quick) == ["requested"]

    closes = run.enrollment_closes_at
    selection.select(run=run.public_id, terms=TERMS, actor=ACTOR, at=closes)

    assert states(slow, quick) == ["requested", "confirmed"]
    open_step = Decision.objects.get(enrollment=slow)
    actions.decide(
        decision=open_step.public_id, yes=True, account=None, actor=ACTOR, at=closes + MINUTE
    )
    assert states(slow) == ["waitlisted"]
