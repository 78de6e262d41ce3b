"""An address that is announced to go says so with every answer, and goes on its day."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from academy.api.organisation import Courts
from academy.rest.retiring import NOTICE, Retirement
from tests.api.calls import Caller

SINCE = datetime(2027, 1, 1, tzinfo=UTC)
UNTIL = datetime(2027, 12, 31, tzinfo=UTC)
HEADERS = {
    "Deprecation": "@1798761600",
    "Sunset": "Fri, 31 Dec 2027 00:00:00 GMT",
    "Link": '</api/v2/courts>; rel="successor-version", </api/docs/>; rel="deprecation"',
}


def test_an_address_is_announced_and_then_gone(cast, monkeypatch):
    monkeypatch.setattr(Courts, "retirement", Retirement(SINCE, UNTIL, "/api/v2/courts"))

    with time_machine.travel(UNTIL - timedelta(seconds=1), tick=False):
        served = Caller(account=cast.asel_account).get("/courts")
    with time_machine.travel(UNTIL, tick=False):
        gone = Caller(account=cast.asel_account).get("/courts")

    assert {name: served[name] for name in HEADERS} == HEADERS
    assert served.status_code == 200
    assert (gone.status_code, gone.json()["code"]) == (410, "retired")
    assert {name: gone[name] for name in HEADERS} == HEADERS


def test_nobody_is_given_less_than_half_a_year():
    with pytest.raises(ValueError, match="half a year"):
        Retirement(SINCE, SINCE + NOTICE - timedelta(days=1))
