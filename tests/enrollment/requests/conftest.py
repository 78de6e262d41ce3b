"""A run with people in every state."""

import pytest

from courses.planning.models import Run
from enrollment.requests import actions
from tests import factories
from tests.enrollment.stage import (
    ask,
    fill,
    states,
)
from tests.factories import ACTOR


@pytest.fixture
def crowd(cast):
    """One of each active state: asked, confirmed, offered, waiting, in a run of two seats."""
    run = factories.run(seats=2)
    confirmed, leaving, offered, waiting = fill(run, 4)
    Run.objects.filter(pk=run.pk).update(enrollment_mode="approval")
    asked = ask(run, cast.asel)
    actions.withdraw(enrollment=leaving.public_id, actor=ACTOR)
    everybody = [confirmed, offered, waiting, asked]
    assert states(*everybody) == ["confirmed", "offered", "waitlisted", "requested"]
    return run, everybody
