"""The academy ends one enrolment: who gets the seat is shown first, and then it happens."""

import pytest

from academy.access.enums import Role
from enrollment.seats.enums import State
from tests import factories
from tests.enrollment.stage import fill, last_event, sight, states
from tests.pages.test_run_changes import mark_of, text_of

pytestmark = pytest.mark.django_db(transaction=True)
SENT = {"reason": "court_asked", "note": "A letter of the court"}


@pytest.fixture
def clara(cast, browser):
    return browser(cast.clara_account)


def address(enrollment):
    return f"/desk/enrollments/{enrollment.public_id}/cancel/"


def test_the_seat_goes_to_whom_the_look_named(clara):
    run = factories.run(seats=1)
    holder, first, second = fill(run, 3)
    queue = clara.get(f"/desk/runs/{run.public_id}/queue/").text
    roster = clara.get(f"/desk/runs/{run.public_id}/").text
    story = clara.get(f"/enrollments/{holder.public_id}/").text
    assert f'href="{address(second)}"' in queue
    assert f'href="{address(holder)}"' in roster
    assert f'href="{address(holder)}"' in story
    before = sight()

    asked = text_of(clara.get(address(holder)))
    look = clara.post(address(holder), SENT)
    shown = text_of(look)

    assert "The seat goes to the first person on the waiting list" in asked
    assert f"{holder.person.full_name} Seat confirmed Cancelled" in shown
    assert f"{first.person.full_name} On the waiting list Seat offered" in shown
    assert f"1 person still waits {second.person.full_name}" in shown
    assert sight() == before
    done = clara.post(address(holder), {**SENT, "agreed": mark_of(look)})
    assert done.status_code == 303
    assert first.person.full_name in text_of(clara.get(done.url))
    assert states(holder, first, second) == [State.CANCELLED, State.OFFERED, State.WAITLISTED]
    assert last_event(holder).reason == "court_asked"


def test_the_person_reads_why_and_not_the_note(cast, clara, browser):
    (claim,) = fill(factories.run(seats=1), 1)
    clara.post(address(claim), {**SENT, "agreed": mark_of(clara.post(address(claim), SENT))})

    account = factories.account(of=claim.person)
    page = text_of(browser(account).get(f"/enrollments/{claim.public_id}/"))

    assert "The court has asked for it." in page
    assert "A letter of the court" not in page


def test_what_ends_meanwhile_or_has_no_reason_changes_nothing(clara):
    claim, other = fill(factories.run(seats=2), 2)
    mark = mark_of(clara.post(address(claim), SENT))
    clara.post(address(other), {**SENT, "agreed": mark_of(clara.post(address(other), SENT))})
    before = sight()

    nameless = clara.post(address(claim), {"reason": "", "agreed": mark})
    twice = clara.post(address(other), SENT)

    assert (nameless.status_code, twice.status_code) == (200, 200)
    assert "There is a problem" in text_of(nameless)
    assert "There is a problem" in text_of(twice)
    assert sight() == before


def test_only_the_registrar_and_not_the_own(cast, browser):
    claim = fill(factories.run(seats=1, trainer=cast.timur), 1)[0]
    registrar = factories.account(of=claim.person, role=Role.REGISTRAR)
    before = sight()

    answers = [
        browser(account).post(address(claim), SENT).status_code
        for account in (cast.timur_account, cast.boris_account, cast.otto_account, registrar)
    ]

    assert answers == [404] * 4
    assert sight() == before
