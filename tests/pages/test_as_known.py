"""A run as it was known: on the desk and in the API, whatever became of it since."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from courses.planning.enums import PoolScope
from courses.planning.pools import Share
from enrollment.requests import actions, pool_actions
from tests import factories
from tests.api.calls import Caller, system
from tests.enrollment.stage import ask
from tests.factories import ACTOR

START = datetime(2026, 3, 2, 5, tzinfo=UTC)  # 10:00 in Almaty


@pytest.fixture
def story(cast):
    """At ten one seat of two for her court; at eleven she sits and Dana waits; at noon she left."""
    with time_machine.travel(START, tick=False) as traveller:
        run = factories.run(seats=2, trainer=cast.timur)
        share = Share(PoolScope.COURT, 1, court_id=cast.court.pk)
        pool_actions.share_seats(run=run.public_id, shares=[share], actor=ACTOR)
        traveller.shift(timedelta(hours=1))
        mine = ask(run, cast.asel)
        ask(run)
        waiting = ask(run, cast.dana)
        traveller.shift(timedelta(hours=1))
        pool_actions.release_pool(pool=mine.pool_ids[0], actor=ACTOR)
        actions.withdraw(enrollment=mine.public_id, actor=ACTOR)
        traveller.shift(timedelta(hours=1))
        yield run, mine, waiting


def page_at(client, run, hour):
    at = f"/desk/runs/{run.public_id}/as-known/?day=2026-03-02&hour={hour}"
    return client.get(at).content.decode()


def test_the_desk_shows_who_sat_and_who_waited_at_that_hour(story, cast, browser):
    run, _mine, _waiting = story
    clara = browser(cast.clara_account)

    before, then, now = (page_at(clara, run, hour) for hour in ("10:30", "11:30", "12:30"))

    assert "Nobody" in before
    assert "Әсел" not in before
    roster, queue = then.split("Waiting list")
    assert "Әсел" in roster
    assert "Seat confirmed" in roster
    assert "Дана" in queue
    roster, ended = now.split("Had left by then")
    assert "Дана" in roster
    assert "Әсел" in ended
    assert "Waiting list" not in now


def test_a_moment_to_come_and_one_before_the_run_are_answered_in_words(story, cast, browser):
    run, *_rest = story
    otto = browser(cast.otto_account)

    assert "still to come" in page_at(otto, run, "23:00")
    assert "Nothing was known of this run then" in page_at(otto, run, "09:00")
    assert "As known on an earlier day" in otto.get(f"/desk/runs/{run.public_id}/").content.decode()


def test_the_api_tells_roster_queue_and_seats_at_a_moment(story, cast):
    run, mine, waiting = story
    address = f"/runs/{run.public_id}/roster"
    clara = Caller(account=cast.clara_account)

    then = clara.get(f"{address}?known_at=2026-03-02T06:30:00Z").json()
    now = clara.get(address).json()

    assert [line["state"] for line in then["roster"]].count("confirmed") == 2
    assert then["queue"] == [str(waiting.public_id)]
    of_court, of_all = sorted(then["pools"], key=lambda pool: pool["scope"])
    assert (of_court["court"], of_court["seats"], of_court["free"]) == (cast.court.code, 1, 0)
    assert (of_all["scope"], of_all["seats"]) == ("everyone", 1)
    assert [line["id"] for line in now["ended"]] == [str(mine.public_id)]
    assert now["queue"] == []
    assert {line["id"]: line["state"] for line in now["roster"]}[
        str(waiting.public_id)
    ] == "offered"
    assert clara.get(f"{address}?known_at=2030-01-01T00:00:00Z").status_code == 422


def test_another_system_reads_it_only_if_it_may_see_everything(story):
    run, *_rest = story
    address = f"/runs/{run.public_id}/roster"

    assert len(system("enrollments:read").get(address).json()["roster"]) == 2
    assert system("enrollments:read", projection="evaluator").get(address).status_code == 404


def test_the_page_asks_few_questions_whatever_the_size(story, cast, browser, statements):
    run, *_rest = story
    path = f"/desk/runs/{run.public_id}/as-known/?day=2026-03-02&hour=12:30"
    few = statements(browser(cast.clara_account), path)
    for person in factories.people(5, cast.court):
        ask(run, person)

    assert len(statements(browser(cast.clara_account), path)) == len(few) <= 8
