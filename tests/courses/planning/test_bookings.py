"""A trainer teaches, and a place serves, one run at a time: warned of in drafts, then refused."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from courses.planning.models import Run, Session, TrainerAssignment, Venue
from enrollment.requests import run_actions, run_changes
from tests import factories
from tests.api.calls import Caller
from tests.concurrency.racing import race
from tests.enrollment.stage import DAY, HOUR, refused
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)


def venue(**more):
    code = f"V-{factories.number()}"
    return Venue.objects.create(code=code, names={"en": code}, time_zone="Asia/Almaty", **more)


def placed(at, **more):
    """A draft whose sessions are held there."""
    run = factories.run(is_published=False, **more)
    Session.objects.filter(run=run).update(venue=at)
    return run


def publish(run):
    return run_actions.publish_run(run=run.public_id, actor=ACTOR)


def test_a_place_serves_one_run_at_a_time_unless_it_has_several_halls():
    hall, building = venue(), venue(is_shared=True)
    first, second = placed(hall), placed(hall)
    publish(first)

    with refused("venue_busy"):
        publish(second)
    later = placed(hall, starts_in=31 * DAY)
    assert publish(later).state == "published"
    for run in (placed(building), placed(building)):
        assert publish(run).state == "published"


def test_what_is_cancelled_or_postponed_gives_trainer_and_place_back(cast):
    hall = venue()
    first, second = placed(hall, trainer=cast.timur), placed(hall, trainer=cast.timur)
    publish(first)

    run_changes.postpone_run(run=first.public_id, reason="venue", actor=ACTOR)

    assert publish(second).state == "published"
    third = placed(hall, trainer=cast.timur)
    run_changes.cancel_run(run=second.public_id, reason="venue", actor=ACTOR)
    assert publish(third).state == "published"


def test_a_published_run_is_not_moved_onto_another_of_the_trainer(cast):
    first = factories.run(trainer=cast.timur)
    second = factories.run(trainer=cast.timur, starts_in=40 * DAY)
    onto = run_actions.planning.SessionPlan(first.starts_at, 90)

    with refused("trainer_busy"):
        run_changes.move_run(run=second.public_id, sessions=[onto], actor=ACTOR)

    behind = run_actions.planning.SessionPlan(first.starts_at + 2 * HOUR, 90)
    moved = run_changes.move_run(run=second.public_id, sessions=[behind], actor=ACTOR)
    assert moved.starts_at == first.starts_at + 2 * HOUR


def test_sessions_of_one_run_may_pass_over_each_other_when_it_moves():
    run = placed(venue(), sessions=2)
    publish(run)
    run.refresh_from_db()
    plans = [
        run_actions.planning.SessionPlan(run.starts_at + day * DAY, 90, timedelta(minutes=100))
        for day in (1, 2)
    ]

    run_changes.move_run(run=run.public_id, sessions=plans, actor=ACTOR)

    assert Session.objects.filter(run=run, holds_venue=True).count() == 2


def test_the_database_itself_keeps_trainer_and_place_single(cast):
    hall = venue()
    first, second = placed(hall, trainer=cast.timur), placed(hall, trainer=cast.timur)
    publish(first)
    busy = Run.objects.get(pk=first.pk).busy

    with pytest.raises(IntegrityError, match="trainer_teaches_once"), transaction.atomic():
        TrainerAssignment.objects.filter(run=second).update(busy=busy)
    with pytest.raises(IntegrityError, match="venue_held_once"), transaction.atomic():
        Session.objects.filter(run=second).update(holds_venue=True)


def test_of_two_runs_published_at_once_one_gets_the_trainer(cast):
    runs = [factories.run(trainer=cast.timur, is_published=False) for _ in range(2)]

    answers = race([lambda run=run: publish(run) for run in runs])

    (refusal,) = [answer for answer in answers if isinstance(answer, Exception)]
    assert refusal.code == "trainer_busy"
    assert sorted(Run.objects.values_list("state", flat=True)) == ["draft", "published"]


def test_the_plan_of_a_run_answers_with_its_warnings(cast):
    taught = factories.run(trainer=cast.timur)
    plan = {
        "course": taught.course.code,
        "code": "NEXT-1",
        "language": "kk",
        "time_zone": "Asia/Almaty",
        "sessions": [{"starts_at": taught.starts_at.isoformat(), "minutes": 60}],
        "enrollment_opens_at": taught.enrollment_opens_at.isoformat(),
        "enrollment_closes_at": taught.enrollment_closes_at.isoformat(),
        "trainers": [str(cast.timur.public_id)],
    }

    answer = Caller(account=cast.clara_account).post("/runs", plan)

    assert answer.status_code == 201
    (warning,) = answer.json()["warnings"]
    assert f"teaches {taught.code} at the same time" in warning
