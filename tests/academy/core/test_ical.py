"""Calendar files, read back by another library than the one that wrote them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st
from icalendar import Calendar

from academy.core import ical
from academy.core.ical import Happening, Party

LETTERS = st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t")


def happening(start, zone="Asia/Almaty", **columns):
    columns = {"uid": "one", "summary": "Дәлелдемелер", **columns}
    end = start + timedelta(hours=1)
    return Happening(stamp=start, starts_at=start, ends_at=end, time_zone=zone, **columns)


def read(*happenings, **options):
    return Calendar.from_ical(ical.calendar(happenings, **options))


def offsets(calendar):
    """What a reader that knows no zones but those of the file finds: start as UTC, by its rules."""
    zones = {str(zone["TZID"]): zone for zone in calendar.walk("VTIMEZONE")}
    for event in calendar.walk("VEVENT"):
        start = event["DTSTART"]
        local = start.dt.replace(tzinfo=None)
        zone = zones[start.params["TZID"]]
        past = [each for each in zone.subcomponents if each["DTSTART"].dt <= local]
        yield max(past, key=lambda each: each["DTSTART"].dt)["TZOFFSETTO"].td


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Asia/Almaty", datetime(2024, 2, 29, 4), 6),
        ("Asia/Almaty", datetime(2024, 3, 1, 4), 5),
        ("Asia/Almaty", datetime(2026, 11, 24, 4), 5),
        ("Asia/Qostanay", datetime(2024, 2, 29, 4), 6),
        ("Asia/Qostanay", datetime(2024, 3, 1, 4), 5),
        ("Asia/Qyzylorda", datetime(2018, 12, 1, 4), 6),
        ("Asia/Qyzylorda", datetime(2024, 2, 29, 4), 5),
        ("Asia/Qyzylorda", datetime(2024, 3, 1, 4), 5),
        ("Asia/Aqtobe", datetime(2024, 3, 1, 4), 5),
    ],
)
def test_kazakhstan_before_and_after_its_one_zone(zone, day, hours):
    start = day.replace(tzinfo=UTC)
    calendar = read(happening(start, zone))

    assert list(offsets(calendar)) == [timedelta(hours=hours)]
    (event,) = calendar.walk("VEVENT")
    assert event["DTSTART"].dt.replace(tzinfo=None) == day + timedelta(hours=hours)
    assert event["DTSTART"].dt.replace(tzinfo=ZoneInfo(zone)) == start


def test_one_file_may_span_the_change():
    before = datetime(2024, 2, 28, 4, tzinfo=UTC)
    calendar = read(
        *(happening(before + timedelta(days=day), uid=str(day)) for day in (0, 1, 2, 3))
    )

    six, five = timedelta(hours=6), timedelta(hours=5)
    assert list(offsets(calendar)) == [six, six, five, five]
    assert len(calendar.walk("VTIMEZONE")) == 1


def test_the_hour_that_came_twice_is_told_in_utc():
    second = datetime(2024, 2, 29, 18, 30, tzinfo=UTC)  # 23:30 for the second time

    lines = ical.calendar([happening(second)]).splitlines()

    assert "DTSTART:20240229T183000Z" in lines


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Africa/Casablanca", "America/New_York", "UTC"])
def test_zones_that_change_each_year_are_right_all_year(zone):
    first = datetime(2025, 1, 1, 12, tzinfo=UTC)
    days = [first + timedelta(days=day) for day in range(0, 500, 9)]
    calendar = read(*(happening(day, zone, uid=str(day)) for day in days))

    if zone == "UTC":
        assert not calendar.walk("VTIMEZONE")
        return
    assert list(offsets(calendar)) == [day.astimezone(ZoneInfo(zone)).utcoffset() for day in days]


@settings(max_examples=60, deadline=None)
@given(words=st.text(LETTERS, max_size=200), name=st.text(LETTERS, max_size=60))
def test_any_text_survives_and_every_line_is_short(words, name):
    start = datetime(2026, 11, 24, 4, tzinfo=UTC)
    made = ical.calendar(
        [
            happening(
                start,
                summary=words,
                organizer=Party(name, "training@example.org"),
                attendee=Party(name, "asel@example.org"),
            )
        ],
        method="REQUEST",
    )

    assert all(len(line.encode()) <= 75 for line in made.split("\r\n"))
    assert "\n" not in made.replace("\r\n", "")
    calendar = Calendar.from_ical(made)
    (event,) = calendar.walk("VEVENT")
    assert str(event["SUMMARY"]) == words
    assert str(event["ORGANIZER"]) == "mailto:training@example.org"
    assert str(calendar["METHOD"]) == "REQUEST"


def test_nobody_writes_properties_of_their_own():
    trick = 'x"\r\nATTENDEE:mailto:eve@example.org'
    start = datetime(2026, 11, 24, 4, tzinfo=UTC)

    made = ical.calendar(
        [happening(start, summary=trick, organizer=Party(trick, "a@example.org"))], name=trick
    )

    assert "ATTENDEE" not in {line.partition(":")[0] for line in made.splitlines()}
