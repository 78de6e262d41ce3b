"""Somebody leaves, moves court or comes back, as HR says through SCIM: the places follow."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from academy.ledger import delivery
from academy.ledger.models import Event
from academy.people.models import Person
from courses.planning.enums import EnrollmentMode, PoolScope
from courses.planning.pools import Share
from enrollment.requests import pool_actions, timers
from enrollment.requests.models import LostPost, PostCheck
from tests import factories
from tests.api.calls import Caller, system
from tests.enrollment.stage import ask, sight, states
from tests.factories import ACTOR
from tests.scim.conftest import SERVICE, USERS, post, user

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2026-11-24T09:00:00Z", tick=False) as clock:
        yield clock


@pytest.fixture
def courts(db):
    factories.position("judge")
    return factories.court(), factories.court()


@pytest.fixture
def asel(hr, courts):
    answer = hr.call("POST", USERS, user(**post(courts[0], since="2020-01-01")))
    assert answer.status_code == 201, answer.content
    return Person.objects.get(public_id=answer.json()["id"])


def follow():
    """What the workers do within a minute of what HR said."""
    delivery.advance()
    return timers.follow_posts()


def patch(hr, person, path, value):
    answer = hr.patch(person.public_id, {"op": "replace", "path": path, "value": value})
    assert answer.status_code == 204, answer.content


def told_of(enrollment):
    rows = Event.objects.filter(subject_id=enrollment.public_id).order_by("id")
    return list(rows.values_list("type", flat=True))


def kept_for(court, **columns):
    """A run with one seat, kept for people of this court."""
    run = factories.run(seats=1, **columns)
    share = Share(PoolScope.COURT, 1, court_id=court.pk)
    pool_actions.share_seats(run=run.public_id, shares=[share], actor=ACTOR)
    return run


@pytest.fixture
def lost(hr, asel, courts):
    """Asel sat on a seat of the court that she has left; somebody there waits for it."""
    run = kept_for(courts[0])
    mine = ask(run, asel)
    [colleague] = factories.people(1, courts[0])
    waiting = ask(run, colleague)
    assert states(mine, waiting) == ["confirmed", "waitlisted"]
    patch(hr, asel, f"{SERVICE}:post.court", courts[1].code)
    follow()
    return mine, waiting


@pytest.fixture
def registrar(cast):
    """A registrar who is a person, in whose right a system can act."""
    person = factories.person(cast.court)
    cast.clara_account.person = person
    cast.clara_account.save()
    return person


@pytest.fixture
def desk(cast):
    browser = Client(headers={"Accept-Language": "en"})
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    browser.force_login(cast.clara_account, backend=backend)
    browser.cookies["django_language"] = "en"
    return browser


def test_who_leaves_gives_up_every_place_in_runs_to_come(hr, asel):
    full = factories.run(seats=1)
    by_approval = factories.run(mode=EnrollmentMode.APPROVAL, starts_in=40 * DAY)
    begun = factories.run(starts_in=50 * DAY)
    seat, request, sits = ask(full, asel), ask(by_approval, asel), ask(begun, asel)
    type(begun).objects.filter(pk=begun.pk).update(state="running")
    next_one = ask(full)
    follow()
    assert states(seat, request, sits) == ["confirmed", "requested", "confirmed"]

    patch(hr, asel, "active", False)
    assert follow() == 1

    assert states(seat, request, sits) == ["cancelled", "cancelled", "confirmed"]
    assert states(next_one) == ["offered"]
    assert {seat.end_reason, request.end_reason} == {"left_service"}
    assert [step.state for step in request.decisions.all()] == ["moot"]
    assert told_of(seat) == ["enrollment.confirmed", "enrollment.cancelled"]
    before = sight()
    PostCheck.objects.create(person=asel, due_at="2026-11-24T00:00:00Z")
    assert follow() == 1, "looked at once more"
    assert sight() == before


def test_a_request_follows_to_the_new_court_under_its_old_number(hr, asel, courts):
    here, there = courts
    by_approval = factories.run(mode=EnrollmentMode.APPROVAL)
    full = factories.run(seats=1, starts_in=40 * DAY)
    ask(full)
    request, waiting = ask(by_approval, asel), ask(full, asel)
    numbers = request.queue_number, waiting.queue_number

    patch(hr, asel, f"{SERVICE}:post.court", there.code)
    follow()

    assert states(request, waiting) == ["requested", "waitlisted"]
    assert {request.court_id, waiting.court_id} == {there.pk}
    assert request.appointment.court_id == there.pk
    assert (request.queue_number, waiting.queue_number) == numbers
    asked = request.decisions.order_by("number").values_list("court", "state")
    assert list(asked) == [(here.pk, "moot"), (there.pk, "open")]
    assert told_of(waiting) == ["enrollment.waitlisted", "post.followed"]
    assert not LostPost.objects.exists()


def test_a_seat_open_to_everybody_follows_and_asks_nobody(hr, asel, courts):
    seat = ask(factories.run(), asel)

    patch(hr, asel, f"{SERVICE}:post.court", courts[1].code)
    follow()

    assert states(seat) == ["confirmed"]
    assert seat.court_id == courts[1].pk
    assert not LostPost.objects.exists()


def test_a_post_that_ends_on_a_later_day_is_looked_at_on_that_day(hr, asel, courts, today):
    waiting = ask(factories.run(mode=EnrollmentMode.APPROVAL), asel)
    later = {"court": courts[1].code, "position": "judge", "since": "2026-12-01"}
    patch(hr, asel, f"{SERVICE}:post", later)
    follow()
    assert (states(waiting), waiting.court_id) == (["requested"], courts[0].pk)

    today.move_to("2026-12-01T01:00:00Z")
    follow()

    waiting.refresh_from_db()
    assert waiting.court_id == courts[1].pk
    assert not PostCheck.objects.exists()


def test_a_seat_of_the_old_court_stays_and_the_registrar_keeps_it(lost, asel, courts, desk):
    mine, waiting = lost
    assert states(mine, waiting) == ["confirmed", "waitlisted"], "a move throws nobody out"
    assert told_of(mine) == ["enrollment.confirmed", "post.lost"]
    page = desk.get("/desk/").text
    assert "Places whose post has ended" in page
    assert asel.full_name in page

    address = f"/desk/posts/{mine.public_id}/"
    assert desk.post(address, {"answer": "keep"}).status_code == 303

    assert states(mine, waiting) == ["confirmed", "waitlisted"]
    assert mine.court_id == courts[1].pk
    assert told_of(mine)[-1] == "post.kept"
    assert "Places whose post has ended" not in desk.get("/desk/").text
    before = sight()
    PostCheck.objects.create(person=asel, due_at="2026-11-24T00:00:00Z")
    follow()
    assert desk.post(address, {"answer": "cancel"}).status_code == 404, "decided already"
    assert sight() == before


def test_a_seat_of_the_old_court_is_cancelled_for_who_waits_there(lost, desk):
    mine, waiting = lost

    desk.post(f"/desk/posts/{mine.public_id}/", {"answer": "cancel"})

    assert states(mine, waiting) == ["cancelled", "offered"]
    assert mine.end_reason == "lost_post"
    assert mine.seat_id is None


def test_only_the_registrar_decides(lost, cast):
    browser = Client()
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    for account in (cast.otto_account, cast.boris_account, cast.kenzhe_account):
        browser.force_login(account, backend=backend)
        before = sight()
        answer = browser.post(f"/desk/posts/{lost[0].public_id}/", {"answer": "cancel"})
        assert answer.status_code == 404
        assert sight() == before


def test_a_system_lists_them_and_settles_each_once_on_behalf_of_the_registrar(
    lost, asel, courts, cast, registrar
):
    mine, waiting = lost
    machine = system("decisions:write")
    named = {"On-Behalf-Of": str(registrar.public_id)}

    [told] = machine.get("/lost-posts", **named).json()["items"]
    assert told == {
        "enrollment": str(mine.public_id),
        "run": str(mine.run.public_id),
        "run_code": mine.run.code,
        "person": str(asel.public_id),
        "state": "confirmed",
        "court": courts[0].code,
        "position": "judge",
        "lost_at": "2026-11-24T09:00:00Z",
        "revision": mine.revision,
    }
    path, before = f"/lost-posts/{told['enrollment']}/cancel", sight()
    assert machine.post(path, **named, **{"If-Match": '"99"'}).status_code == 412
    assert machine.post(path, **{"On-Behalf-Of": str(cast.boris.public_id)}).status_code == 403
    assert Caller(account=cast.otto_account).post(path).status_code == 403
    assert sight() == before

    seen = {"If-Match": f'"{told["revision"]}"'}
    answers = [machine.post(path, key="once", **named, **seen) for _ in range(2)]

    assert [(one.status_code, one.json()["end_reason"]) for one in answers] == [
        (200, "lost_post")
    ] * 2
    assert states(mine, waiting) == ["cancelled", "offered"]
    event = Event.objects.get(type="enrollment.cancelled")
    assert (event.actor_kind, event.behalf_of) == ("client", registrar.public_id)
    assert machine.get("/lost-posts", **named).json()["items"] == []
    assert machine.post(path, **named).status_code == 404, "settled already"


def test_the_registrar_keeps_a_place_by_the_api_and_reads_them_page_by_page(hr, lost, courts, cast):
    mine, _waiting = lost
    [second] = factories.people(1, courts[0])
    other = ask(kept_for(courts[0], starts_in=40 * DAY), second)
    LostPost.objects.create(
        enrollment=other, appointment=other.appointment, lost_at="2026-11-24T09:00:00Z"
    )
    registrar = Caller(account=cast.clara_account)

    first = registrar.get("/lost-posts?limit=1").json()
    kept = registrar.post(f"/lost-posts/{mine.public_id}/keep")
    then = registrar.http.get(first["next"]).json()

    assert [one["enrollment"] for one in first["items"]] == [str(mine.public_id)]
    assert (kept.status_code, kept.json()["state"]) == (200, "confirmed")
    assert told_of(mine)[-1] == "post.kept"
    assert [one["enrollment"] for one in then["items"]] == [str(other.public_id)]
    assert then["next"] is None
