"""Calendar addresses: whose they are, what they show, and how calendar programs read them."""

import asyncio
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from icalendar import Calendar
from vdirsyncer.storage.http import HttpStorage

from academy.access.enums import Role
from academy.core import clock
from academy.ledger import delivery as ledger
from academy.ledger.models import Event
from academy.messages import delivery
from courses.planning.enums import RunState
from courses.planning.models import Run, Session, TrainerAssignment, Venue
from enrollment.calendars.models import CalendarFeed
from enrollment.requests import actions as requests, run_changes
from tests import factories
from tests.enrollment.calendars.conftest import items_of
from tests.factories import ACTOR

NEW = "/profile/calendars/new/"


def enroll(run, person):
    return requests.enroll(run=run.public_id, person=person.pk, actor=ACTOR)


def new_address(client, **asked):
    """The path of a new address, as the page shows it once."""
    response = client.post(NEW, {"kind": "own", **asked})
    assert response.status_code == 200
    return response.context["address"].partition("/calendar/")[2].join(["/calendar/", ""])


def events_at(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(response.content).walk("VEVENT")


@pytest.fixture
def asel(cast, browser):
    return browser(cast.asel_account)


@pytest.mark.django_db(transaction=True)
def test_ones_own_sessions_right_after_every_change(cast, asel, browser):
    run = factories.run(sessions=2)
    enrollment = enroll(run, cast.asel)
    factories.run()
    path, program = new_address(asel), browser()

    events = events_at(program, path)

    assert [event["DTSTART"].dt for event in events] == [
        session.period.lower for session in run.sessions.order_by("number")
    ]
    assert {str(event["STATUS"]) for event in events} == {"CONFIRMED"}
    assert str(events[0]["URL"]).endswith(f"/enrollments/{enrollment.public_id}/")
    Session.objects.filter(run=run, number=1).update(is_cancelled=True)
    assert len(events_at(program, path)) == 1
    requests.withdraw(enrollment=enrollment.public_id, actor=ACTOR)
    assert events_at(program, path) == []


@pytest.mark.django_db(transaction=True)
def test_offered_and_taught_sessions_are_there_too(cast, browser):
    timur = browser(cast.timur_account)
    taught = factories.run(trainer=cast.timur)
    full = factories.run(seats=1, starts_in=timedelta(days=50))
    first = enroll(full, cast.asel)
    enroll(full, cast.timur)
    path = new_address(timur)
    assert [str(event["URL"])[-46:] for event in events_at(timur, path)] == [
        f"/desk/runs/{taught.public_id}/"[-46:]
    ]
    requests.withdraw(enrollment=first.public_id, actor=ACTOR)

    statuses = [str(event["STATUS"]) for event in events_at(timur, path)]
    assert statuses == ["CONFIRMED", "TENTATIVE"]


@pytest.mark.django_db(transaction=True)
def test_what_has_not_changed_is_not_sent_again(cast, asel, browser):
    run = factories.run()
    enrollment = enroll(run, cast.asel)
    path, program = new_address(asel), browser()
    tag = program.get(path)["ETag"]

    same = program.get(path, headers={"If-None-Match": tag})
    assert (same.status_code, same.content) == (304, b"")
    assert same["Cache-Control"] == "private, no-cache"
    requests.withdraw(enrollment=enrollment.public_id, actor=ACTOR)
    assert program.get(path, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.django_db
def test_an_address_is_shown_once_and_kept_as_a_digest(asel):
    path = new_address(asel)
    token = path.removeprefix("/calendar/").removesuffix(".ics")

    assert len(token) == 26  # 128 bits, five to a letter
    row = CalendarFeed.objects.get()
    assert token not in {str(value) for value in vars(row).values()}
    assert token not in asel.get("/profile/calendars/").content.decode()
    assert not Event.objects.filter(data__icontains=token).exists()
    assert Event.objects.filter(type="calendar.feed_made", subject_id=row.public_id).count() == 1


@pytest.mark.django_db
def test_a_new_address_ends_the_old_one_and_an_end_is_final(asel, browser):
    old = new_address(asel)
    new = new_address(asel)
    program = browser()

    assert program.get(old).status_code == 404
    assert program.get(new).status_code == 200
    feed = CalendarFeed.objects.get()
    assert asel.post(f"/profile/calendars/{feed.public_id}/end/").status_code == 303
    assert program.get(new).status_code == 404
    assert not CalendarFeed.objects.exists()


@pytest.mark.django_db
def test_nobody_ends_or_makes_the_address_of_another(cast, asel, browser):
    path = new_address(asel)
    feed = CalendarFeed.objects.get()

    end = f"/profile/calendars/{feed.public_id}/end/"
    dana, clara = browser(cast.dana_account), browser(cast.clara_account)
    assert dana.post(end).status_code == 404
    assert browser().post(NEW, {"kind": "own"}).status_code == 302
    assert clara.post(NEW, {"kind": "own"}).status_code == 404  # an account of no person
    assert asel.post(NEW, {"kind": "everything"}).status_code == 404
    assert browser().get(path).status_code == 200
    assert CalendarFeed.objects.count() == 1


@pytest.mark.django_db
def test_an_address_ends_with_the_right_behind_it(cast, asel, browser):
    mine, program = new_address(asel), browser()
    cast.asel_account.is_active = False
    cast.asel_account.save()
    assert program.get(mine).status_code == 404

    run = factories.run(trainer=cast.timur)
    roster = new_address(browser(cast.timur_account), kind="run", run=run.public_id)
    assert program.get(roster).status_code == 200
    TrainerAssignment.objects.filter(run=run).delete()
    assert program.get(roster).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["run", "venue"])
def test_only_staff_get_the_calendars_of_runs_and_venues(cast, browser, kind):
    venue = Venue.objects.create(code="hall", names={"en": "Hall"}, time_zone="Asia/Almaty")
    run = factories.run(trainer=cast.timur)
    asked = {"kind": kind, "run": run.public_id, "venue": venue.code}
    stranger = factories.account(of=factories.person(), role=Role.TRAINER)
    allowed = {cast.clara_account, cast.otto_account}
    allowed |= {cast.timur_account} if kind == "run" else set()

    for account in [*allowed, cast.asel_account, cast.boris_account, stranger, cast.timur_account]:
        expected = 200 if account in allowed else 404
        assert browser(account).post(NEW, asked).status_code == expected
    assert CalendarFeed.objects.count() == len(allowed)


@pytest.mark.django_db(transaction=True)
def test_feeds_of_staff_count_people_and_name_nobody(cast, browser):
    venue = Venue.objects.create(code="hall", names={"en": "Hall"}, time_zone="Asia/Almaty")
    run = factories.run(seats=1, trainer=cast.timur, sessions=2, venue=venue)
    enroll(run, cast.asel)
    enroll(run, cast.dana)
    clara = browser(cast.clara_account)

    for asked in ({"kind": "run", "run": run.public_id}, {"kind": "venue", "venue": "hall"}):
        events = events_at(clara, new_address(clara, **asked))
        said = clara.get(new_address(clara, **asked)).content.decode().replace("\r\n ", "")
        assert len(events) == 2
        assert "Seats taken: 1 of 1\\nWaiting: 1" in said
        for person in (cast.asel, cast.dana, cast.timur):
            for word in (person.family_name, person.given_name, person.email):
                assert word not in said
        assert "ATTENDEE" not in said


@pytest.mark.django_db(transaction=True)
def test_ones_own_feed_names_nobody_else(cast, asel):
    run = factories.run(trainer=cast.timur)
    enroll(run, cast.asel)
    enroll(run, cast.dana)

    said = asel.get(new_address(asel)).content.decode().replace("\r\n ", "")

    assert run.code in said
    for person in (cast.dana, cast.timur):
        assert person.family_name not in said
        assert person.email not in said


@pytest.mark.django_db
def test_a_failure_does_not_log_the_token(asel, browser, caplog, monkeypatch):
    path = new_address(asel)
    monkeypatch.setattr("enrollment.calendars.feeds.calendar", lambda *_a, **_k: 1 / 0)
    program = browser()
    program.raise_request_exception = False

    assert program.get(path).status_code == 500
    assert "Internal Server Error" in caplog.text
    assert path.split("/")[2].removesuffix(".ics") not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_mail_and_feed_name_the_same_events(cast, asel, post_office):
    enroll(factories.run(sessions=2), cast.asel)
    ledger.advance()
    delivery.deliver(seconds=20)
    mailed = [
        item
        for mail in post_office.mails
        if mail["To"] == cast.asel.email
        for item in items_of(mail)
    ]

    feed = events_at(asel, new_address(asel))
    assert [(str(e["UID"]), e["SEQUENCE"], e["DTSTAMP"].dt) for e in feed] == [
        (item.uid, item.sequence, item.event["DTSTAMP"].dt) for item in mailed
    ]


@pytest.mark.django_db(transaction=True)
def test_the_catalogue_is_a_public_calendar(browser, cast):
    run = factories.run(sessions=2, trainer=cast.timur, link="https://example.org/secret-room")
    factories.run(is_published=False)
    gone = factories.run()
    run_changes.cancel_run(run=gone.public_id, reason="too_few", actor=ACTOR)
    over = factories.run()
    Run.objects.filter(pk=over.pk).update(state=RunState.FINALISED)
    stranger = browser()

    events = events_at(stranger, "/courses/calendar.ics?language=ru")

    assert [str(event["SUMMARY"]) for event in events] == [
        "Мотивировка решений · 1",
        "Мотивировка решений · 2",
    ]
    assert str(events[0]["URL"]).endswith(f"/courses/{run.course.code}/")
    response = stranger.get("/courses/calendar.ics")
    assert "secret-room" not in response.content.decode()
    assert cast.timur.family_name not in response.content.decode()
    again = stranger.get("/courses/calendar.ics", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


@pytest.mark.django_db(transaction=True)
def test_vdirsyncer_follows_a_feed_over_http(cast, asel, live_server):
    """A real client over a real connection: items, their names for life, and a move."""
    run = factories.run(sessions=3)
    enroll(run, cast.asel)
    url = live_server.url + new_address(asel)

    before = asyncio.run(items_at(url))
    assert len(before) == 3
    moved = run.sessions.get(number=1)
    later = clock.now() + timedelta(days=60)
    Session.objects.filter(pk=moved.pk).update(period=(later, later + timedelta(hours=1)))
    after = asyncio.run(items_at(url))

    assert len(after) == 3
    assert len(after - before) == len(before - after) == 1


KHAL = """
[calendars]
[[own]]
path = {folder}/own
[sqlite]
path = {folder}/khal.db
[default]
default_calendar = own
[locale]
local_timezone = Asia/Almaty
default_timezone = Asia/Almaty
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
"""


@pytest.mark.django_db(transaction=True)
def test_khal_lists_the_local_hours_of_kazakhstan_before_and_after_march_2024(
    cast, asel, tmp_path, monkeypatch
):
    """The same moment of the day in UTC, before and after all of the country went to UTC+5."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2024, 2, 1, 4, tzinfo=UTC))
    enroll(factories.run(sessions=2, starts_in=timedelta(days=28)), cast.asel)
    (tmp_path / "own").mkdir()
    (tmp_path / "khal.conf").write_text(KHAL.format(folder=tmp_path))
    (tmp_path / "feed.ics").write_bytes(asel.get(new_address(asel)).content)

    def khal(*arguments):
        command = [sys.executable, "-m", "khal", "-c", tmp_path / "khal.conf", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    khal("import", "--batch", str(tmp_path / "feed.ics"))
    form = "{start-date} {start-time}-{end-time} {title}"
    listed = khal("list", "--format", form, "--day-format", "", "2024-02-28", "7d").splitlines()

    assert [line for line in listed if line] == [
        "2024-02-29 10:00-11:40 Reasoning of judgments · 1",
        "2024-03-01 09:00-10:40 Reasoning of judgments · 2",
    ]


async def items_at(url):
    """What vdirsyncer's subscription sees: it names items after their content."""
    async with aiohttp.TCPConnector() as connector:
        storage = HttpStorage(url=url, connector=connector)
        items = [(await storage.get(href))[0] async for href, _etag in storage.list()]
        assert all("BEGIN:VTIMEZONE" in item.raw for item in items)
        return {item.uid for item in items}
