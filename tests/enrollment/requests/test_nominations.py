"""A court names many of its people: what would come of it, then each of them, once."""

from datetime import timedelta

import pytest

from academy.access.queries import viewer_of
from academy.core import clock
from academy.jobs.models import Job
from academy.ledger.models import Event
from academy.people.models import Appointment
from courses.planning.enums import EnrollmentMode
from enrollment.decisions.models import Decision
from enrollment.requests import access, actions, nominations, nominee_queries
from enrollment.requests.models import Nominee
from enrollment.requests.naming import Named
from enrollment.requests.nominating_rules import Room
from enrollment.seats.enums import Source
from enrollment.seats.models import Enrollment
from tests import factories
from tests.enrollment.stage import ask, assert_sound, events_of, refused, sight, states
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db


def viewer(account):
    now = clock.now()
    return viewer_of(account.pk, now=now, today=now.date())


def plan(account, run, people, **asked):
    who, unknown = viewer(account), asked.pop("unknown", ())
    return nominations.plan(
        run=run.public_id, named=Named(people, unknown), viewer=who, actor=who.actor(), **asked
    )


def carried_out(account, run, people):
    made = plan(account, run, people, is_dry_run=False)
    nominations.carry_on(nomination=made.pk)
    return made


def lines(nomination):
    return list(nomination.nominees.values_list("state", "fate", "code"))


def nomination_run(**facts):
    return factories.run(mode=EnrollmentMode.NOMINATION, **facts)


def test_room_is_used_up_while_a_list_is_gone_through():
    room = Room({1: 1, 2: 5}, frozenset({2}))

    assert [room.take([1, 2]), room.take([1, 2]), room.take([2])] == [True, False, False]


def test_the_dry_run_says_it_for_each_person_and_enrols_nobody(cast):
    run = nomination_run(seats=2)
    first, second, third = factories.people(3, cast.court)
    inside = ask(run, second, source=Source.NOMINATION)
    before = sight()

    made = plan(cast.kenzhe_account, run, [first, second, third, first], unknown=["HR-0"])

    assert lines(made) == [
        ("confirmed", "planned", ""),
        ("", "planned", "already_enrolled"),
        ("waitlisted", "planned", ""),
        ("", "refused", "unknown_person"),
    ]
    assert sight() == before
    assert list(Enrollment.objects.all()) == [inside]
    assert nominations.carry_on_all() == 0


def test_carrying_it_out_does_each_person_alone_and_twice_changes_nothing(cast):
    run = nomination_run(seats=2)
    people = factories.people(4, cast.court)
    ask(run, people[1], source=Source.NOMINATION)
    made = plan(cast.kenzhe_account, run, people)

    for _ in range(2):
        nominations.apply(nomination=made.public_id, actor=ACTOR)
        nominations.carry_on_all()

    assert lines(made) == [
        ("confirmed", "done", ""),
        ("", "refused", "already_enrolled"),
        ("waitlisted", "done", ""),
        ("waitlisted", "done", ""),
    ]
    rows = Enrollment.objects.filter(run=run).order_by("pk")
    assert [row.source for row in rows] == ["nomination"] * 4
    assert all(len(events_of(row)) == 1 for row in rows)
    job = Job.objects.get()
    assert (job.state, job.done, job.total, job.is_dry_run) == ("done", 4, 4, False)
    assert Event.objects.filter(type="nomination.applied").count() == 1
    assert_sound()


def test_a_list_goes_on_slice_by_slice_and_says_how_far_it_is(cast):
    made = plan(cast.kenzhe_account, nomination_run(), factories.people(5, cast.court))
    nominations.apply(nomination=made.public_id, actor=ACTOR)

    how_far = []
    for _ in range(3):
        nominations.carry_on(nomination=made.pk, limit=2)
        made.job.refresh_from_db()
        how_far.append((made.job.state, made.job.done))

    assert how_far == [("running", 2), ("running", 4), ("done", 5)]


def test_what_another_worker_has_done_meanwhile_is_undone_here(cast, monkeypatch):
    run = nomination_run()
    made = plan(cast.kenzhe_account, run, [cast.asel], is_dry_run=False)
    enroll = actions.enroll

    def after_another_worker(**asked):
        monkeypatch.setattr(actions, "enroll", enroll)
        gone = ask(run, cast.asel, source=Source.NOMINATION)
        Nominee.objects.update(fate="done", enrollment=gone, state=gone.state)
        actions.withdraw(enrollment=gone.public_id, actor=ACTOR)
        return enroll(**asked)

    monkeypatch.setattr(actions, "enroll", after_another_worker)
    assert nominations.carry_on(nomination=made.pk) == 0

    assert Enrollment.objects.get().state == "withdrawn"


