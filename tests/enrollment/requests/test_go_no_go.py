"""Has a run enough people on its date? The clock lets it go ahead or warns; the desk lists it."""

from datetime import timedelta

import pytest
from django.test import Client

from academy.core import clock
from academy.ledger.models import Event
from courses.planning.enums import RunState
from enrollment.requests import go_no_go, run_actions, run_changes
from tests import factories
from tests.enrollment.stage import DAY, HOUR, fill, sight
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db


def thin_run(**columns):
    """A run that wants three people, to be decided on in five days."""
    asked = {"minimum_size": 3, "decide_by": clock.now() + 5 * DAY, **columns}
    return factories.run(seats=10, **asked)


def warnings(run):
    return Event.objects.filter(subject_id=run.public_id, type=go_no_go.WARNED)


def state_of(run):
    run.refresh_from_db()
    return run.state


def test_with_enough_people_it_goes_ahead_on_the_date_and_not_before():
    run = thin_run()
    fill(run, 3)
    assert go_no_go.judge_sizes(run.decide_by - HOUR) == 0
    assert state_of(run) == RunState.PUBLISHED
    assert go_no_go.judge_sizes(run.decide_by) == 1
    assert state_of(run) == RunState.GOING_AHEAD
    assert go_no_go.judge_sizes(run.decide_by + HOUR) == 0


def test_with_too_few_it_warns_once_three_days_before_and_never_cancels():
    run = thin_run()
    fill(run, 2)
    before = sight()
    assert go_no_go.judge_sizes(run.decide_by - 4 * DAY) == 0
    assert sight() == before
    for at in (-3 * DAY, -2 * DAY, timedelta(0), HOUR):
        go_no_go.judge_sizes(run.decide_by + at)
    warning = warnings(run).get()
    assert (warning.data["held"], warning.data["minimum_size"]) == (2, 3)
    assert state_of(run) == RunState.PUBLISHED


def test_a_moved_date_warns_anew():
    run = thin_run()
    go_no_go.judge_sizes(run.decide_by)
    sessions = [factories.SessionPlan(run.starts_at + 30 * DAY, 90)]
    run = run_changes.move_run(run=run.public_id, sessions=sessions, actor=ACTOR)
    go_no_go.judge_sizes(run.decide_by)
    assert warnings(run).count() == 2


def test_where_nothing_is_asked_nothing_is_judged():
    factories.run(seats=5, decide_by=clock.now() - DAY)
    thin_run(decide_by=None)
    drafted = thin_run(decide_by=clock.now() - DAY)
    run_changes.cancel_run(run=drafted.public_id, reason="other", actor=ACTOR)
    before = sight()
    assert go_no_go.judge_sizes() == 0
    assert sight() == before


def test_a_run_that_goes_ahead_early_is_warned_of_while_its_date_lies_ahead():
    run = thin_run()
    run_actions.go_ahead(run=run.public_id, actor=ACTOR)
    fill(run, 2)

    assert go_no_go.judge_sizes(run.decide_by - 2 * DAY) == 1
    assert go_no_go.judge_sizes(run.decide_by + HOUR) == 0
    assert warnings(run).count() == 1


def test_the_desk_lists_what_is_at_risk_the_most_pressing_first(cast):
    late = thin_run(decide_by=clock.now() - HOUR)
    soon = thin_run()
    far = thin_run(decide_by=clock.now() + 20 * DAY)
    full = thin_run()
    fill(full, 3)
    client = Client()
    client.force_login(
        cast.clara_account, backend="allauth.account.auth_backends.AuthenticationBackend"
    )

    page = client.get("/desk/").content.decode()

    listed = page.partition("below their minimum size")[2].partition("</table>")[0]
    assert listed.index(late.code) < listed.index(soon.code)
    assert far.code not in listed
    assert full.code not in listed
    assert "now: the date has passed" in listed
    assert f"/desk/runs/{late.public_id}/merge/" in listed
