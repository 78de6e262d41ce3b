"""Whatever happens to an enrolment or a run, the calendars of those concerned follow."""

from datetime import timedelta

import pytest

from academy.core import clock
from academy.messages import actions as messages
from academy.messages.models import Message
from academy.people.actions import person_left
from enrollment.calendars.models import Invitation
from enrollment.requests import actions as requests, run_changes, surgery, transfers
from enrollment.requests.run_actions import name_trainers
from enrollment.requests.timers import follow_posts
from tests import factories
from tests.enrollment.calendars.conftest import items_of
from tests.enrollment.calendars.invited import CANCEL, DAY, REQUEST, enroll, move
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_confirmation_invites_to_each_session(person, mails):
    run = factories.run(sessions=3)
    enrollment = enroll(run, person)

    (mail,) = mails.new_to(person)

    items = items_of(mail)
    assert [item.short for item in items] == [(REQUEST, 0, "CONFIRMED")] * 3
    assert len({item.uid for item in items}) == 3
    starts = [session.period.lower for session in run.sessions.order_by("number")]
    assert [item.event["DTSTART"].dt for item in items] == starts
    first = items[0].event
    assert str(first["SUMMARY"]) == "Мотивировка решений · 1"
    assert str(first["ATTENDEE"]) == f"mailto:{person.email}"
    assert str(first["ORGANIZER"]) == "mailto:training@example.org"
    assert str(first["URL"]).endswith(f"/enrollments/{enrollment.public_id}/")
    assert mail.get_content_type() == "multipart/mixed"
    alternatives = [part.get_content_type() for part in mail.get_payload()[0].get_payload()]
    assert alternatives == ["text/plain", "text/html", "text/calendar"]


def test_one_session_is_one_more_version_of_the_mail(person, mails):
    enroll(factories.run(), person)

    (mail,) = mails.new_to(person)

    assert mail.get_content_type() == "multipart/alternative"
    assert len(items_of(mail)) == 1


def test_a_move_updates_in_place_and_asks_again(person, mails):
    run = factories.run()
    enrollment = enroll(run, person)
    (before,) = mails.items_to(person)
    move(run)
    (moved,) = mails.items_to(person)
    requests.confirm(enrollment=enrollment.public_id, actor=ACTOR)
    (again,) = mails.items_to(person)

    assert before.uid == moved.uid == again.uid
    assert moved.short == (REQUEST, 1, "TENTATIVE")
    assert again.short == (REQUEST, 2, "CONFIRMED")
    assert moved.event["DTSTART"].dt == before.event["DTSTART"].dt + 7 * DAY


def test_there_and_back_again_the_number_still_grows(person, mails):
    run = factories.run()
    enroll(run, person)
    told = [mails.items_to(person)[0]]
    for days in (7, -7, 7):
        move(run, days=days)
        told += mails.items_to(person)  # once each, also while an earlier answer is awaited

    assert [item.sequence for item in told] == [0, 1, 2, 3]
    starts = [item.event["DTSTART"].dt for item in told]
    assert starts[0] == starts[2] != starts[1] == starts[3]


def test_a_session_that_is_left_out_is_taken_back_and_a_new_one_added(person, mails):
    run = factories.run(sessions=3)
    enroll(run, person)
    before = {item.event["DTSTART"].dt: item.uid for item in mails.items_to(person)}
    move(run, days=0, sessions=2)
    fewer = mails.items_to(person)
    move(run, days=0, sessions=4)
    more = mails.items_to(person)

    last = before[max(before)]
    assert {(item.uid, item.method) for item in fewer} == {
        (uid, CANCEL if uid == last else REQUEST) for uid in before.values()
    }
    assert {item.method for item in more} == {REQUEST}
    assert len({item.uid for item in more} - set(before.values())) == 1
    assert {item.sequence for item in more if item.uid == last} == {2}


