"""The other ways an enrolment can go, each told from the first click to what people read of it."""

import re
from datetime import timedelta

import pytest

from courses.planning.enums import EnrollmentMode
from enrollment.requests import timers
from enrollment.requests.models import Nomination
from enrollment.seats.enums import State
from enrollment.seats.models import Enrollment
from tests import factories
from tests.flows.browsing import page, press, press_and_agree, sign_in, somebody, text, workers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _without_second_factor(settings, cast):
    settings.SECOND_FACTOR_REQUIRED = False


def ask(browser, run):
    """Press the button of the course's page."""
    shown = page(browser, f"/courses/{run.course.code}/")
    action = f"/runs/{run.public_id}/enrol/"
    assert action in shown
    key = re.search(r'name="key" value="([^"]+)"', shown)
    return press(browser, action, key=key[1] if key else "")


def subjects_for(post_office, person):
    return [str(mail["Subject"]) for mail in post_office.mails if mail["To"] == person.email]


def test_from_the_waiting_list_to_a_seat(cast, post_office):
    run = factories.run(seats=1)
    dana, asel = sign_in("dana"), sign_in("asel")
    assert "Your seat is confirmed" in ask(dana, run)
    assert "You are number 1 on the waiting list" in ask(asel, run)
    first, second = Enrollment.objects.order_by("pk")
    workers()

    press(dana, f"/enrollments/{first.public_id}/withdraw/")
    workers()
    assert "Accept the seat" in text(asel, "/")
    assert subjects_for(post_office, cast.asel)[-1].startswith("A place is free")
    answer = press(asel, f"/enrollments/{second.public_id}/accept/")
    workers()

    assert "You accepted the seat that was offered" in answer
    second.refresh_from_db()
    assert (second.state, second.seat) == (State.CONFIRMED, run.seats.get())
    told = text(asel, "/messages/")
    assert told.count("Sent to") == len(subjects_for(post_office, cast.asel)) == 3


def test_an_offer_that_nobody_answers_goes_to_the_next(cast, post_office):
    run = factories.run(seats=1)
    dana, asel, kenzhe = sign_in("dana"), sign_in("asel"), sign_in("kenzhe")
    for browser in (dana, asel, kenzhe):
        ask(browser, run)
    first, second, third = Enrollment.objects.order_by("pk")
    press(dana, f"/enrollments/{first.public_id}/withdraw/")

    second.refresh_from_db()
    Enrollment.objects.filter(pk=second.pk).update(due_at=second.due_at - timedelta(days=30))
    timers.expire_due()
    workers()

    states = list(Enrollment.objects.order_by("pk").values_list("state", flat=True))
    assert states == [State.WITHDRAWN, State.EXPIRED, State.OFFERED]
    assert "Accept the seat" in text(kenzhe, f"/enrollments/{third.public_id}/")
    assert "Accept the seat" not in text(asel, f"/enrollments/{second.public_id}/")


def test_a_request_is_consented_to_by_the_head_of_the_court(cast, post_office):
    run = factories.run(mode=EnrollmentMode.APPROVAL)
    asel, head = sign_in("asel"), sign_in("boris")
    assert "Your request waits for a decision" in ask(asel, run)
    mine = Enrollment.objects.get()
    workers()
    assert len(subjects_for(post_office, cast.boris)) == 1

    decision = mine.decisions.get().public_id
    assert cast.asel.full_name in text(head, "/desk/decisions/")
    press(head, f"/desk/decisions/{decision}/", answer="yes")
    workers()

    assert "Your seat is confirmed" in text(asel, f"/enrollments/{mine.public_id}/")
    assert "No decision is waiting" in text(head, "/desk/decisions/")
    assert len(subjects_for(post_office, cast.asel)) == 2  # asked, confirmed


def test_a_refusal_needs_a_reason_and_is_told(cast, post_office):
    run = factories.run(mode=EnrollmentMode.APPROVAL)
    asel, head = sign_in("asel"), sign_in("boris")
    ask(asel, run)
    mine = Enrollment.objects.get()
    workers()
    address = f"/desk/decisions/{mine.decisions.get().public_id}/"

    assert head.post(address, {"answer": "no"}).status_code == 200
    mine.refresh_from_db()
    assert mine.state == State.REQUESTED
    press(head, address, answer="no", reason="hearing")
    workers()

    mine.refresh_from_db()
    assert mine.state == State.REJECTED
    assert len(subjects_for(post_office, cast.asel)) == 2


def test_when_a_run_is_cancelled_everybody_is_told_and_only_once(cast, post_office):
    run = factories.run(seats=2, trainer=cast.timur)
    for login in ("asel", "dana", "kenzhe"):
        ask(sign_in(login), run)
    registrar = sign_in("clara")

    press_and_agree(registrar, f"/desk/runs/{run.public_id}/cancel/", reason="too_few")
    workers()
    workers()

    assert set(Enrollment.objects.values_list("state", flat=True)) == {State.CANCELLED}
    for person in (cast.asel, cast.dana, cast.kenzhe):
        told = [one for one in subjects_for(post_office, person) if one.startswith("Cancelled")]
        assert len(told) == 1
    assert len(subjects_for(post_office, cast.timur)) == 1
    assert "The run was cancelled" in text(sign_in("asel"), "/")


@pytest.mark.parametrize(
    ("login", "sees"),
    [
        ("asel", "My training"),
        ("boris", "My training"),
        ("kenzhe", "My training"),
        ("timur", "What needs you now"),
        ("clara", "What needs you now"),
        ("otto", "What needs you now"),
    ],
)
def test_everybody_lands_where_their_work_is(cast, login, sees):
    assert sees in text(sign_in(login), "/start/")


def test_eight_wrong_passwords_lock_the_name_and_not_others(cast):
    guesser = somebody()

    answers = [
        guesser.post("/sign-in/", {"login": "asel", "password": f"guess-{number}"}).status_code
        for number in range(8)
    ]
    locked = guesser.post("/sign-in/", {"login": "asel", "password": factories.PASSWORD})

    assert answers[:7] == [200] * 7
    assert locked.status_code == 429
    assert guesser.get("/profile/").status_code == 302
    assert sign_in("dana").get("/profile/").status_code == 200


def test_a_court_nominates_from_the_courses_page_and_the_nominee_accepts(cast, post_office):
    run = factories.run(mode=EnrollmentMode.NOMINATION, nominees_answer=True)
    coordinator, asel, course = sign_in("kenzhe"), sign_in("asel"), f"/courses/{run.course.code}/"
    place = f"/desk/runs/{run.public_id}/nominate/"
    assert place in page(coordinator, course)
    assert place not in page(asel, course)

    foreseen = press(coordinator, place, people=[cast.asel.public_id])
    assert "The person is asked to accept or decline" in foreseen
    one = Nomination.objects.get()
    press(coordinator, f"/desk/nominations/{one.public_id}/apply/")
    workers()
    mine = Enrollment.objects.get()
    assert "You were nominated for this run" in text(asel, f"/enrollments/{mine.public_id}/")
    assert subjects_for(post_office, cast.asel)[-1].startswith("A place is free")
    press(asel, f"/enrollments/{mine.public_id}/accept/")

    became = text(coordinator, f"/desk/nominations/{one.public_id}/")
    assert re.search("Seat offered +Seat confirmed", became)
