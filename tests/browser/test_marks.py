"""Marking while the line comes and goes: every mark once, in order, and the trainer knows where."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from playwright.sync_api import expect

from academy.core import clock
from courses.planning.enums import RunState
from courses.planning.models import Run
from enrollment.attendance.models import Mark
from enrollment.requests.actions import enroll
from tests import factories
from tests.browser.conftest import NARROW
from tests.factories import ACTOR

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),  # one Chromium and one web server
]

API = "**/api/v1/sessions/*/marks"
SUMMARY = "[data-marks-summary]"
KEPT_DAYS = "async () => (await caches.keys()).length"
LOST = ("Failed to load resource", "ERR_")  # what a browser says of a lost line, and rightly


class Room:
    """Five people in a session of Тимур's that is on."""

    def __init__(self, window) -> None:
        self.window, self.cast = window, factories.Cast()
        with time_machine.travel(clock.now() - timedelta(days=9), tick=True):
            self.run = factories.run(trainer=self.cast.timur, starts_in=timedelta(days=8))
            self.people = [
                enroll(run=self.run.public_id, person=one.pk, actor=ACTOR)
                for one in factories.people(5)
            ]
        self.session = self.run.sessions.get()
        self.path = f"/desk/runs/{self.run.public_id}/marks/{self.session.public_id}/"

    def open(self, language="en"):
        page = self.window.open(self.cast.timur_account, language=language, width=NARROW)
        page.goto(self.path)
        return page

    def choose(self, page, place, status, minutes=None):
        row = self.row(page, place)
        row.locator("select").select_option(status)
        if minutes is not None:
            row.locator("input[type=number]").fill(str(minutes))
            row.locator("input[type=number]").blur()

    def row(self, page, place):
        return page.locator(f'[data-mark="{self.people[place].public_id}"]')

    def written(self):
        rows = Mark.objects.order_by("id")
        places = {one.pk: place for place, one in enumerate(self.people)}
        return [(places[mark.enrollment_id], mark.status, mark.minutes) for mark in rows]


@pytest.fixture
def room(transactional_db, window):
    cache.clear()
    yield Room(window)
    window.complaints[:] = [
        one for one in window.complaints if not any(lost in one for lost in LOST)
    ]


FIVE = [("present", None), ("late", 30), ("left", 60), ("excused", None), ("absent", None)]


def mark_five(room, page):
    for place, (status, minutes) in enumerate(FIVE):
        room.choose(page, place, status, minutes)
    whole = room.session.minutes
    return [
        (0, "present", whole),
        (1, "late", 30),
        (2, "left", 60),
        (3, "excused", 0),
        (4, "absent", 0),
    ]


def cut(page):
    """No line to the server, however often the browser tries."""
    page.route(API, lambda route: route.abort())


def leave(page):
    """The tab is closed before the line is back."""
    expect(page.locator(SUMMARY)).to_contain_text(": ")
    page.close()
    return page.context


def test_five_marks_made_without_a_line_are_written_once(room):
    page = room.open()
    page.context.set_offline(True)

    expected = mark_five(room, page)

    expect(page.locator(SUMMARY)).to_contain_text("wait for the connection: 5")
    expect(room.row(page, 1)).to_contain_text("waits")
    assert room.written() == []
    page.context.set_offline(False)
    expect(page.locator(SUMMARY)).to_contain_text("Everything is saved")
    assert room.written() == expected
    page.reload()
    expect(room.row(page, 1).locator("select")).to_have_value("late")
    assert room.written() == expected


def test_marks_outlive_the_tab_and_go_when_the_page_is_opened_again(room):
    page = room.open("kk")
    cut(page)
    expected = mark_five(room, page)
    context = leave(page)

    again = context.new_page()
    again.goto("/desk/")
    again.locator("[data-unsent-marks] a").click()

    expect(again.locator(SUMMARY)).to_contain_text("сақталды")
    assert room.written() == expected


def test_an_answer_that_is_lost_writes_no_mark_twice(room):
    page = room.open()
    lost = []

    def lose(route):
        """The server does its work; the line breaks before its answer."""
        if len(lost) < 2:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route(API, lose)
    expected = mark_five(room, page)
    for losses in (1, 2):
        expect(page.locator(SUMMARY)).to_contain_text("wait for the connection: 5")
        assert lost == [201] * losses
        page.evaluate("window.dispatchEvent(new Event('online'))")
        expect(page.locator(SUMMARY)).to_contain_text(
            "wait" if losses == 1 else "Everything is saved"
        )

    assert room.written() == expected


