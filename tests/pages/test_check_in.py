"""Signing in to a session with the code of the room, and the sheet to sign by hand."""

from datetime import timedelta

import pytest
import time_machine

from academy.core import clock
from academy.ledger.models import Event
from enrollment.attendance import check_in
from enrollment.attendance.actions import MarkDraft, record_marks
from enrollment.attendance.enums import MarkStatus
from enrollment.attendance.models import Mark
from enrollment.requests.actions import enroll
from tests import factories


@pytest.fixture
def room(cast):
    """Asel's session, as it begins."""
    run = factories.run(trainer=cast.timur)
    claim = enroll(run=run.public_id, person=cast.asel.pk, actor=factories.ACTOR)
    session = run.sessions.get()
    with time_machine.travel(session.period.lower, tick=False):
        yield run, session, claim


def code_of(session):
    return check_in.shown_code(session, clock.now())


def address(session):
    return f"/check-in/{session.public_id}/"


def test_the_code_of_the_room_signs_in_once(cast, room, browser):
    _run, session, claim = room
    http = browser(cast.asel_account)

    looked = http.get(address(session), {"code": code_of(session)})
    assert code_of(session) in looked.content.decode()
    assert not Mark.objects.exists()  # looking alone signs nobody in

    for _again in range(2):
        assert http.post(address(session), {"code": code_of(session)}).status_code == 302 + 1

    mark = Mark.objects.get()
    assert (mark.enrollment_id, mark.status, mark.minutes) == (claim.pk, "present", session.minutes)
    assert mark.marked_by == cast.asel_account.public_id
    assert Event.objects.filter(type="mark.recorded").count() == 1


def test_who_comes_late_is_told_what_counts(cast, room, browser):
    _run, session, _claim = room
    with time_machine.travel(session.period.lower + timedelta(minutes=25), tick=False):
        page = browser(cast.asel_account).post(
            address(session), {"code": code_of(session)}, follow=True
        )

    assert Mark.objects.get().minutes == session.minutes - 25
    assert f"late, {session.minutes - 25} minutes count" in page.content.decode()


def test_what_the_trainer_wrote_stands(cast, room, browser):
    _run, session, claim = room
    drafts = [MarkDraft(claim.public_id, MarkStatus.ABSENT)]
    record_marks(session=session.public_id, marks=drafts, actor=factories.ACTOR)

    page = browser(cast.asel_account).post(
        address(session), {"code": code_of(session)}, follow=True
    )

    assert "already marked" in page.content.decode()
    assert Mark.objects.get().status == "absent"


@pytest.mark.parametrize("minutes", [-31, 24 * 60], ids=["too early", "over"])
def test_only_while_the_session_is_on(cast, room, browser, minutes):
    _run, session, _claim = room
    with time_machine.travel(session.period.lower + timedelta(minutes=minutes), tick=False):
        page = browser(cast.asel_account).post(address(session), {"code": code_of(session)})

    assert page.status_code == 400
    assert not Mark.objects.exists()


def test_guessing_ends(cast, room, browser):
    _run, session, _claim = room
    http = browser(cast.asel_account)
    wrong = "000000" if code_of(session) != "000000" else "111111"

    answers = [http.post(address(session), {"code": wrong}) for _try in range(11)]

    assert "not valid" in answers[0].content.decode()
    assert "Too many wrong codes" in answers[-1].content.decode()
    assert "Too many" in http.post(address(session), {"code": code_of(session)}).content.decode()
    assert not Mark.objects.exists()


def test_nobody_without_a_seat_comes_in(cast, room, browser):
    _run, session, _claim = room

    assert browser(cast.dana_account).get(address(session)).status_code == 404
    assert browser().get(address(session)).status_code == 302


def test_the_address_on_the_screen_finds_the_session(cast, room, browser):
    _run, session, _claim = room

    assert browser(cast.asel_account).get("/check-in/")["Location"] == address(session)
    page = browser(cast.dana_account).get("/check-in/").content.decode()
    assert "You have no session at this time" in page


def test_my_training_leads_there_when_it_is_time(cast, room, browser):
    _run, session, _claim = room
    http = browser(cast.asel_account)

    assert address(session) in http.get("/").content.decode()
    with time_machine.travel(session.period.lower - timedelta(hours=1), tick=False):
        assert address(session) not in http.get("/").content.decode()


def test_the_screen_of_the_room_shows_code_and_count(cast, room, browser):
    run, session, _claim = room
    http = browser(cast.timur_account)
    screen = f"/desk/runs/{run.public_id}/code/{session.public_id}/"
    browser(cast.asel_account).post(address(session), {"code": code_of(session)})

    page = http.get(screen).content.decode()
    part = http.get(screen, headers={"HX-Request": "true"}).content.decode()

    code = code_of(session)
    assert f"{code[:3]} {code[3:]}" in page
    assert "1 of 1" in page
    assert "<html" not in part
    assert f"{code[:3]} {code[3:]}" in part


def test_the_sheet_to_sign_has_a_line_for_each(cast, room, browser):
    run, _session, _claim = room

    page = browser(cast.timur_account).get(f"/desk/runs/{run.public_id}/signatures/")

    assert cast.asel.full_name in page.content.decode()
    assert page.content.decode().count("sign-here") == 1
