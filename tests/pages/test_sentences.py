"""Every state has its sentences, and no sentence promises what the state does not give."""

import pytest
from django.utils import translation

from courses.planning.enums import RunState
from enrollment.attendance.enums import OutcomeKind
from enrollment.decisions.enums import Decider, Silence, StepKind
from enrollment.pages.sentences import Case, Said, said
from enrollment.seats.enums import State

ASKED_FOR_CONSENT = Case(
    State.REQUESTED,
    step_kind=StepKind.CONSENT,
    step_decider=Decider.HEAD,
    step_due="1 March",
    step_silence=Silence.REFUSE,
    court="District court",
)

TABLE = [
    (
        Case(State.REQUESTED, nominated=True),
        "You were nominated for this run; the nomination waits for a decision.",
        "info",
    ),
    (ASKED_FOR_CONSENT, "Your request waits for a decision.", "info"),
    (Case(State.WAITLISTED, place=4), "You are number 4 on the waiting list.", "warning"),
    (Case(State.WAITLISTED), "You are on the waiting list.", "warning"),
    (Case(State.OFFERED, due="1 March"), "A seat is kept for you until 1 March.", "warning"),
    (Case(State.CONFIRMED), "Your seat is confirmed.", "success"),
    (
        Case(State.CONFIRMED, run_state=RunState.RUNNING),
        "The run is under way, and you take part.",
        "success",
    ),
    (Case(State.CONFIRMED, run_state=RunState.FINISHED), "The run is over.", "info"),
    (
        Case(State.CONFIRMED, run_state=RunState.POSTPONED),
        "The run is postponed. You keep your seat.",
        "warning",
    ),
    (
        Case(State.RECONFIRM, due="1 March"),
        "The dates or the place have changed. Are you still coming?",
        "warning",
    ),
    (Case(State.REJECTED), "Your request was not approved.", "danger"),
    (
        Case(State.EXPIRED, end_reason="offer_lapsed"),
        "The offer ended before you answered, and the seat went on.",
        "info",
    ),
    (
        Case(State.EXPIRED, end_reason="run_started"),
        "The run has begun, and no seat came free for you.",
        "info",
    ),
    (Case(State.EXPIRED), "The request ended without a decision.", "info"),
    (Case(State.WITHDRAWN, end_reason="declined"), "You declined the seat.", "info"),
    (
        Case(State.WITHDRAWN, end_reason="no_answer"),
        "You did not say in time whether you are still coming.",
        "info",
    ),
    (Case(State.WITHDRAWN), "You have withdrawn.", "info"),
    (Case(State.CANCELLED, end_reason="run_cancelled"), "The run was cancelled.", "danger"),
    (Case(State.CANCELLED), "The academy has cancelled your enrolment.", "danger"),
    (Case(State.TRANSFERRED), "You were moved to another run.", "info"),
    (
        Case(State.CLOSED, outcome=OutcomeKind.COMPLETED, has_certificate=True),
        "You have completed the course. Your certificate is ready.",
        "success",
    ),
    (
        Case(State.CLOSED, outcome=OutcomeKind.COMPLETED),
        "You have completed the course.",
        "success",
    ),
    (
        Case(State.CLOSED, outcome=OutcomeKind.PARTIAL),
        "You attended the course in part.",
        "warning",
    ),
    (Case(State.CLOSED, outcome=OutcomeKind.EXCUSED), "You were excused from the course.", "info"),
    (
        Case(State.CLOSED, outcome=OutcomeKind.NO_SHOW),
        "You are recorded as not having attended.",
        "info",
    ),
    (Case(State.CLOSED), "The run is closed.", "info"),
]


@pytest.mark.parametrize(("case", "what", "tone"), TABLE)
def test_a_state_says_what_happened(case, what, tone):
    with translation.override("en"):
        answer = said(case)

    assert (answer.what, answer.tone) == (what, tone)


def test_every_state_is_in_the_table():
    assert {case.state for case, _, _ in TABLE} == set(State)


def test_a_request_says_who_decides_by_when_and_what_silence_means():
    with translation.override("en"):
        answer = said(ASKED_FOR_CONSENT)

    assert answer == Said(
        what="Your request waits for a decision.",
        why="This run needs the consent of the head of the court (District court).",
        then="An answer is due by 1 March. Without an answer by then the request counts as refused."
        " We write to you as soon as it is decided.",
    )


def test_a_confirmed_seat_says_how_it_came_and_until_when_to_withdraw():
    case = Case(
        State.CONFIRMED, came_from=State.OFFERED, starts="9 March", withdraw_until="1 March"
    )

    with translation.override("en"):
        answer = said(case)

    assert answer.why == "You accepted the seat that was offered."
    assert answer.then == (
        "It starts on 9 March. We remind you a week and a day before."
        " If you cannot come, withdraw by 1 March: somebody else gets the seat."
    )


def test_a_seat_given_at_once_is_not_announced_as_an_offer():
    with translation.override("en"):
        offered = said(Case(State.WAITLISTED, place=1)).then
        given = said(Case(State.WAITLISTED, place=1, auto_accept=True)).then

    assert offered == "When your turn comes we offer you the seat, and you have time to accept."
    assert given == "When your turn comes the seat is yours at once, and we write to you."