def test_two_devices_do_not_undo_each_other_unseen(room):
    phone, desk = room.open(), room.open()
    phone.context.set_offline(True)
    room.choose(phone, 0, "absent")
    room.choose(desk, 0, "late", 30)
    expect(desk.locator(SUMMARY)).to_contain_text("Everything is saved")

    phone.context.set_offline(False)

    expect(room.row(phone, 0)).to_contain_text("Not saved")
    expect(room.row(phone, 0)).to_contain_text("meanwhile")
    expect(room.row(phone, 0).locator("select")).to_have_value("late")
    assert room.written() == [(0, "late", 30)]
    room.choose(phone, 0, "excused")  # in sight of the other mark, it counts
    expect(phone.locator(SUMMARY)).to_contain_text("Everything is saved")
    assert room.written() == [(0, "late", 30), (0, "excused", 0)]


def test_who_was_signed_out_signs_in_again_and_loses_nothing(room):
    page = room.open()
    cookies = page.context.cookies()
    page.context.clear_cookies()

    room.choose(page, 0, "present")

    expect(page.locator(SUMMARY)).to_contain_text("Sign in again")
    expect(page.locator("[data-marks-sign-in] a")).to_be_visible()
    assert room.written() == []
    page.context.add_cookies(cookies)
    page.goto(room.path)
    expect(page.locator(SUMMARY)).to_contain_text("Everything is saved")
    assert room.written() == [(0, "present", room.session.minutes)]


def test_a_queue_belongs_to_one_person_of_a_shared_computer(room):
    page = room.open()
    cut(page)
    room.choose(page, 0, "present")
    context = leave(page)

    room.window.sign_in(context, room.cast.clara_account)
    other = context.new_page()
    other.goto(room.path)

    expect(other.locator(SUMMARY)).to_contain_text("Each mark is saved at once")
    assert room.written() == []


def test_a_page_that_was_kept_opens_without_a_line_until_sign_out(room):
    page = room.open()
    page.locator("[data-keep-page]").click()
    expect(page.locator("[data-page-kept]")).to_contain_text("kept on this device")
    page.context.set_offline(True)
    expected = mark_five(room, page)
    expect(page.locator(SUMMARY)).to_contain_text("wait for the connection: 5")

    page.reload()

    expect(page.locator(SUMMARY)).to_contain_text("wait for the connection: 5")
    expect(room.row(page, 1).locator("select")).to_have_value("late")
    page.context.set_offline(False)
    expect(page.locator(SUMMARY)).to_contain_text("Everything is saved")
    assert room.written() == expected
    assert page.evaluate("caches.keys()") != []
    page.context.clear_cookies()
    page.goto("/courses/")
    page.wait_for_function(KEPT_DAYS + " === 0")
    page.wait_for_function(
        "async () => (await navigator.serviceWorker.getRegistrations()).length === 0"
    )


def test_a_page_that_was_kept_goes_with_its_day_whoever_notices(room):
    page = room.window.open(room.cast.timur_account, width=NARROW)
    page.clock.install(time=clock.now().astimezone().replace(hour=23, minute=50))
    page.goto(room.path)
    page.locator("[data-keep-page]").click()
    expect(page.locator("[data-page-kept]")).to_contain_text("kept on this device")

    page.evaluate("caches.open('marks ' + new Date(0).toDateString())")
    page.evaluate("fetch(document.querySelector('script[src]').src).then(() => true)")
    page.wait_for_function(KEPT_DAYS + " === 1")  # the worker, whatever woke it
    page.clock.fast_forward("11:00")

    page.wait_for_function(KEPT_DAYS + " === 0")  # the page, though nobody touched it


def test_a_refused_mark_says_why_and_is_let_go(room):
    page = room.open("ru")
    page.context.set_offline(True)
    room.choose(page, 0, "absent")
    Run.objects.update(state=RunState.FINALISED)

    page.context.set_offline(False)

    expect(room.row(page, 0)).to_contain_text("Не сохранено. Итоги этой учебной группы")
    page.reload()
    expect(page.locator(SUMMARY)).to_contain_text("Не удалось сохранить отметок: 1")
    room.row(page, 0).locator("[data-mark-leave]").click()
    expect(room.row(page, 0).locator("select")).to_be_focused()
    expect(page.locator(SUMMARY)).to_contain_text("Каждая отметка сохраняется сразу")
    assert room.written() == []


def test_where_the_browser_keeps_nothing_leaving_is_warned_of(room):
    page = room.window.open(room.cast.timur_account, width=NARROW)
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full') }")
    page.goto(room.path)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    cut(page)

    room.choose(page, 0, "absent")
    expect(page.locator(SUMMARY)).to_contain_text("wait for the connection: 1")
    page.close(run_before_unload=True)

    page.wait_for_function("true")  # it is still there
    assert asked == ["beforeunload"]
    page.unroute(API)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator(SUMMARY)).to_contain_text("Everything is saved")
    assert [status for _place, status, _minutes in room.written()] == ["absent"]
