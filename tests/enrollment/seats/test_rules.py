from itertools import product

import pytest

from academy.core.errors import Refused
from enrollment.seats import rules
from enrollment.seats.enums import ACTIVE, ENDED, HOLDING, State
from enrollment.seats.rules import PriorityFact

ALLOWED = {
    "T1": (None, "requested"),
    "T2": (None, "confirmed"),
    "T2 nominated": (None, "offered"),
    "T3": (None, "waitlisted"),
    "T7": ("requested", "confirmed"),
    "T7 nominated": ("requested", "offered"),
    "T8": ("requested", "waitlisted"),
    "T9": ("requested", "rejected"),
    "T10": ("requested", "expired"),
    "T11": ("waitlisted", "offered"),
    "T12": ("waitlisted", "confirmed"),
    "T13": ("waitlisted", "expired"),
    "T14": ("offered", "confirmed"),
    "T15": ("offered", "expired"),
    "T16 offered": ("offered", "withdrawn"),
    "T16 requested": ("requested", "withdrawn"),
    "T16 waitlisted": ("waitlisted", "withdrawn"),
    "T17": ("confirmed", "reconfirm"),
    "T18 yes": ("reconfirm", "confirmed"),
    "T18 no": ("reconfirm", "withdrawn"),
    "T19 confirmed": ("confirmed", "transferred"),
    "T19 reconfirm": ("reconfirm", "transferred"),
    "T20": ("confirmed", "withdrawn"),
    "T21 requested": ("requested", "cancelled"),
    "T21 waitlisted": ("waitlisted", "cancelled"),
    "T21 offered": ("offered", "cancelled"),
    "T21 confirmed": ("confirmed", "cancelled"),
    "T21 reconfirm": ("reconfirm", "cancelled"),
    "T22": ("confirmed", "closed"),
}


@pytest.mark.parametrize(("source", "target"), list(product([None, *State], State)))
def test_the_table_allows_its_own_transitions_and_no_other(source, target):
    if (source, target) in ALLOWED.values():
        rules.check_transition(source, target)
        return
    with pytest.raises(Refused) as refusal:
        rules.check_transition(source, target)
    assert refusal.value.code == "transition"


def test_the_table_names_every_transition_once():
    named = [(row.source, row.target) for row in rules.TRANSITIONS]

    assert set(named) == set(ALLOWED.values())
    assert len(named) == len(ALLOWED)
    assert {row.code for row in rules.TRANSITIONS} == {name.split()[0] for name in ALLOWED}


def test_an_ended_row_never_revives():
    assert not [row for row in rules.TRANSITIONS if row.source in ENDED]


@pytest.mark.parametrize(("source", "target"), [row for row in ALLOWED.values() if row[0]])
def test_a_seat_is_given_back_exactly_when_it_is_left(source, target):
    may_hold = {*HOLDING, State.REQUESTED}
    left = source in may_hold and target not in {*HOLDING, State.CLOSED}

    assert rules.frees_a_seat(State(source), State(target)) == left


def test_states_are_active_or_ended_and_have_one_event_type_each():
    assert frozenset(State) == ACTIVE | ENDED
    assert frozenset() == ACTIVE & ENDED
    assert {state: f"enrollment.{state.value}" for state in State} == rules.EVENT_TYPES


@pytest.mark.parametrize(
    ("held", "priority", "reasons"),
    [
        ([], 5, []),
        ([("remote", 1, False)], 5, []),
        ([("remote", 1, True)], 4, ["remote"]),
        ([("never", 1, True), ("need", 2, True)], 2, ["need", "never"]),
        ([("a", 3, True), ("b", 3, True)], 1, ["a", "b"]),
    ],
)
def test_published_rules_add_up_to_a_class_with_its_reasons(held, priority, reasons):
    facts = [PriorityFact(code, "kind", step, holds) for code, step, holds in held]

    assert rules.priority_of(facts) == (priority, reasons)
