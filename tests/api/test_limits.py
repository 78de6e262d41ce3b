from datetime import UTC, datetime

import pytest

from academy.rest import limits
from tests import factories
from tests.api.calls import Caller, system


@pytest.fixture(autouse=True)
def _within_one_minute(cast, time_machine):
    """Calls are counted by the minute of the clock; a test may not run across its end."""
    time_machine.move_to(datetime(2027, 2, 1, 5, 0, 20, tzinfo=UTC), tick=False)


def test_a_caller_is_told_what_is_left_of_the_minute(cast, settings):
    settings.ACCOUNT_WRITES_PER_MINUTE = 2
    asel, dana = Caller(account=cast.asel_account), Caller(account=cast.dana_account)
    body = {"run": str(factories.run().public_id)}

    first, second, third = (asel.post("/enrollments", body, key="k") for _ in range(3))

    assert (first.status_code, second.status_code) == (201, 201)
    assert first["RateLimit-Policy"] == '"writes";q=2;w=60'
    assert first["RateLimit"].startswith('"writes";r=1;t=')
    assert (third.status_code, third.json()["code"]) == (429, "throttled")
    assert 1 <= int(third["Retry-After"]) <= limits.WINDOW
    assert third["RateLimit"] == f'"writes";r=0;t={third["Retry-After"]}'
    assert dana.post("/enrollments", body).status_code == 201


def test_the_reads_of_systems_are_counted_apart_and_those_of_people_are_not(cast, settings):
    settings.CLIENT_READS_PER_MINUTE, settings.CLIENT_WRITES_PER_MINUTE = 2, 1
    hr, asel = system("courts:read"), Caller(account=cast.asel_account)

    of_a_system = [hr.get("/courts") for _ in range(3)]
    of_a_person = [asel.get("/courts") for _ in range(3)]

    assert [answer.status_code for answer in of_a_system] == [200, 200, 429]
    assert of_a_system[0]["RateLimit-Policy"] == '"reads";q=2;w=60'
    assert {answer.status_code for answer in of_a_person} == {200}
    assert "RateLimit" not in of_a_person[0]


@pytest.mark.parametrize("limit", [0, 1])
def test_without_a_limit_or_a_cache_nobody_is_held_up(cast, settings, limit):
    settings.ACCOUNT_WRITES_PER_MINUTE = limit
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    limits._cache.cache_clear()
    asel, run = Caller(account=cast.asel_account), factories.run()

    try:
        answers = [asel.post("/enrollments", {"run": str(run.public_id)}, key="k") for _ in "123"]
    finally:
        limits._cache.cache_clear()

    assert {answer.status_code for answer in answers} == {201}
