from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from academy.core.errors import Refused
from courses.planning.enums import EnrollmentMode
from courses.planning.rules import Placement, Pool, Window
from enrollment.decisions.enums import Decider, Silence, StepKind
from enrollment.decisions.rules import CONSENT_OF_HEAD, Step
from enrollment.requests import rules
from enrollment.requests.rules import Answer, AskingFacts
from enrollment.seats.enums import ACTIVE, Source, State

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
RULING = Step(StepKind.RULING, Decider.ACADEMY, 3, Silence.REFUSE)

FINE = AskingFacts(
    run_id=1,
    run_public_id=uuid4(),
    mode=EnrollmentMode.OPEN,
    is_limited=True,
    busy=None,
    time_zone="Asia/Almaty",
    holds_seat=False,
    waiting_list_is_full=False,
    window=Window("published", NOON - DAY, NOON + DAY, NOON + 2 * DAY),
    person_id=1,
    person_public_id=uuid4(),
    has_left=False,
    appointment_id=1,
    court_id=5,
    court_parent_id=3,
    is_head=False,
    placement=Placement(court_id=5),
    pools=[Pool(1, "everyone")],
)


@pytest.mark.parametrize(
    ("change", "answer", "steps"),
    [
        ({}, Answer.SEAT, []),
        ({"mode": "approval"}, Answer.DECISIONS, [CONSENT_OF_HEAD]),
        ({"own_steps": [RULING]}, Answer.DECISIONS, [RULING]),
        ({"own_steps": [RULING], "court_id": None}, Answer.DECISIONS, [RULING]),
        ({"is_limited": False, "pools": []}, Answer.SEAT, []),
        ({"waiting_list_is_full": True}, Answer.SEAT, []),  # there may be a seat
    ],
)
def test_what_a_request_becomes(change, answer, steps):
    facts = replace(FINE, **change)

    assert rules.answer_to(facts, source=Source.SELF, now=NOON) == (answer, steps)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"has_left": True}, "not_in_service"),
        ({"window": replace(FINE.window, state="draft")}, "run_takes_nobody"),
        ({"window": replace(FINE.window, closes_at=NOON)}, "enrollment_closed"),
        ({"mode": "nomination"}, "by_nomination_only"),
        ({"mode": "invitation"}, "by_nomination_only"),
        ({"teaches": True}, "teaches_this_run"),
        *(({"twin_state": state}, "already_enrolled") for state in sorted(ACTIVE)),
        ({"has_clash": True}, "clash"),
        ({"mode": "approval", "court_id": None}, "no_post"),
    ],
)
def test_why_a_request_is_refused(change, code):
    with pytest.raises(Refused) as refusal:
        rules.answer_to(replace(FINE, **change), source=Source.SELF, now=NOON)
    assert refusal.value.code == code


def test_nominated_people_enter_a_run_by_nomination():
    facts = replace(FINE, mode="nomination")

    assert rules.answer_to(facts, source=Source.NOMINATION, now=NOON) == (Answer.SEAT, [])


def test_the_registrar_may_allow_a_clash():
    facts = replace(FINE, has_clash=True)

    assert rules.answer_to(facts, source=Source.SELF, now=NOON, allow_clash=True)[0] == "seat"


@pytest.mark.parametrize("state", list(State))
def test_only_a_promised_seat_can_be_given_up_too_late(state):
    late = rules.is_late(state, now=NOON, withdraw_until=NOON - DAY)

    assert late == (state in {State.CONFIRMED, State.RECONFIRM})
    assert not rules.is_late(state, now=NOON, withdraw_until=NOON)
    assert not rules.is_late(state, now=NOON, withdraw_until=None)


@pytest.mark.parametrize(
    ("state", "run_state", "starts", "late", "reason", "code"),
    [
        *((state, "published", NOON + DAY, False, "", None) for state in sorted(ACTIVE)),
        ("confirmed", "going_ahead", NOON + DAY, True, "ill", None),
        ("confirmed", "published", NOON + DAY, True, "", "reason_needed"),
        ("reconfirm", "published", NOON + DAY, True, "", "reason_needed"),
        ("confirmed", "published", NOON, False, "ill", "run_has_started"),
        ("confirmed", "running", NOON + DAY, False, "ill", "run_has_started"),
        ("confirmed", "postponed", None, False, "", None),
        *(
            (state, "published", NOON + DAY, False, "", "transition")
            for state in sorted(set(State) - ACTIVE)
        ),
    ],
)
def test_when_one_can_withdraw(state, run_state, starts, late, reason, code):
    def check():
        rules.check_can_withdraw(
            State(state), now=NOON, run_state=run_state, starts_at=starts, late=late, reason=reason
        )

    if code is None:
        check()
        return
    with pytest.raises(Refused) as refusal:
        check()
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("due", "in_time"), [(None, True), (NOON + DAY, True), (NOON, False), (NOON - DAY, False)]
)
def test_an_answer_counts_until_its_deadline(due, in_time):
    if in_time:
        rules.check_before(due, now=NOON)
        return
    with pytest.raises(Refused) as refusal:
        rules.check_before(due, now=NOON)
    assert refusal.value.code == "too_late"
