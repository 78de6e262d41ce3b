"""Nobody answers in time: what silence means, and who may still answer."""

import pytest

from enrollment.decisions.enums import Silence
from enrollment.requests import timers
from tests.enrollment.requests.deciding import asked_under, decide
from tests.enrollment.stage import (
    MINUTE,
    ask,
    assert_sound,
    events_of,
    last_event,
    now_is,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("silence", "state", "step_state"),
    [
        (Silence.APPROVE, "confirmed", "yes"),
        (Silence.REFUSE, "expired", "no"),
        (Silence.LAPSE, "confirmed", "lapsed"),
    ],
)
def test_t10_what_silence_does(cast, silence, state, step_state):
    mine = ask(asked_under(silence), cast.asel)
    step = mine.decisions.get()

    assert timers.lapse_decisions(step.due_at - MINUTE) == 0
    assert timers.lapse_decisions(step.due_at) == 1
    assert timers.lapse_decisions(step.due_at) == 0

    step.refresh_from_db()
    assert (now_is(mine), step.state) == (state, step_state)
    assert events_of(step) == ["decision.opened", "decision.lapsed"]
    assert len(events_of(mine)) == 2
    assert last_event(step).reason == "silence"


def test_silence_goes_one_level_up_until_nobody_is_above(cast):
    mine = ask(asked_under(Silence.ESCALATE), cast.asel)
    first = mine.decisions.get()

    timers.lapse_decisions(first.due_at)

    first.refresh_from_db()
    second = mine.decisions.get(state="open")
    assert (first.state, now_is(mine)) == ("lapsed", "requested")
    assert (second.court_id, second.kind) == (cast.court.parent_id, "consent")
    assert second.due_at > first.due_at
    assert events_of(second) == ["decision.opened"]

    timers.lapse_decisions(second.due_at)

    second.refresh_from_db()
    assert (second.state, now_is(mine)) == ("no", "expired")
    assert_sound()


def test_the_higher_court_answers_in_place_of_the_silent_one(cast):
    mine = ask(asked_under(Silence.ESCALATE), cast.asel)
    first = mine.decisions.get()
    timers.lapse_decisions(first.due_at)

    decide(mine.decisions.get(state="open"), True, cast.dana_account, at=first.due_at + MINUTE)

    assert now_is(mine) == "confirmed"