@pytest.mark.parametrize("how", ["withdraw", "cancel", "cancel_run"])
def test_whatever_ends_an_enrolment_takes_it_out_of_the_calendar(person, mails, how):
    run = factories.run(sessions=2)
    enrollment = enroll(run, person)
    uids = {item.uid for item in mails.items_to(person)}
    if how == "withdraw":
        requests.withdraw(enrollment=enrollment.public_id, actor=ACTOR)
    elif how == "cancel":
        requests.cancel_enrollment(enrollment=enrollment.public_id, reason="x", actor=ACTOR)
    else:
        run_changes.cancel_run(run=run.public_id, reason="too_few", actor=ACTOR)

    items = mails.items_to(person)

    assert {item.uid for item in items} == uids
    assert {item.short for item in items} == {(CANCEL, 1, "CANCELLED")}


def test_who_is_going_to_leave_has_the_later_runs_taken_out_of_the_calendar(person, mails):
    enroll(factories.run(), person)
    mails.new_to(person)
    last_day = clock.now().date() + timedelta(days=7)
    person_left(person=person.public_id, left_on=last_day, actor=ACTOR)
    mails.work()
    follow_posts()

    (mail,) = mails.new_to(person)

    assert [item.short for item in items_of(mail)] == [("CANCEL", 1, "CANCELLED")]


def test_who_leaves_today_is_told_nothing_but_what_leaves_the_calendar(person, mails):
    enrollment = enroll(factories.run(sessions=2), person)
    uids = {item.uid for item in mails.items_to(person)}
    enroll(factories.run(seats=0, starts_in=timedelta(days=60)), person)  # stood in no calendar
    mails.new_to(person)
    person_left(person=person.public_id, left_on=clock.now().date(), actor=ACTOR)
    mails.work()
    follow_posts()

    (mail,) = mails.new_to(person)

    assert {item.short for item in items_of(mail)} == {(CANCEL, 1, "CANCELLED")}
    assert {item.uid for item in items_of(mail)} == uids
    told = Message.objects.filter(person=person, subject_id=enrollment.public_id).order_by("pk")
    assert list(told.values_list("kind", "state", "outcome"))[1:] == [
        ("enrollment.cancelled", "dropped", "person_left"),
        ("calendar.farewell", "sent", ""),
    ]
    messages.send_again(message=told.last().public_id, actor=ACTOR)
    assert mails.new_to(person) == []


def test_a_transfer_takes_back_here_and_invites_there(person, mails):
    here = factories.run()
    there = factories.run(of=here.course, starts_in=timedelta(days=50))
    enrollment = enroll(here, person)
    (old,) = mails.items_to(person)
    transfers.transfer(enrollment=enrollment.public_id, to_run=there.public_id, actor=ACTOR)

    items = {item.method: item for item in mails.items_to(person)}

    assert items[CANCEL].uid == old.uid
    assert items[CANCEL].sequence == 1
    assert items[REQUEST].uid != old.uid
    assert items[REQUEST].sequence == 0


def test_a_merge_takes_back_here_and_invites_there(person, mails):
    here = factories.run()
    there = factories.run(of=here.course, starts_in=timedelta(days=50))
    enroll(here, person)
    (old,) = mails.items_to(person)
    surgery.merge_runs(run=here.public_id, into=there.public_id, actor=ACTOR)

    items = {item.method: item for item in mails.items_to(person)}

    assert (items[CANCEL].uid, items[CANCEL].sequence) == (old.uid, 1)
    assert (items[REQUEST].sequence, items[REQUEST].status) == (0, "TENTATIVE")


def test_a_colleague_who_takes_over_is_invited_and_the_holder_is_not_any_more(mails):
    court = factories.court()
    one, other = factories.person(court), factories.person(court)
    run = factories.run()
    enrollment = enroll(run, one)
    mails.work()
    transfers.substitute(enrollment=enrollment.public_id, person=other.pk, actor=ACTOR)
    mails.work()

    both = {one.email, other.email}
    told = [mail for mail in mails.office.mails if mail["To"] in both][1:]
    assert {mail["To"]: [i.method for i in items_of(mail)] for mail in told} == {
        one.email: [CANCEL],
        other.email: [REQUEST],
    }


