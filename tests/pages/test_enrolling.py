"""The one click and what follows, through the pages."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from academy.core import clock
from academy.core.actor import Actor
from courses.planning.enums import EnrollmentMode
from courses.planning.models import Run
from enrollment.requests import actions, run_changes
from enrollment.seats.enums import State
from enrollment.seats.models import Enrollment
from tests import factories

ACTOR = Actor.system("tests")


def enroll(client, run, key="k1"):
    return client.post(reverse("enrollment:enroll", args=[run.public_id]), {"key": key})


def page_of(enrollment):
    return reverse("enrollment:enrollment", args=[enrollment.public_id])


def text_of(response):
    return " ".join(re.sub("<[^>]+>", " ", response.content.decode()).split())


@pytest.mark.django_db(transaction=True)
def test_one_click_gives_a_seat_and_says_so(cast, browser):
    run = factories.run()
    client = browser(cast.asel_account)

    response = enroll(client, run)

    enrollment = Enrollment.objects.get()
    assert (response.status_code, response.url) == (303, page_of(enrollment))
    assert (enrollment.state, enrollment.person) == (State.CONFIRMED, cast.asel)
    answer = text_of(client.get(response.url))
    assert "Your seat is confirmed. A seat was free." in answer
    assert "you" in answer


@pytest.mark.django_db(transaction=True)
def test_the_same_button_pressed_twice_is_one_request(cast, browser):
    run = factories.run()
    client = browser(cast.asel_account)

    first, second = enroll(client, run), enroll(client, run)

    assert first.url == second.url
    assert Enrollment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_second_request_is_refused_and_leads_back(cast, browser):
    run = factories.run()
    client = browser(cast.asel_account)
    enroll(client, run)
    course_page = f"/courses/{run.course.code}/"

    response = client.post(
        reverse("enrollment:enroll", args=[run.public_id]),
        {"key": "another"},
        HTTP_REFERER=f"http://testserver{course_page}",
    )

    assert (response.status_code, response.url) == (303, f"http://testserver{course_page}")
    assert "There is already an active enrolment in this run." in text_of(client.get(course_page))
    assert Enrollment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_full_run_gives_a_place_on_the_waiting_list(cast, browser):
    run = factories.run(seats=1)
    actions.enroll(run=run.public_id, person=cast.dana.pk, actor=ACTOR)
    client = browser(cast.asel_account)

    response = enroll(client, run)

    answer = text_of(client.get(response.url))
    assert "You are number 1 on the waiting list." in answer
    course_page = text_of(client.get(f"/courses/{run.course.code}/"))
    assert "The only seat is taken · 1 person is waiting" in course_page


@pytest.mark.django_db(transaction=True)
def test_a_request_with_consent_says_who_decides(cast, browser):
    run = factories.run(mode=EnrollmentMode.APPROVAL)
    client = browser(cast.asel_account)

    answer = text_of(client.get(enroll(client, run).url))

    assert "Your request waits for a decision." in answer
    assert "head of court" in answer
    assert "Due by" in answer


@pytest.mark.django_db(transaction=True)
def test_signed_out_one_signs_in_first_and_nothing_changes(cast, browser):
    run = factories.run()

    response = enroll(browser(), run)

    assert response.status_code == 302
    assert response.url.startswith("/sign-in/")
    assert not Enrollment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_account_without_a_person_cannot_enrol(cast, browser, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    run = factories.run()

    response = enroll(browser(cast.otto_account), run)

    assert response.status_code == 404
    assert not Enrollment.objects.exists()


@pytest.fixture
def offered(cast):
    """Әсел is offered the one seat that Дана gave back."""
    run = factories.run(seats=1)
    first = actions.enroll(run=run.public_id, person=cast.dana.pk, actor=ACTOR)
    mine = actions.enroll(run=run.public_id, person=cast.asel.pk, actor=ACTOR)
    actions.withdraw(enrollment=first.public_id, actor=ACTOR)
    return mine


@pytest.mark.django_db(transaction=True)
def test_an_offer_is_the_next_step_and_can_be_accepted(cast, browser, offered):
    client = browser(cast.asel_account)
    start = text_of(client.get("/"))

    response = client.post(reverse("enrollment:accept", args=[offered.public_id]))

    assert "Your next step: answer" in start
    assert "Accept the seat" in start
    offered.refresh_from_db()
    assert (response.status_code, offered.state) == (303, State.CONFIRMED)
    assert "You accepted the seat that was offered." in text_of(client.get(response.url))


@pytest.mark.django_db(transaction=True)
def test_declining_asks_once_more_and_then_frees_the_seat(cast, browser, offered):
    client = browser(cast.asel_account)
    path = reverse("enrollment:decline", args=[offered.public_id])

    asked = text_of(client.get(path))
    response = client.post(path)

    assert "Decline the seat" in asked
    offered.refresh_from_db()
    assert (response.status_code, offered.state) == (303, State.WITHDRAWN)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["accept", "confirm", "decline", "withdraw", "enrollment"])
def test_somebody_else_finds_nothing_and_changes_nothing(cast, browser, offered, name):
    client = browser(cast.dana_account)
    path = reverse(f"enrollment:{name}", args=[offered.public_id])

    response = client.get(path) if name == "enrollment" else client.post(path)

    assert response.status_code == 404
    offered.refresh_from_db()
    assert offered.state == State.OFFERED


@pytest.mark.django_db(transaction=True)
def test_a_moved_run_asks_whether_one_still_comes(cast, browser):
    run = factories.run()
    mine = actions.enroll(run=run.public_id, person=cast.asel.pk, actor=ACTOR)
    later = run.starts_at + timedelta(days=7)
    run_changes.move_run(
        run=run.public_id, sessions=[factories.SessionPlan(later, 90)], actor=ACTOR
    )
    client = browser(cast.asel_account)
    start = text_of(client.get("/"))

    client.post(reverse("enrollment:confirm", args=[mine.public_id]))

    assert "Yes, I am coming" in start
    mine.refresh_from_db()
    assert mine.state == State.CONFIRMED


@pytest.mark.django_db(transaction=True)
def test_a_late_withdrawal_asks_for_the_reason(cast, browser):
    run = factories.run()
    mine = actions.enroll(run=run.public_id, person=cast.asel.pk, actor=ACTOR)
    Run.objects.filter(pk=run.pk).update(withdraw_until=clock.now() - timedelta(hours=1))
    client = browser(cast.asel_account)
    path = reverse("enrollment:withdraw", args=[mine.public_id])

    refused = client.post(path, {})
    mine.refresh_from_db()
    state_after_refusal = mine.state
    client.post(path, {"reason": "illness", "note": "Flu"})

    assert (refused.status_code, state_after_refusal) == (200, State.CONFIRMED)
    mine.refresh_from_db()
    assert (mine.state, mine.end_reason, mine.is_late) == (State.WITHDRAWN, "illness", True)


@pytest.mark.django_db(transaction=True)
def test_who_was_passed_over_reads_why(cast, browser):
    run = factories.run(seats=1)
    first = actions.enroll(run=run.public_id, person=cast.dana.pk, actor=ACTOR)
    actions.enroll(run=run.public_id, person=cast.asel.pk, actor=ACTOR)
    other = factories.run(seats=1)
    Run.objects.filter(pk=other.pk).update(busy=run.busy)
    mine = Enrollment.objects.get(person=cast.asel)
    held = actions.enroll(run=other.public_id, person=cast.asel.pk, actor=ACTOR)
    assert held.state == State.CONFIRMED
    actions.withdraw(enrollment=first.public_id, actor=ACTOR)

    page = text_of(browser(cast.asel_account).get(page_of(mine)))

    assert "You were passed over, because you hold a seat in another run at the same time." in page
