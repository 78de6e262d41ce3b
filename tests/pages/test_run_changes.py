"""Changes of a run at the desk: what would happen, the deed, the report."""

import html
import re
from datetime import timedelta

import pytest

from courses.planning.enums import RunState
from enrollment.requests import actions, timers
from enrollment.seats.enums import State
from enrollment.seats.models import Enrollment
from tests import factories
from tests.enrollment.stage import DAY, assert_sound, fill, sight, states
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db


@pytest.fixture
def clara(cast, browser):
    """The registrar's browser."""
    return browser(cast.clara_account)


def address(run, what=""):
    return f"/desk/runs/{run.public_id}/{what}"


def text_of(response):
    inside = response.content.decode().partition("<main")[2]
    return html.unescape(" ".join(re.sub("<[^>]+>", " ", inside).split()))


def look(client, run, what, **answers):
    """The dry run on the page; it changes nothing."""
    before = sight()
    response = client.post(address(run, what), answers)
    assert response.status_code == 200
    assert sight() == before
    return response


def mark_of(response):
    found = re.search(r'name="agreed" value="(\w+)"', response.content.decode())
    assert found, text_of(response)
    return found[1]


def agree(client, run, what, **answers):
    """Dry run, deed, report: the text of the report."""
    mark = mark_of(look(client, run, what, **answers))
    done = client.post(address(run, what), {**answers, "agreed": mark})
    assert done.status_code == 303, text_of(done)
    return text_of(client.get(done.url))


def first_session(run, shift=timedelta(), **answers):
    begins = run.starts_at + shift + timedelta(hours=5)  # Almaty
    when = {"session_1_0": f"{begins:%Y-%m-%d}", "session_1_1": f"{begins:%H:%M}"}
    return {**when, "no_answer": "release", **answers}


def test_more_seats_show_who_would_be_asked_and_who_stays(clara):
    run = factories.run(seats=1)
    _holder, first, second = fill(run, 3)

    shown = text_of(look(clara, run, "capacity/", capacity=2))
    assert f"{first.person.full_name} On the waiting list Seat offered" in shown
    assert "that a seat is offered to them, and until when" in shown
    assert f"1 person still waits {second.person.full_name}" in shown

    report = agree(clara, run, "capacity/", capacity=2)
    assert first.person.full_name in report
    assert states(first, second) == [State.OFFERED, State.WAITLISTED]


def test_what_has_changed_between_look_and_deed_is_shown_again(clara):
    run = factories.run(seats=1)
    _holder, first, second = fill(run, 3)
    mark = mark_of(look(clara, run, "capacity/", capacity=2))
    actions.withdraw(enrollment=first.public_id, actor=ACTOR)

    again = clara.post(address(run, "capacity/"), {"capacity": 2, "agreed": mark})

    assert again.status_code == 200
    assert "Something has changed since you looked." in text_of(again)
    assert states(second) == [State.WAITLISTED]
    clara.post(address(run, "capacity/"), {"capacity": 2, "agreed": mark_of(again)})
    assert states(second) == [State.OFFERED]


def test_answers_can_be_changed_and_are_not_lost(clara):
    run = factories.run(seats=1)
    answers = {"reason": "too_few", "note": "Жаңа күні кейін айтылады"}
    mark = mark_of(look(clara, run, "cancel/", **answers))

    form = look(clara, run, "cancel/", **answers, agreed=mark, again="yes")

    assert answers["note"] in form.content.decode()
    assert '<option value="too_few" selected>' in form.content.decode()


def test_new_dates_ask_holders_again_and_say_who_is_busy_then(clara):
    run = factories.run(seats=2)
    person = factories.person()
    later = factories.run(starts_in=60 * DAY)
    actions.enroll(run=later.public_id, person=person.pk, actor=ACTOR)
    mine = actions.enroll(run=run.public_id, person=person.pk, actor=ACTOR)
    shift = later.starts_at - run.starts_at

    shown = text_of(look(clara, run, "move/", **first_session(run, shift)))
    assert "Please confirm again holds another seat at these hours" in shown
    assert "the new dates, and that they are asked to confirm again" in shown

    agree(clara, run, "move/", **first_session(run, shift))
    run.refresh_from_db()
    assert run.starts_at == later.starts_at
    assert states(mine) == [State.RECONFIRM]