def test_a_postponed_run_leaves_the_calendar_and_comes_back_under_its_name(person, mails):
    run = factories.run()
    enroll(run, person)
    (before,) = mails.items_to(person)
    run_changes.postpone_run(run=run.public_id, reason="venue", actor=ACTOR)
    (postponed,) = mails.items_to(person)
    move(run)
    (again,) = mails.items_to(person)

    assert postponed.short == (CANCEL, 1, "CANCELLED")
    assert again.short == (REQUEST, 2, "TENTATIVE")
    assert before.uid == postponed.uid == again.uid


def test_who_only_waits_is_not_invited(person, mails):
    run = factories.run(seats=1)
    enroll(run, factories.person())
    waiting = enroll(run, person)
    assert mails.items_to(person) == []
    requests.withdraw(enrollment=waiting.public_id, actor=ACTOR)

    assert mails.items_to(person) == []
    assert not Invitation.objects.filter(person=person).exists()


def test_what_was_never_told_is_not_taken_back(person, mails):
    enrollment = enroll(factories.run(), person)
    requests.withdraw(enrollment=enrollment.public_id, actor=ACTOR)

    assert mails.items_to(person) == []


def test_a_new_attempt_is_a_new_event(person, mails):
    run = factories.run()
    first = enroll(run, person)
    (old,) = mails.items_to(person)
    requests.withdraw(enrollment=first.public_id, actor=ACTOR)
    mails.work()
    enroll(run, person)

    new = mails.items_to(person)[-1]
    assert (new.method, new.sequence) == (REQUEST, 0)
    assert new.uid != old.uid


def test_trainers_are_invited_moved_and_released(mails):
    trainer = factories.person()
    run = factories.run(trainer=trainer, sessions=2)
    invited = mails.items_to(trainer)
    move(run, sessions=2)
    moved = mails.items_to(trainer)
    run_changes.cancel_run(run=run.public_id, reason="too_few", actor=ACTOR)
    released = mails.items_to(trainer)

    assert [item.short for item in invited] == [(REQUEST, 0, "CONFIRMED")] * 2
    assert [item.short for item in moved] == [(REQUEST, 1, "CONFIRMED")] * 2
    assert [item.short for item in released] == [(CANCEL, 2, "CANCELLED")] * 2
    assert invited[0].event["ATTENDEE"].params["ROLE"] == "CHAIR"
    assert [item.uid for item in invited] == [item.uid for item in moved]


def test_who_teaches_instead_of_another_is_invited_and_the_other_is_released(mails):
    first, second, assistant = people = [factories.person(language="ru") for _ in range(3)]
    run = factories.run(trainer=first)
    asked, gone = (REQUEST, "CONFIRMED"), (CANCEL, "CANCELLED")
    steps = [
        ([first], [[(0, *asked)], [], []]),
        ([second, assistant], [[(1, *gone)], [(0, *asked)], [(0, *asked)]]),
        ([second], [[], [], [(1, *gone)]]),
        ([first], [[(2, *asked)], [(1, *gone)], []]),
    ]

    for trainers, told in steps:
        name_trainers(run=run.public_id, trainers=[one.pk for one in trainers], actor=ACTOR)
        new = mails.new()
        assert [told_to(one, new) for one in people] == told

    assert [mail["Subject"] for mail in new if mail["To"] == second.email] == [
        "Вы больше не ведёте занятия: Мотивировка решений"
    ]


def told_to(person, new):
    items = [item for mail in new if mail["To"] == person.email for item in items_of(mail)]
    return [(item.sequence, item.method, item.status) for item in items]


def test_a_draft_says_nothing_to_those_who_are_to_teach_it(mails):
    run = factories.run(is_published=False)
    name_trainers(run=run.public_id, trainers=[factories.person().pk], actor=ACTOR)

    assert mails.new() == []


def test_teaching_one_run_and_learning_in_another_are_kept_apart(person, mails):
    taught, attended = factories.run(trainer=person), factories.run(starts_in=timedelta(days=40))
    enrollment = enroll(attended, person)
    roles = {item.event["ATTENDEE"].params["ROLE"]: item.uid for item in mails.items_to(person)}
    requests.withdraw(enrollment=enrollment.public_id, actor=ACTOR)
    (item,) = mails.items_to(person)

    assert item.uid == roles["REQ-PARTICIPANT"] != roles["CHAIR"]
    assert Invitation.objects.get(session__run=taught).method == "request"
