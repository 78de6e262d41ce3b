"""Moves of a promised seat through the API."""

import pytest

from enrollment.seats.enums import State
from enrollment.seats.models import Enrollment
from tests import factories
from tests.api.calls import Caller, system
from tests.enrollment.stage import DAY, ask, now_is, sight


def two_runs():
    course = factories.course()
    return factories.run(of=course), factories.run(of=course, starts_in=40 * DAY)


def test_a_seat_moves_and_the_same_key_gives_the_same_answer(cast):
    here, there = two_runs()
    mine = ask(here, cast.asel)
    asel, path = Caller(account=cast.asel_account), f"/enrollments/{mine.public_id}/transfer"
    body = {"run": str(there.public_id)}

    first, again = asel.post(path, body, key="k" * 8), asel.post(path, body, key="k" * 8)

    assert (first.status_code, first.json()["state"]) == (201, "confirmed")
    assert first.json()["run"] == str(there.public_id)
    assert again.json() == first.json()
    assert now_is(mine) == State.TRANSFERRED
    assert Enrollment.objects.count() == 2


def test_a_colleague_takes_the_seat(cast):
    run = factories.run(seats=1)
    mine = ask(run, cast.asel)
    path = f"/enrollments/{mine.public_id}/substitute"

    answer = Caller(account=cast.asel_account).post(path, {"person": str(cast.kenzhe.public_id)})

    assert (answer.status_code, answer.json()["person"]) == (201, str(cast.kenzhe.public_id))
    assert now_is(mine) == State.WITHDRAWN


@pytest.mark.parametrize("what", ["transfer", "substitute"])
def test_another_persons_seat_is_not_moved(cast, what):
    here, there = two_runs()
    mine = ask(here, cast.asel)
    body = {"run": str(there.public_id), "person": str(cast.dana.public_id)}
    before = sight()
    for account in (cast.dana_account, cast.timur_account, cast.otto_account):
        answer = Caller(account=account).post(f"/enrollments/{mine.public_id}/{what}", body)
        assert answer.status_code == 404
    assert sight() == before


def test_a_system_moves_people_as_the_academy_does(cast):
    here, there = two_runs()
    mine = ask(here, cast.asel)
    caller = system("enrollments:write")
    path = f"/enrollments/{mine.public_id}/transfer"
    answer = caller.post(path, {"run": str(there.public_id), "reason": "duty"})
    assert (answer.status_code, now_is(mine)) == (201, State.TRANSFERRED)


def test_an_older_state_is_not_moved(cast):
    here, there = two_runs()
    mine = ask(here, cast.asel)
    before = sight()
    path = f"/enrollments/{mine.public_id}/transfer"
    answer = Caller(account=cast.asel_account).post(
        path, {"run": str(there.public_id)}, **{"If-Match": '"7"'}
    )
    assert answer.status_code == 412
    assert sight() == before
