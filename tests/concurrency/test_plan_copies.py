"""A plan copied by several hands at once: every run once, and nothing but what was shown."""

from functools import partial

import pytest

from academy.jobs.models import Job
from courses.planning.models import CopiedRun, Run
from courses.planning.year_queries import year_of
from enrollment.requests import plan_copies
from tests import factories
from tests.concurrency.racing import race
from tests.enrollment.stage import assert_sound
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)


def test_several_copies_of_a_year_at_once_copy_each_run_once(cast):
    runs = [factories.run() for _ in range(6)]
    year = year_of(runs[0].starts_at)
    tried = [
        plan_copies.ask_year_copy(year=year, to=year + 1, wanted={}, actor=ACTOR) for _ in range(3)
    ]
    calls = [partial(plan_copies.apply, copy=job.public_id, actor=ACTOR) for job in tried]

    answers = race([*calls, *calls])
    while plan_copies.carry_on_all():
        pass

    assert [one for one in answers if isinstance(one, Exception)] == []
    assert sorted(CopiedRun.objects.values_list("source_id", flat=True)) == [one.pk for one in runs]
    assert Run.objects.count() == 2 * len(runs)
    assert set(Job.objects.values_list("state", flat=True)) == {Job.State.DONE}
    assert_sound()
