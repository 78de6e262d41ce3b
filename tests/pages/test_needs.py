"""What a participant needs: told by who has a seat, seen by who prepares, then forgotten."""

from datetime import timedelta

import pytest
import time_machine

from academy.core import clock
from academy.ledger.models import Event
from academy.people.registry import everything_about
from courses.planning.models import Run
from enrollment.classroom.models import Needs
from enrollment.classroom.tasks import forget_needs
from enrollment.requests import actions, run_changes
from tests import factories
from tests.enrollment.stage import ask

RAMP, NUTS = "A ramp, please", "No nuts"


@pytest.fixture
def seat(cast, db):
    return ask(factories.run(trainer=cast.timur), cast.asel)


def tell(browser, seat, **given):
    return browser.post(f"/enrollments/{seat.public_id}/needs/", given, follow=True)


def told(cast, browser, seat):
    given = {"access": RAMP, "diets": ["halal", "vegan"], "diet_note": NUTS}
    return tell(browser(cast.asel_account), seat, **given)


@pytest.mark.django_db(transaction=True)
def test_trainer_and_registrar_see_it_and_nobody_else(cast, browser, seat):
    assert "Those who prepare the run see it" in told(cast, browser, seat).text
    page = f"/desk/runs/{seat.run.public_id}/"

    for account in (cast.timur_account, cast.clara_account):
        shown = browser(account).get(page).text
        assert RAMP in shown
        assert "Halal: 1" in shown
        assert NUTS in shown
    assert browser(cast.otto_account).get(page).status_code == 200
    assert RAMP not in browser(cast.otto_account).get(page).text
    assert RAMP not in browser(cast.clara_account).get(f"/enrollments/{seat.public_id}/").text
    assert (
        browser(cast.clara_account).get(f"/enrollments/{seat.public_id}/needs/").status_code == 404
    )


@pytest.mark.django_db(transaction=True)
def test_the_ledger_hears_neither_what_nor_whose(cast, browser, seat):
    told(cast, browser, seat)

    event = Event.objects.get(type="needs.told")
    assert (event.data, event.person_id, event.actor_id) == ({}, None, None)
    assert event.context_id == seat.run.public_id
    assert event.subject_id not in {seat.public_id, cast.asel.public_id}


@pytest.mark.django_db(transaction=True)
def test_it_can_be_changed_and_taken_back(cast, browser, seat):
    told(cast, browser, seat)
    client = browser(cast.asel_account)
    assert RAMP in client.get(f"/enrollments/{seat.public_id}/needs/").text

    tell(client, seat, access="A loop")
    assert (Needs.objects.get().access, Needs.objects.get().diets) == ("A loop", [])

    assert "Nothing is kept" in tell(client, seat).text
    assert not Needs.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_own_data_file_has_it_and_no_other(cast, browser, seat):
    told(cast, browser, seat)

    (own,) = everything_about(cast.asel)["needs"]
    assert (own["access"], own["diets"]) == (RAMP, ["halal", "vegan"])
    assert RAMP not in str(everything_about(cast.dana)) + str(everything_about(cast.timur))


@pytest.mark.django_db(transaction=True)
def test_it_is_gone_once_the_run_is_over(cast, browser, seat):
    told(cast, browser, seat)
    forget_needs()
    assert Needs.objects.exists()

    with time_machine.travel(seat.run.ends_at + timedelta(minutes=1), tick=False):
        assert RAMP not in browser(cast.clara_account).get(f"/desk/runs/{seat.run.public_id}/").text
        assert forget_needs() == 1

    assert not Needs.objects.exists()
    assert Event.objects.filter(type="needs.erased").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["withdraws", "run is cancelled"])
def test_it_is_gone_with_the_seat(cast, browser, seat, way):
    told(cast, browser, seat)

    if way == "withdraws":
        actions.withdraw(enrollment=seat.public_id, actor=factories.ACTOR)
    else:
        run_changes.cancel_run(run=seat.run.public_id, reason="illness", actor=factories.ACTOR)
    shown = browser(cast.clara_account).get(f"/desk/runs/{seat.run.public_id}/").text
    forget_needs()

    assert RAMP not in shown
    assert not Needs.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("why", ["no seat", "over"])
def test_who_has_no_seat_cannot_tell(cast, browser, seat, why):
    if why == "no seat":
        actions.withdraw(enrollment=seat.public_id, actor=factories.ACTOR)
    else:
        past = clock.now() - timedelta(days=1)
        Run.objects.filter(pk=seat.run_id).update(ends_at=past)

    answer = tell(browser(cast.asel_account), seat, access=RAMP)

    assert answer.status_code == 409
    assert not Needs.objects.exists()
    assert (
        "Tell what you need"
        not in browser(cast.asel_account).get(f"/enrollments/{seat.public_id}/").text
    )
