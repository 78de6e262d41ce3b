"""From what happens to what people are told: true at the moment of sending, in exact words."""

from datetime import timedelta

import pytest

from academy.access.actions import end_deputy, name_deputy
from academy.core import clock
from academy.ledger import delivery as ledger
from academy.messages import lease, registry
from courses.planning.actions import SessionPlan
from courses.planning.enums import EnrollmentMode
from courses.planning.models import Run
from enrollment.decisions.models import Decision
from enrollment.reminders import actions
from enrollment.reminders.enums import Letter
from enrollment.requests import actions as requests, handlers, run_changes, timers
from enrollment.seats.enums import Source
from enrollment.seats.models import Enrollment
from tests import factories
from tests.factories import ACTOR
from tests.post_office import texts_of

pytestmark = pytest.mark.django_db(transaction=True)

SENT = ("sent", "")


@pytest.fixture
def person():
    return factories.person(factories.court(parent=factories.court()))


def enroll(run, person):
    return requests.enroll(run=run.public_id, person=person.pk, actor=ACTOR)


def test_a_confirmation_is_told_once(person, told, post_office):
    run = factories.run(seats=5)
    enroll(run, person)

    assert told(person) == [("enrollment.confirmed", *SENT)]
    ledger.drain(handlers.HANDLER)
    assert told(person) == [("enrollment.confirmed", *SENT)]
    (mail,) = [one for one in post_office.mails if one["To"] == person.email]
    text, html = texts_of(mail)
    assert mail["Subject"] == "Your place is confirmed: Reasoning of judgments"
    assert f"You have a place in “Reasoning of judgments” ({run.code})." in text
    assert "(UTC+5)" in text
    assert '<html lang="en"' in html


def test_who_was_nominated_reads_so_and_not_of_a_waiting_list(person, told, post_office):
    run = factories.run(mode=EnrollmentMode.NOMINATION, nominees_answer=True)
    by_name = {"person": person.pk, "actor": ACTOR, "source": Source.NOMINATION}
    requests.enroll(run=run.public_id, **by_name)

    assert told(person) == [("enrollment.offered", *SENT)]
    text, _html = texts_of(post_office.mails[0])
    assert f"You were nominated for “Reasoning of judgments” ({run.code}). We hold" in text
    assert "waiting list" not in text


def test_what_ended_before_it_was_told_is_not_told(person, told):
    run = factories.run(seats=5)
    enrollment = enroll(run, person)
    requests.withdraw(enrollment=enrollment.public_id, actor=ACTOR)

    assert told(person) == [
        ("enrollment.confirmed", "dropped", "is_withdrawn"),
        ("enrollment.withdrawn", *SENT),
    ]


def test_the_waiting_list_the_offer_and_its_end(person, told, post_office):
    run = factories.run(seats=1)
    first = enroll(run, factories.person())
    ahead, waiting = factories.person(), enroll(run, person)
    assert ahead
    told(person)
    requests.withdraw(enrollment=first.public_id, actor=ACTOR)
    told(person)
    Enrollment.objects.filter(pk=waiting.pk).update(due_at=clock.now() - timedelta(minutes=1))
    timers.expire_due()

    assert told(person) == [
        ("enrollment.waitlisted", *SENT),
        ("enrollment.offered", *SENT),
        ("enrollment.expired", *SENT),
    ]
    mine = [texts_of(mail)[0] for mail in post_office.mails if mail["To"] == person.email]
    assert "Your place on it today: 1." in mine[0]
    assert "We hold it for you until" in mine[1]
    assert "was not accepted in time" in mine[2]


def test_an_offer_that_is_over_is_not_offered(person, told):
    run = factories.run(seats=1)
    first = enroll(run, factories.person())
    waiting = enroll(run, person)
    told(person)
    requests.withdraw(enrollment=first.public_id, actor=ACTOR)
    Enrollment.objects.filter(pk=waiting.pk).update(due_at=clock.now() - timedelta(minutes=1))

    assert told(person)[-1] == ("enrollment.offered", "dropped", "deadline_passed")


def test_the_heads_of_the_court_are_asked(cast, told, post_office):
    run = factories.run(seats=5, mode=EnrollmentMode.APPROVAL)
    enroll(run, cast.kenzhe)

    assert told(cast.kenzhe) == [("enrollment.requested", *SENT)]
    assert told(cast.boris) == [("decision.opened", *SENT)]
    (asked,) = [mail for mail in post_office.mails if mail["To"] == cast.boris.email]
    assert cast.kenzhe.full_name in texts_of(asked)[0]


def test_a_decision_that_is_made_is_not_asked_for(cast, told):
    run = factories.run(seats=5, mode=EnrollmentMode.APPROVAL)
    enroll(run, cast.kenzhe)
    ledger.advance()
    Decision.objects.update(state="yes")

    assert told(cast.boris) == [("decision.opened", "dropped", "is_yes")]


