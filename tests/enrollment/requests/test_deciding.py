import pytest

from academy.core import clock
from academy.ledger.models import Event
from courses.planning.models import Run
from enrollment.decisions.enums import Decider, Silence, StepKind
from enrollment.decisions.models import Decision
from enrollment.requests import actions, run_changes, timers
from enrollment.requests.queries import queue_place
from tests import factories
from tests.enrollment.requests.deciding import actor_of, asked_under, decide, rules_of
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


@pytest.fixture
def request_of_asel(cast):
    run = factories.run(seats=1, mode="approval")
    mine = ask(run, cast.asel)
    return run, mine, mine.decisions.get()


def test_a_consent_is_asked_of_the_head_of_the_own_court(cast, request_of_asel):
    _run, mine, step = request_of_asel

    assert (step.kind, step.decider, step.court_id) == ("consent", "head", cast.court.pk)
    assert events_of(step) == ["decision.opened"]
    assert step.due_at > clock.now() + 4 * DAY
    assert mine.queue_number is not None


def test_t7_consent_and_a_free_seat_confirm(cast, request_of_asel):
    run, mine, step = request_of_asel

    decide(step, True, cast.boris_account)

    assert states(mine) == ["confirmed"]
    assert events_of(mine) == ["requested", "confirmed"]
    assert events_of(step) == ["decision.opened", "decision.given"]
    assert seats_of(run)["held"] == 1
    assert_sound()


def test_t8_consent_without_a_seat_waits_ahead_of_all_who_asked_later(cast, request_of_asel):
    run, mine, step = request_of_asel
    Run.objects.filter(pk=run.pk).update(enrollment_mode="open")
    held, later = fill(run, 2)
    number = mine.queue_number

    decide(step, True, cast.boris_account)

    assert states(held, mine, later) == ["confirmed", "waitlisted", "waitlisted"]
    mine.refresh_from_db()
    assert mine.queue_number == number
    assert [queue_place(mine.pk), queue_place(later.pk)] == [1, 2]
    actions.withdraw(enrollment=held.public_id, actor=ACTOR)
    assert states(mine, later) == ["offered", "waitlisted"]
    assert events_of(mine) == ["requested", "waitlisted", "offered"]


def test_a_pending_consent_holds_nobody_up(cast, request_of_asel):
    run, mine, _step = request_of_asel
    Run.objects.filter(pk=run.pk).update(enrollment_mode="open")

    assert states(ask(run), mine) == ["confirmed", "requested"]


def test_more_seats_bypass_no_pending_decision(cast, request_of_asel):
    run, mine, _step = request_of_asel

    run_changes.change_capacity(run=run.public_id, capacity=9, actor=ACTOR)
    timers.sweep()

    assert states(mine) == ["requested"]


def test_t9_a_refusal_needs_a_reason_and_ends_the_request(cast, request_of_asel):
    _run, mine, step = request_of_asel

    with refused("reason_needed"):
        decide(step, False, cast.boris_account, reason="")
    decide(step, False, cast.boris_account, reason="silence")  # a word that timers use too

    assert states(mine) == ["rejected"]
    assert events_of(mine) == ["requested", "rejected"]
    assert events_of(step) == ["decision.opened", "decision.refused"]
    assert_sound()


def test_a_decision_is_made_once(cast, request_of_asel):
    _run, _mine, step = request_of_asel
    decide(step, True, cast.boris_account)

    with refused("decision_closed"):
        decide(step, False, cast.boris_account)


def test_a_decision_after_its_day_is_refused_though_no_timer_ran(cast, request_of_asel):
    _run, mine, step = request_of_asel

    with refused("too_late"):
        decide(step, True, cast.boris_account, at=step.due_at)
    decide(step, True, cast.boris_account, at=step.due_at - MINUTE)
    assert states(mine) == ["confirmed"]


def test_the_heads_own_request_goes_one_level_up(cast):
    run = factories.run(mode="approval")

    step = ask(run, cast.boris).decisions.get()

    assert step.court_id == cast.court.parent_id
    with refused("own_request"):
        decide(step, True, cast.boris_account)


def test_nobody_decides_for_the_one_who_asked(cast, request_of_asel):
    _run, _mine, step = request_of_asel

    with refused("own_request"):
        decide(step, True, cast.asel_account)
    with refused("own_request"):
        decide(step, True, cast.boris_account, behalf_of=cast.asel.pk)
    with refused("own_request"):
        actions.decide(
            decision=step.public_id,
            yes=True,
            account=cast.boris_account.pk,
            actor=actor_of(cast.boris_account).for_person(cast.asel.public_id),
        )


def test_a_deputy_acts_with_both_names_recorded(cast, request_of_asel):
    _run, _mine, step = request_of_asel

    decide(step, True, cast.dana_account, behalf_of=cast.boris.pk)

    step.refresh_from_db()
    assert (step.decided_by, step.behalf_of) == (cast.dana_account, cast.boris)


