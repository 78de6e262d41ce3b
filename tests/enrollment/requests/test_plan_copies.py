"""A year's plan copied: shown first, made in slices, once, taken back while nobody has seen it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from academy.courts.models import CalendarDay
from academy.jobs.models import Job
from academy.ledger import actions as ledger
from academy.ledger.models import Event
from courses.planning.enums import PoolScope, RunState
from courses.planning.models import CopiedRun, Phase, Run, Seat, SeatPool, Session
from courses.planning.pools import Share
from enrollment.decisions.models import StepRule
from enrollment.requests import past, plan_copies, pool_actions, run_actions, run_changes
from enrollment.requests.plan_copy_rules import Fate
from tests import factories
from tests.enrollment.stage import ask, assert_sound, refused, sight
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)
ALMATY = ZoneInfo("Asia/Almaty")
NOW = datetime(2026, 2, 2, 5, tzinfo=UTC)  # a Monday


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        CalendarDay.objects.create(date=date(2027, 3, 8), kind="off", names={"en": "Women's Day"})
        yield


def held_on(day, **asked):
    """A run that begins on that day of 2026."""
    at = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=5)
    return factories.run(starts_in=at - NOW, **asked)


def tried(*, year=2026, to=2027, wanted=None):
    return plan_copies.ask_year_copy(year=year, to=to, wanted=wanted or {}, actor=ACTOR)


def made(**asked):
    return plan_copies.apply(copy=tried(**asked).public_id, actor=ACTOR)


def start_of(run):
    return run.starts_at.astimezone(ALMATY)


def test_a_dry_run_shows_dates_and_reasons_and_leaves_nothing(cast):
    run = held_on(date(2026, 3, 2), trainer=cast.timur, sessions=2)
    dropped = held_on(date(2026, 5, 4))
    run_changes.cancel_run(run=dropped.public_id, reason="other", actor=ACTOR)
    before = (sight(), Run.objects.count(), Seat.objects.count(), SeatPool.objects.count())

    first, second = tried().report

    assert (first["run"], first["fate"]) == (str(run.public_id), Fate.PLANNED)
    # Monday of week 10 is the holiday: Tuesday, and the day behind it goes on to Wednesday.
    assert first["moved"] == [["2027-03-08", "2027-03-09"], ["2027-03-09", "2027-03-10"]]
    assert first["starts_at"].startswith("2027-03-09")
    assert (second["fate"], second["reason"]) == (Fate.LEFT_OUT, "cancelled")
    assert (sight(), Run.objects.count(), Seat.objects.count(), SeatPool.objects.count()) == before


def test_what_was_shown_is_made_once_with_everything_but_the_people(cast):
    region = cast.court.region
    run = held_on(date(2026, 4, 14), trainer=cast.timur, sessions=2, seats=6)
    phase = Phase.objects.create(run=run, number=1, names={"en": "Room"}, format=run.format)
    Session.objects.filter(run=run, number=2).update(phase=phase)
    StepRule.objects.create(run=run, number=1, kind="consent", decider="head", days=3)
    until = run.starts_at - timedelta(days=10)
    shares = [
        Share(PoolScope.REGION, 1, region_id=region.pk),
        Share(PoolScope.COURT, 2, court_id=cast.court.pk, release_at=until),
    ]
    pool_actions.share_seats(run=run.public_id, shares=shares, actor=ACTOR)
    pool_actions.release_pool(pool=run.pools.get(scope="court").pk, actor=ACTOR)
    ask(run, cast.asel)

    job = made()

    copy = Run.objects.get(copy_of__source=run)
    assert (job.state, job.done, job.total) == (Job.State.DONE, 1, 1)
    assert (copy.state, copy.capacity, copy.version_id) == (RunState.DRAFT, 6, run.version_id)
    assert start_of(copy) == datetime(2027, 4, 20, 10, tzinfo=ALMATY)
    apart = copy.starts_at - run.starts_at
    for name in ("enrollment_opens_at", "enrollment_closes_at"):
        assert getattr(copy, name) - getattr(run, name) == apart
    assert list(copy.sessions.values_list("number", "minutes", "phase__number")) == [
        (1, 90, None),
        (2, 90, 1),
    ]
    assert copy.assignments.get().person == cast.timur
    # Released pools fell to the region; the ledger still knows that two seats were the court's.
    counted = {pool.scope: (pool.seats.count(), pool.released_at) for pool in copy.pools.all()}
    assert counted == {"everyone": (3, None), "region": (1, None), "court": (2, None)}
    court = copy.pools.get(scope="court")
    assert (court.parent.scope, court.release_at - until) == ("region", apart)
    assert copy.step_rules.get().days == 3
    assert copy.enrollments.count() == 0
    assert Event.objects.get(subject_id=copy.public_id).type == "run.planned"
    ledger.sequence_all()
    then = past.run_as_known(copy, at=NOW)
    assert {line.pool.scope: line.seats for line in then.pools} == {
        "everyone": 3,
        "region": 1,
        "court": 2,
    }
    assert_sound()


def test_saying_it_twice_and_copying_again_changes_nothing(cast):
    held_on(date(2026, 4, 14))
    job = made()
    before = (Run.objects.count(), sight())

    plan_copies.apply(copy=job.public_id, actor=ACTOR)
    again = tried()

    assert [row["reason"] for row in again.report] == ["already"]
    plan_copies.apply(copy=again.public_id, actor=ACTOR)
    assert (Run.objects.count(), sight()) == before


def test_a_copy_that_a_crash_stopped_goes_on_where_it_stood(cast, monkeypatch):
    for day in (14, 15, 16):
        held_on(date(2026, 4, day))
    job = tried()
    monkeypatch.setattr(plan_copies, "AT_ONCE", 0)
    plan_copies.apply(copy=job.public_id, actor=ACTOR)
    plan_copies.carry_on(job=job.pk, limit=1)
    assert (CopiedRun.objects.count(), Job.objects.get(pk=job.pk).done) == (1, 1)
    copy_next = plan_copies._copy_next

    def dies(row, size, at):
        copy_next(row, 1, at)
        raise SystemExit

    monkeypatch.setattr(plan_copies, "_copy_next", dies)
    with pytest.raises(SystemExit):
        plan_copies.carry_on(job=job.pk)
    assert CopiedRun.objects.count() == 1
    monkeypatch.setattr(plan_copies, "_copy_next", copy_next)

    assert plan_copies.carry_on_all() == 2

    assert CopiedRun.objects.count() == 3
    assert Event.objects.filter(type="run.planned").count() == 6
    assert Job.objects.get(pk=job.pk).state == Job.State.DONE


def test_what_changed_since_it_was_shown_is_left_out(cast):
    run, other = held_on(date(2026, 4, 14)), held_on(date(2026, 4, 15))
    job = tried()
    run_changes.change_capacity(run=run.public_id, capacity=9, actor=ACTOR)

    job = plan_copies.apply(copy=job.public_id, actor=ACTOR)

    assert [(row["fate"], row["reason"]) for row in job.report] == [
        (Fate.LEFT_OUT, "changed"),
        (Fate.COPIED, ""),
    ]
    assert CopiedRun.objects.get().source == other


def test_clashes_and_trainers_who_have_left_are_said(cast):
    held_on(date(2026, 4, 14), trainer=cast.timur)
    held_on(date(2027, 4, 20), trainer=cast.timur, is_published=False)
    gone = factories.person()
    held_on(date(2026, 6, 2), trainer=gone)
    type(gone).objects.filter(pk=gone.pk).update(left_on=date(2026, 8, 1))

    first, second = tried().report

    assert [clash[0].split()[0] for clash in first["clashes"]] == [cast.timur.family_name]
    assert second["without"] == [gone.full_name]


def test_a_copy_is_taken_back_until_one_of_its_runs_is_published(cast):
    for day in (14, 15):
        held_on(date(2026, 4, day), trainer=cast.timur)
    count = Run.objects.count()
    job = made()
    copy = Run.objects.filter(copy_of__job=job).first()
    other = made(to=2028)

    assert plan_copies.undo(copy=other.public_id, actor=ACTOR) == 2
    run_actions.publish_run(run=copy.public_id, actor=ACTOR)
    with refused("copy_in_use"):
        plan_copies.undo(copy=job.public_id, actor=ACTOR)

    assert Run.objects.count() == count + 2
    assert Event.objects.filter(type="run.discarded").count() == 2
    assert plan_copies.apply(copy=tried(to=2028).public_id, actor=ACTOR).done == 2


def test_one_run_is_copied_to_any_day_as_often_as_wanted(cast):
    run = held_on(date(2026, 4, 14), trainer=cast.timur)
    days = [date(2026, 5, 12) + timedelta(weeks=number) for number in range(11)]

    for day in days:
        job = plan_copies.ask_run_copy(run=run.public_id, first=day, actor=ACTOR)
        plan_copies.apply(copy=job.public_id, actor=ACTOR)

    copies = [copy.run for copy in run.copies.order_by("pk")]
    assert [start_of(copy).date() for copy in copies] == days
    assert [copies[0].code, copies[10].code] == [f"{run.code}-2026", f"{run.code}-2026-11"]


def test_a_dry_run_asks_as_many_statements_of_twenty_runs_as_of_two(cast):
    held_on(date(2026, 4, 14))
    counted = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            tried()
        counted.append(len(captured))
        for week in range(18):
            held_on(date(2026, 4, 21) + timedelta(weeks=week))

    assert counted[0] == counted[1]
