import pytest

from academy.rest import limits
from tests import factories
from tests.api.calls import Caller, system


def test_a_caller_is_told_what_is_left_of_the_minute(cast, settings):
    settings.ACCOUNT_WRITES_PER_MINUTE = 2
    asel, dana = Caller(account=cast.asel_account), Caller(account=cast.dana_account)
    body = {"run": str(factories.run().public_id)}

    first, second, third = (asel.post("/enrollments", body, key="k") for _ in range(3))

    assert (first.status_code, second.status_code) == (201, 201)
    assert (first["RateLimit-Limit"], first["RateLimit-Remaining"]) == ("2", "1")
    assert (third.status_code, third.json()["code"]) == (429, "throttled")
    assert third["RateLimit-Remaining"] == "0"
    assert 1 <= int(third["Retry-After"]) <= limits.WINDOW
    assert int(third["Retry-After"]) == int(third["RateLimit-Reset"])
    assert dana.post("/enrollments", body).status_code == 201


def test_reading_is_not_counted(cast, settings):
    settings.CLIENT_WRITES_PER_MINUTE = 1
    hr = system("courts:read")

    answers = [hr.get("/courts") for _ in range(3)]

    assert {answer.status_code for answer in answers} == {200}
    assert "RateLimit-Limit" not in answers[0]


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
