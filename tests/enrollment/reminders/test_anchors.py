"""Each anchor finds those whom it concerns, once, and drops what is no longer true."""

from datetime import timedelta

import pytest
from psycopg.types.range import DateRange

from academy.access.enums import Role
from academy.access.models import Deputy
from academy.core import clock
from academy.messages.models import Message
from academy.people.models import Appointment
from courses.planning.enums import EnrollmentMode
from courses.planning.models import Interest, Run, Session, TrainerAssignment
from enrollment.decisions.models import Decision
from enrollment.reminders import actions
from enrollment.reminders.actions import RuleSeed
from enrollment.requests import actions as requests
from enrollment.seats.models import Enrollment
from tests import factories
from tests.enrollment.stage import DAY, HOUR, MINUTE, ask
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def planned(move_clock):
    """Install one rule, tick at that moment; who is told."""

    def tick(anchor, recipient, offset, at, **more):
        seed = RuleSeed(anchor.replace("_", "-"), {}, anchor, recipient, offset, **more)
        actions.install_rules([seed])
        move_clock(at)
        actions.plan_due(at)
        actions.plan_due(at + MINUTE)
        rows = Message.objects.filter(kind=f"reminder.{anchor}").order_by("person_id")
        return [row.person for row in rows]

    return tick


def registrar():
    person = factories.person()
    factories.account(of=person, role=Role.REGISTRAR)
    return person


def test_trainers_hear_of_their_run_also_one_assigned_late(planned, told, move_clock):
    first, late = factories.person(), factories.person()
    run = factories.run(trainer=first, starts_in=20 * DAY)
    at = run.starts_at - 2 * DAY

    assert planned("run_start", "trainer", -48, at) == [first]
    TrainerAssignment.objects.create(run=run, person=late)
    actions.plan_again(enrollments=[], runs=[run.public_id], now=at + HOUR)
    TrainerAssignment.objects.filter(person=first).delete()
    move_clock(at + HOUR)

    assert told(late)[0] == ("reminder.run_start", "sent", "")
    assert told(first) == [("reminder.run_start", "dropped", "not_trainer_any_more")]


def test_the_first_session_has_its_reminder_from_the_run(planned, told):
    run = factories.run(sessions=3, starts_in=20 * DAY)
    asel, _gone = factories.people(2)
    ask(run, asel)
    second = Session.objects.get(run=run, number=2)

    assert planned("session_start", "trainee", -24, second.period.lower - DAY) == [asel]
    assert Message.objects.get(kind="reminder.session_start").subject_id == second.public_id


def test_who_has_left_the_run_is_not_told_of_its_session(planned, told, move_clock):
    run = factories.run(sessions=2, starts_in=20 * DAY)
    asel = factories.person()
    enrollment = ask(run, asel)
    told(asel)
    now = clock.now()
    planned(
        "session_start", "trainee", -24, Session.objects.get(run=run, number=2).period.lower - DAY
    )
    due = clock.now()
    move_clock(now)
    requests.withdraw(enrollment=enrollment.public_id, actor=ACTOR)
    move_clock(due)

    assert ("reminder.session_start", "dropped", "no_seat_any_more") in told(asel)


@pytest.mark.parametrize(
    ("anchor", "offset", "moment"),
    [
        ("enrollment_opens", 0, "enrollment_opens_at"),
        ("enrollment_deadline", -24, "enrollment_closes_at"),
    ],
)
def test_who_is_interested_and_has_not_asked(planned, anchor, offset, moment):
    run = factories.run(starts_in=20 * DAY)
    curious, enrolled = factories.people(2)
    for person in (curious, enrolled):
        Interest.objects.create(course=run.course, person=person, at=clock.now())
    ask(run, enrolled)

    due = getattr(run, moment) + offset * HOUR + MINUTE

    assert planned(anchor, "trainee", offset, due, useless_after_hours=48) == [curious]


def offered():
    run = factories.run(seats=1, starts_in=20 * DAY)
    first = ask(run)
    waiting = ask(run)
    requests.withdraw(enrollment=first.public_id, actor=ACTOR)
    waiting.refresh_from_db()
    return waiting