@pytest.mark.parametrize(("policy", "state"), [("keep", "confirmed"), ("release", "withdrawn")])
def test_silence_after_new_dates_means_what_the_registrar_chose(
    cast, clara, browser, policy, state
):
    run = factories.run(seats=1)
    mine = actions.enroll(run=run.public_id, person=cast.asel.pk, actor=ACTOR)
    agree(clara, run, "move/", **first_session(run, 7 * DAY, no_answer=policy))

    page = text_of(browser(cast.asel_account).get(f"/enrollments/{mine.public_id}/"))
    assert ("Without an answer by then you keep the seat." in page) == (policy == "keep")
    mine.refresh_from_db()
    timers.expire_due(mine.due_at)

    assert states(mine) == [state]
    assert_sound(mine.due_at)


def test_silence_keeps_no_seat_in_a_clash_that_the_move_made(clara):
    person = factories.person()
    run, other = factories.run(starts_in=60 * DAY), factories.run()
    mine, held = (
        actions.enroll(run=one.public_id, person=person.pk, actor=ACTOR) for one in (run, other)
    )
    onto = first_session(run, other.starts_at - run.starts_at, no_answer="keep")
    agree(clara, run, "move/", **onto)
    mine.refresh_from_db()

    timers.expire_due(mine.due_at)

    assert states(mine, held) == [State.WITHDRAWN, State.CONFIRMED]


def test_the_form_of_new_dates_knows_the_present_ones_and_shifts_them(clara):
    run = factories.run()
    begins = run.starts_at + timedelta(hours=5)
    shifted = begins + 7 * DAY

    assert f'value="{begins:%Y-%m-%d}"' in clara.get(address(run, "move/")).content.decode()
    page = clara.get(address(run, "move/?days=7")).content.decode()
    assert f'value="{shifted:%Y-%m-%d}"' in page
    assert f'value="{begins:%H:%M}"' in page


def test_a_date_in_the_past_is_said_in_the_form_and_nothing_changes(clara):
    run = factories.run()
    shown = look(clara, run, "move/", **first_session(run, -60 * DAY))
    assert "A run is moved to days that are still to come." in text_of(shown)


def test_postponing_keeps_everybody_and_tells_them(clara):
    run = factories.run(seats=1)
    holder, waiting = fill(run, 2)

    report = agree(clara, run, "postpone/", reason="venue_unavailable")

    assert report.count("that the run is postponed and their place is kept") == 2
    assert states(holder, waiting) == [State.CONFIRMED, State.WAITLISTED]
    run.refresh_from_db()
    assert run.state == RunState.POSTPONED


def test_cancelling_tells_the_trainers_too(clara):
    run = factories.run(seats=1, trainer=factories.person(name="Тимур"))
    fill(run, 1)
    report = agree(clara, run, "cancel/", reason="too_few")
    assert "that it is cancelled, and why" in report
    assert "The trainers are told too: Тимур" in report


def test_two_thin_runs_become_one(clara):
    course = factories.course()
    thin = factories.run(of=course, seats=5)
    other = factories.run(of=course, seats=5, starts_in=40 * DAY)
    mine = fill(thin, 2)

    report = agree(clara, thin, "merge/", into=str(other.public_id))

    assert report.count("Please confirm again") == 2
    assert states(*mine) == [State.TRANSFERRED] * 2
    thin.refresh_from_db()
    assert thin.state == RunState.CANCELLED
    assert Enrollment.objects.filter(run=other, state=State.RECONFIRM).count() == 2
    assert_sound()


def test_a_full_run_is_divided_by_name(clara):
    course = factories.course()
    full = factories.run(of=course, seats=2)
    other = factories.run(of=course, seats=5, starts_in=40 * DAY)
    one, two, waiting = fill(full, 3)
    answers = {"into": str(other.public_id), "people": [str(two.public_id)]}

    agree(clara, full, "split/", **answers)

    assert states(one, two, waiting) == [State.CONFIRMED, State.TRANSFERRED, State.OFFERED]
    assert_sound()


def test_without_another_run_there_is_nothing_to_merge_with(clara):
    page = clara.get(address(factories.run(), "merge/"))
    assert "No other run to choose" in text_of(page)


def test_a_report_that_there_is_not_does_not_exist(clara):
    assert clara.get(address(factories.run(), "changes/abcdefgh/")).status_code == 404