def test_a_cancelled_run_is_told_to_all_and_to_the_trainer(person, told, post_office):
    trainer = factories.person()
    run = factories.run(seats=5, trainer=trainer)
    enroll(run, person)
    told(person)
    run_changes.cancel_run(run=run.public_id, reason="too_few", actor=ACTOR)

    assert told(person)[-1] == ("enrollment.cancelled", *SENT)
    assert told(trainer)[-1] == ("teaching.changed", *SENT)
    (mail,) = [one for one in post_office.mails if one["To"] == person.email][1:]
    assert mail["Subject"] == "Cancelled: Reasoning of judgments"
    assert "Reason: Too few people could take part." in texts_of(mail)[0]


def test_a_postponed_run_is_told_and_sends_no_reminder(person, told, plain_rules):
    run = factories.run(seats=5, starts_in=timedelta(days=20))
    enroll(run, person)
    told(person)
    start = run.starts_at
    run_changes.postpone_run(run=run.public_id, reason="venue", actor=ACTOR)

    assert told(person)[-1] == ("run.postponed", *SENT)
    assert actions.plan_due(start - timedelta(days=7)) == 0


def test_a_reminder_for_a_date_that_moved_is_dropped(person, told, plain_rules, move_clock):
    run = factories.run(seats=5, starts_in=timedelta(days=20))
    enroll(run, person)
    told(person)
    due = run.starts_at - timedelta(days=7)
    move_clock(due)
    actions.plan_due(due)
    Run.objects.filter(pk=run.pk).update(starts_at=run.starts_at + timedelta(days=1))

    assert told(person)[-1] == ("reminder.run_start", "dropped", "moved")


def test_a_reminder_says_when_and_where(person, told, plain_rules, move_clock, post_office):
    run = factories.run(seats=5, starts_in=timedelta(days=20))
    enroll(run, person)
    told(person)
    move_clock(run.starts_at - timedelta(days=7))
    actions.plan_due(clock.now())

    assert told(person)[-1] == ("reminder.run_start", *SENT)
    assert post_office.mails[-1]["Subject"] == "In 7 days: Reasoning of judgments"


def test_result_and_certificate_are_one_message(held, told):
    run = held(people=1)
    run.mark("present", "present")
    run.finalise()

    kinds = told(run.people[0].person_id)

    assert ("certificate.issued", *SENT) in kinds
    assert ("outcome.frozen", "dropped", "said_by_certificate") in kinds


def test_a_result_without_certificate_is_told(held, told):
    run = held(people=1)
    run.mark("absent", "absent")
    run.finalise()

    assert told(run.people[0].person_id)[-1] == ("outcome.frozen", *SENT)


def test_imports_and_seeds_tell_nobody(person, told):
    requests.enroll(
        run=factories.run(seats=5).public_id,
        person=person.pk,
        actor=ACTOR.system("seed.national"),
    )

    assert told(person) == []


def test_every_kind_has_its_words():
    assert {kind.name for kind in registry.kinds()} >= {letter.value for letter in Letter}


def test_the_statements_of_a_batch_do_not_follow_its_size(django_assert_num_queries):
    run = factories.run(seats=None)
    for number in (1, 4):
        for _ in range(number):
            enroll(run, factories.person())
        ledger.advance()
        batch = [row for row in lease.claim() if row.kind == "enrollment.confirmed"]
        assert len(batch) == number
        with django_assert_num_queries(8):  # one, and the record of what calendars are told
            registry.kind("enrollment.confirmed").resolve(batch, clock.now())


def test_a_deputy_is_told_of_the_naming_and_of_what_waits_until_it_ends(told, post_office):
    cast, today = factories.Cast(), clock.now().date()
    naming = name_deputy(
        head=cast.boris,
        deputy=cast.kenzhe,
        court=cast.court,
        first=today,
        last=today,
        actor=ACTOR,
    )
    enroll(factories.run(mode=EnrollmentMode.APPROVAL), cast.asel)

    assert told(cast.kenzhe) == [("deputy.named", *SENT), ("decision.opened", *SENT)]
    text, _html = texts_of(next(one for one in post_office.mails if one["To"] == cast.kenzhe.email))
    assert f"{cast.boris.full_name} has named you deputy from " in text
    assert text.count(str(today.year)) >= 2

    later = factories.run(mode=EnrollmentMode.APPROVAL, starts_in=timedelta(days=60))
    enroll(later, cast.asel)
    ledger.advance()
    end_deputy(row=naming, actor=ACTOR)
    assert told(cast.kenzhe)[-1] == ("decision.opened", "dropped", "not_head_any_more")


def test_who_has_not_answered_when_the_run_moves_again_is_asked_anew(person, told):
    run = factories.run(seats=5, starts_in=timedelta(days=40))
    enrollment = enroll(run, person)
    for days in (50, 60):
        start = (clock.now() + timedelta(days=days)).replace(minute=0, second=0, microsecond=0)
        plan = SessionPlan(start, 90)
        run_changes.move_run(run=run.public_id, sessions=[plan], actor=ACTOR)
        told(person)

    enrollment.refresh_from_db()
    asked = [one for one in told(person) if one[0] == "enrollment.reconfirm"]
    assert enrollment.state == "reconfirm"
    assert asked == [("enrollment.reconfirm", *SENT)] * 2
