"""When people of a court are in training: days, not courses, and for whose eyes they are."""

from datetime import UTC, date, datetime, time

import pytest

from academy.clients.models import Disclosure
from academy.courts.queries import hours_of_a_day
from academy.ledger import actions as ledger
from courses.planning.models import Session
from enrollment.requests.actions import enroll, withdraw
from enrollment.requests.blocked_days import part_of
from tests import factories
from tests.api.calls import Caller, system
from tests.factories import ACTOR


def at(day, hour, minute=0):
    """A moment on the clock of Almaty (UTC+5) in March 2027."""
    return datetime(2027, 3, day, hour - 5, minute, tzinfo=UTC)


@pytest.fixture
def days(cast):
    """Asel is away on the 9th before noon and on the 10th all day; her court is asked."""
    run = factories.run(seats=5)
    made = enroll(run=run.public_id, person=cast.asel.pk, actor=ACTOR)
    session = run.sessions.get()
    session.period = (at(9, 9, 30), at(9, 12))
    session.save()
    Session.objects.create(run=run, number=2, period=(at(10, 9), at(10, 18)), minutes=400)
    Session.objects.create(
        run=run, number=3, period=(at(11, 9), at(11, 18)), minutes=400, is_cancelled=True
    )
    ledger.sequence_all()
    court = cast.asel.appointments.get().court
    return made, f"/courts/{court.code}/blocked-days?from=2027-03-01&until=2027-03-31"


def shown(answer):
    return [(row["day"], row["part"], row["starts"]) for row in answer.json()["items"]]


BOTH = [("2027-03-09", "morning", "09:30:00"), ("2027-03-10", "whole", "09:00:00")]


def test_a_listing_system_sees_days_and_not_courses(cast, days):
    made, court = days
    lister = system("blocked-days:read")

    answer = lister.get(court)

    assert shown(answer) == BOTH
    assert {row["person"] for row in answer.json()["items"]} == {str(cast.asel.public_id)}
    assert answer.json()["items"][0]["status"] == "confirmed"
    assert not {"run", "course"} & set(answer.json()["items"][0])
    assert Disclosure.objects.get(resource="blocked days").person_id == cast.asel.public_id
    more = system("blocked-days:read", "enrollments:read").get(court).json()["items"]
    assert {row["course"] for row in more} == {made.run.course.code}


def test_pages_neither_skip_nor_repeat(cast, days):
    lister = system("blocked-days:read")
    first = lister.get(f"{days[1]}&limit=1")
    second = lister.http.get(first.json()["next"], headers=lister.headers)

    assert shown(first) + shown(second) == BOTH
    assert second.json()["next"] is None


def test_who_sees_which_court(cast, days):
    person = f"/people/{cast.asel.public_id}/blocked-days?from=2027-03-01"
    for account, status in (
        (cast.kenzhe_account, 200),
        (cast.clara_account, 200),
        (cast.asel_account, 403),
        (cast.timur_account, 403),
    ):
        caller = Caller(account=account)
        assert [caller.get(days[1]).status_code, caller.get(person).status_code] == [status] * 2
    elsewhere = factories.court()
    assert (
        Caller(account=cast.kenzhe_account)
        .get(f"/courts/{elsewhere.code}/blocked-days")
        .status_code
        == 404
    )
    assert shown(system("blocked-days:read").get(person)) == BOTH


def test_who_withdraws_is_free_again_and_the_feed_says_for_whom_to_ask(cast, days):
    withdraw(enrollment=days[0].public_id, actor=ACTOR)
    ledger.sequence_all()
    lister = system("blocked-days:read", "events:read", projection="case_listing")

    feed = lister.get("/events?types=enrollment.confirmed,enrollment.withdrawn").json()["items"]

    assert [event["data"] for event in feed] == [{"person": str(cast.asel.public_id)}] * 2
    assert shown(lister.get(days[1])) == []


def test_longer_than_a_year_is_refused(cast, days):
    path = days[1].split("?")[0]
    answer = system("blocked-days:read").get(f"{path}?from=2027-01-01&until=2028-06-01")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/until")


@pytest.mark.parametrize(
    ("starts", "ends", "part"),
    [
        (time(9), time(13), "morning"),
        (time(9), time(14), "morning"),
        (time(13, 30), time(18), "afternoon"),
        (time(12), time(15), "whole"),
        (time(19), time(21), "outside"),
        (time(0), time.max, "whole"),
    ],
)
def test_which_part_of_the_office_day(starts, ends, part):
    assert part_of(starts, ends, hours_of_a_day()) == part


def test_days_are_those_of_the_post_held_then(cast, days):
    post = cast.asel.appointments.get()
    type(post).objects.filter(pk=post.pk).update(period=(date(2020, 1, 1), date(2027, 3, 10)))

    assert shown(system("blocked-days:read").get(days[1])) == BOTH[:1]
