"""What becomes of a place when the post or the service behind it ends, as one table."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from enrollment.requests.following_rules import Footing, Outlook, moments_of, outlook

TODAY, START = date(2026, 11, 24), date(2026, 12, 10)
MOVED = Footing(
    today=TODAY,
    left_on=None,
    starts_on=START,
    has_post=True,
    is_unchanged=False,
    has_new_post=True,
    pools=(7, 1),
)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"is_unchanged": True}, Outlook.STAYS),
        ({"has_post": False}, Outlook.STAYS),  # from outside: no post to lose
        ({}, Outlook.FOLLOWS),
        ({"seat_pool": 1}, Outlook.FOLLOWS),
        ({"seat_pool": 9}, Outlook.ASKS),  # the seat of the court that was left
        ({"pools": ()}, Outlook.ASKS),
        ({"pools": (), "needs_seat": False}, Outlook.FOLLOWS),
        ({"has_new_post": False}, Outlook.ASKS),
        ({"has_decider": False}, Outlook.ASKS),
        ({"left_on": date(2026, 12, 9)}, Outlook.ENDS),
        ({"left_on": date(2026, 12, 9), "is_unchanged": True}, Outlook.ENDS),
        ({"left_on": START, "is_unchanged": True}, Outlook.STAYS),  # still there on the first day
        ({"left_on": date(2026, 11, 23), "starts_on": None}, Outlook.ENDS),
        ({"left_on": TODAY, "starts_on": None, "is_unchanged": True}, Outlook.STAYS),
    ],
)
def test_outlook(changes, expected):
    assert outlook(replace(MOVED, **changes)) == expected


@pytest.mark.parametrize(
    ("kind", "data", "days"),
    [
        ("person.left", {"left_on": "2026-11-30"}, [date(2026, 12, 1)]),
        ("person.left", {"left_on": "2026-11-01"}, []),
        (
            "appointment.opened",
            {"from": "2026-12-01", "to": "2027-06-01"},
            [date(2026, 12, 1), date(2027, 6, 1)],
        ),
        ("appointment.ended", {"from": "2020-01-01", "to": "2026-11-25"}, [date(2026, 11, 25)]),
        ("appointment.prolonged", {"from": "2020-01-01", "to": ""}, []),
    ],
)
def test_places_are_looked_at_at_once_and_on_the_days_to_come(kind, data, days):
    zone, happened = ZoneInfo("Asia/Almaty"), datetime(2026, 11, 24, 9, tzinfo=UTC)

    now, *later = moments_of(kind, data, happened, zone=zone)

    assert now == happened

    assert [moment.astimezone(zone).date() for moment in later] == days