def test_an_offer_about_to_end_and_one_answered(planned, told):
    offer = offered()
    told(offer.person)
    due = offer.due_at - 4 * HOUR

    assert planned("offer_expiry", "trainee", -4, due) == [offer.person]
    requests.accept(enrollment=offer.public_id, actor=ACTOR)
    assert told(offer.person)[-2:] == [
        ("reminder.offer_expiry", "dropped", "is_confirmed"),
        ("enrollment.confirmed", "sent", ""),
    ]


def test_an_offer_younger_than_its_reminder_has_just_said_the_same(planned):
    offer = offered()
    Enrollment.objects.filter(pk=offer.pk).update(due_at=offer.state_since + HOUR)

    assert planned("offer_expiry", "trainee", -4, offer.state_since + MINUTE) == []


def test_a_place_to_be_confirmed_again(planned):
    run = factories.run(starts_in=20 * DAY)
    claim = ask(run)
    due = clock.now() + 5 * DAY
    Enrollment.objects.filter(pk=claim.pk).update(state="reconfirm", due_at=due)

    assert planned("reconfirm_due", "trainee", -24, due - DAY) == [claim.person]


def test_head_and_deputy_until_they_leave_the_post(cast, planned, told):
    deputy = factories.person(cast.court)
    Deputy.objects.create(
        head=cast.boris, deputy=deputy, court=cast.court, period=DateRange(factories.SINCE, None)
    )
    ask(factories.run(mode=EnrollmentMode.APPROVAL), cast.asel)
    step = Decision.objects.get()

    assert planned("decision_due", "head", -4, step.due_at - 4 * HOUR) == [cast.boris, deputy]
    Appointment.objects.filter(person=cast.boris).update(
        period=DateRange(factories.SINCE, (step.due_at - 9 * DAY).date())
    )
    assert told(cast.boris)[-1] == ("reminder.decision_due", "dropped", "not_head_any_more")


def test_a_decision_that_was_made_meanwhile(cast, planned, told):
    ask(factories.run(mode=EnrollmentMode.APPROVAL), cast.asel)
    step = Decision.objects.get()

    assert planned("decision_due", "coordinator", -4, step.due_at - 4 * HOUR) == [cast.kenzhe]
    Decision.objects.update(state="yes")
    assert told(cast.kenzhe) == [("reminder.decision_due", "dropped", "is_yes")]


def test_marks_that_stay_away_go_up_to_the_registrar(planned):
    clara = registrar()
    run = factories.run(seats=None)
    ask(run)
    Run.objects.update(state="finished")
    ended = run.sessions.get().period.upper

    assert planned("marks_missing", "registrar", 72, ended + 73 * HOUR) == [clara]


def test_a_run_below_its_minimum_until_it_is_reached(planned, told):
    clara = registrar()
    run = factories.run(seats=5, starts_in=20 * DAY, minimum_size=2)
    ask(run)
    due = run.enrollment_closes_at - 3 * DAY

    assert planned("minimum_at_risk", "registrar", -72, due) == [clara]
    Run.objects.update(minimum_size=1)
    assert told(clara) == [("reminder.minimum_at_risk", "dropped", "minimum_reached")]


def test_a_run_that_goes_ahead_early_and_loses_people_is_at_risk_until_its_date(planned):
    clara = registrar()
    run = factories.run(seats=5, starts_in=20 * DAY, minimum_size=1)
    due = run.enrollment_closes_at - 3 * DAY
    Run.objects.update(state="going_ahead")

    assert planned("minimum_at_risk", "registrar", -72, due) == [clara]


def test_the_rules_of_the_seeds_can_all_be_kept(rules, move_clock):
    run = factories.run(starts_in=20 * DAY)
    ask(run)
    move_clock(run.starts_at - 7 * DAY + timedelta(hours=20))

    actions.plan_due(clock.now())

    assert Message.objects.filter(facts__rule="week-before").count() == 1