def test_the_head_of_a_court_with_none_above_is_told_that_nobody_decides(cast):
    top = factories.court()
    boss = factories.person(top, post=factories.position("head", is_head=True))
    run = factories.run(mode="approval")

    with refused("nobody_decides"):
        ask(run, boss)


@pytest.mark.parametrize("who", ["head of the highest court", "person without a post"])
def test_a_ruling_of_the_academy_needs_no_court(cast, who):
    post = factories.position("head", is_head=True)
    person = factories.person(factories.court() if "head" in who else None, post=post)
    run = rules_of(factories.run(), (StepKind.RULING, Decider.ACADEMY, Silence.REFUSE))

    mine = ask(run, person)
    decide(mine.decisions.get(), True, cast.clara_account)

    assert states(mine) == ["confirmed"]


def test_all_that_blocks_must_be_given_and_opinions_never_block(cast):
    run = rules_of(
        factories.run(),
        (StepKind.OPINION, Decider.HEAD, Silence.LAPSE),
        (StepKind.CONSENT, Decider.HEAD, Silence.REFUSE),
        (StepKind.RULING, Decider.ACADEMY, Silence.REFUSE),
    )
    mine, other = ask(run, cast.asel), ask(run, cast.kenzhe)
    opinion, consent, ruling = mine.decisions.all()

    decide(opinion, False, cast.boris_account)
    assert now_is(mine) == "requested"
    decide(consent, True, cast.boris_account)
    assert now_is(mine) == "requested"
    decide(ruling, True, cast.clara_account)
    assert now_is(mine) == "confirmed"

    unasked, consent, ruling = other.decisions.all()
    decide(ruling, True, cast.clara_account)
    decide(consent, True, cast.boris_account)
    unasked.refresh_from_db()
    assert (now_is(other), unasked.state) == ("confirmed", "moot")
    assert events_of(unasked) == ["decision.opened", "decision.moot"]
    assert_sound()


def test_one_refusal_makes_the_other_steps_moot(cast):
    run = rules_of(
        factories.run(),
        (StepKind.CONSENT, Decider.HEAD, Silence.REFUSE),
        (StepKind.RULING, Decider.ACADEMY, Silence.REFUSE),
    )
    mine = ask(run, cast.asel)
    consent, ruling = mine.decisions.all()

    decide(consent, False, cast.boris_account)

    ruling.refresh_from_db()
    assert (now_is(mine), ruling.state) == ("rejected", "moot")
    with refused("decision_closed"):
        decide(ruling, True, cast.clara_account)


def test_a_consent_that_meets_a_clash_waits_with_the_reason(cast, request_of_asel):
    run, mine, step = request_of_asel
    ask(factories.run(), cast.asel)

    decide(step, True, cast.boris_account)

    assert states(mine) == ["waitlisted"]
    look = mine.looks.get()
    assert (look.verdict, look.reason) == ("skipped", "clash")
    assert seats_of(run)["free"] == 1


@pytest.mark.parametrize("by", ["decider", "silence"])
def test_a_consent_that_meets_a_clash_in_a_run_without_a_list_ends(cast, by):
    mine = ask(asked_under(Silence.APPROVE, seats=None), cast.asel)
    other = ask(asked_under(Silence.APPROVE, seats=None, starts_in=60 * DAY), cast.kenzhe)
    step = mine.decisions.get()
    ask(factories.run(), cast.asel)

    if by == "decider":
        decide(step, True, cast.boris_account)
    timers.lapse_decisions(step.due_at)

    mine.refresh_from_db()
    assert (mine.state, mine.end_reason) == ("expired", "clash")
    assert now_is(other) == "confirmed", "one row that cannot be settled holds no other up"


def test_a_consent_after_the_start_comes_too_late(cast):
    run = rules_of(
        factories.run(starts_in=3 * DAY), (StepKind.CONSENT, Decider.HEAD, Silence.REFUSE)
    )
    mine = ask(run, cast.asel)
    step = mine.decisions.get()
    Decision.objects.update(due_at=clock.now() + 30 * DAY)

    decide(step, True, cast.boris_account, at=run.starts_at)

    mine.refresh_from_db()
    assert (mine.state, mine.end_reason) == ("expired", "run_started")


def test_a_consent_after_the_offer_cut_off_still_takes_a_free_seat(cast, request_of_asel):
    run, mine, step = request_of_asel
    Run.objects.filter(pk=run.pk).update(promote_until=clock.now() + HOUR)

    decide(step, True, cast.boris_account, at=clock.now() + 2 * HOUR)

    assert states(mine) == ["confirmed"]


def test_every_decision_writes_one_event_of_its_own(cast, request_of_asel):
    _run, mine, step = request_of_asel
    before = Event.objects.count()

    decide(step, True, cast.boris_account, note="Good luck")

    assert Event.objects.count() == before + 2
    given = last_event(step)
    assert given.context_id == mine.run.public_id
    assert given.data["enrollment"] == str(mine.public_id)
    assert given.notes.get().text == "Good luck"
    assert "Good luck" not in str(given.data)