def test_nominated_people_accept_or_decline_where_the_run_asks(cast):
    run = nomination_run(seats=1, nominees_answer=True)
    made = plan(cast.kenzhe_account, run, factories.people(2, cast.court), is_dry_run=False)
    assert [state for state, *_rest in lines(made)] == ["offered", "waitlisted"]

    nominations.carry_on(nomination=made.pk)

    first, second = Enrollment.objects.filter(run=run).order_by("pk")
    assert states(first, second) == ["offered", "waitlisted"]
    assert first.due_at > clock.now()
    actions.decline(enrollment=first.public_id, actor=ACTOR)
    assert states(first, second) == ["withdrawn", "offered"]
    assert_sound()


def test_after_the_last_moment_for_offers_nobody_is_asked_any_more(cast):
    gone = clock.now() - timedelta(hours=1)
    by_name = nomination_run(nominees_answer=True, promote_until=gone)
    by_consent = factories.run(
        mode=EnrollmentMode.APPROVAL,
        starts_in=timedelta(days=60),
        nominees_answer=True,
        promote_until=gone,
    )

    for run in (by_name, by_consent):
        carried_out(cast.boris_account, run, [cast.asel])

    assert list(Enrollment.objects.values_list("state", flat=True)) == ["confirmed"] * 2


def test_a_head_who_nominates_has_consented_and_a_coordinator_has_not(cast):
    run = factories.run(mode=EnrollmentMode.APPROVAL)
    one, other = factories.people(2, cast.court)

    by_head = plan(cast.boris_account, run, [one, cast.boris], is_dry_run=False)
    by_coordinator = plan(cast.kenzhe_account, run, [other], is_dry_run=False)
    expected = [
        [("confirmed", "planned", ""), ("requested", "planned", "")],
        [("requested", "planned", "")],
    ]
    assert [lines(by_head), lines(by_coordinator)] == expected
    nominations.carry_on_all()

    rows = Enrollment.objects.order_by("pk")
    assert [row.state for row in rows] == ["confirmed", "requested", "requested"]
    assert [state for state, *_rest in lines(by_head)] == ["confirmed", "requested"]
    assert Decision.objects.get(state="yes").decided_by == cast.boris_account
    assert Decision.objects.get(enrollment__person=cast.boris).court == cast.court.parent


def test_a_consent_that_a_crash_left_out_is_given_at_the_end(cast, monkeypatch):
    run = factories.run(mode=EnrollmentMode.APPROVAL)
    made = plan(cast.boris_account, run, factories.people(2, cast.court), is_dry_run=False)
    with monkeypatch.context() as patch:
        patch.setattr(nominations, "_consent", lambda *_: None)
        nominations.carry_on(nomination=made.pk, limit=1)

    nominations.carry_on(nomination=made.pk)

    assert [state for state, *_rest in lines(made)] == ["confirmed"] * 2
    assert Decision.objects.filter(state="yes").count() == 2


def test_rights_and_posts_are_looked_at_again_when_it_is_done(cast):
    moved, stays = factories.people(2, cast.court)
    made = plan(cast.kenzhe_account, nomination_run(), [moved, stays], is_dry_run=False)
    Appointment.objects.filter(person=moved).update(court=cast.elsewhere)

    nominations.carry_on(nomination=made.pk)
    assert lines(made) == [("", "refused", "not_of_this_court"), ("confirmed", "done", "")]

    elsewhen = nomination_run(starts_in=timedelta(days=60))
    late = plan(cast.kenzhe_account, elsewhen, [stays], is_dry_run=False)
    cast.kenzhe_account.grants.all().delete()
    nominations.carry_on(nomination=late.pk)

    late.job.refresh_from_db()
    assert (late.job.state, lines(late)) == ("failed", [("confirmed", "planned", "")])


def test_only_the_own_courts_people_can_be_named(cast):
    today = clock.now().date()

    mine = access.people_to_nominate(viewer(cast.kenzhe_account), day=today)

    assert cast.asel in mine
    assert cast.dana not in mine
    assert cast.dana in access.people_to_nominate(viewer(cast.clara_account), day=today)
    assert not access.people_to_nominate(viewer(cast.asel_account), day=today).exists()


def test_the_pick_list_says_who_stands_where_already(cast):
    run, other = nomination_run(), factories.run()
    ask(other, cast.asel)
    ask(run, cast.kenzhe, source=Source.NOMINATION)

    found = nominee_queries.by_need(run, courts=[cast.court.pk], day=clock.now().date())

    facts = {one.family_name: (one.standing, one.has_clash) for one in found}
    assert facts == {"Әсел": ("", True), "Борис": ("", False), "Кенже": ("confirmed", False)}
    only = nominee_queries.by_need(
        run, courts=None, day=clock.now().date(), search="дан", court=cast.elsewhere.code
    )
    assert [one.family_name for one in only] == ["Дана"]


def test_a_list_has_somebody_on_it_and_not_everybody(cast):
    run = nomination_run()

    with refused("nobody_named"):
        plan(cast.kenzhe_account, run, [])
    with refused("too_many"):
        plan(cast.kenzhe_account, run, [], unknown=["x"] * 501)
