"""What an HR system and a learning platform are given: what they need, and no more."""

import pytest

from academy.clients import projections
from academy.ledger import actions as ledger
from enrollment.requests.actions import withdraw
from tests import factories
from tests.api.calls import system
from tests.enrollment.stage import ask
from tests.factories import ACTOR

SCOPES = ("people:read", "enrollments:read", "events:read", "credits:read")


@pytest.fixture
def places(cast):
    """Asel has a seat, Dana waits for one, Boris had one of another run and gave it up."""
    run, other = factories.run(seats=1), factories.run()
    seat, waits, gone = ask(run, cast.asel), ask(run, cast.dana), ask(other, cast.boris)
    withdraw(enrollment=gone.public_id, actor=ACTOR, reason="hearing")
    ledger.sequence_all()
    return seat, waits, gone


def told(caller):
    """Facts of the events about enrolments, by type."""
    events = caller.get("/events").json()["items"]
    return [
        (one["type"], one["subject"].partition("/")[2], one["data"])
        for one in events
        if one["subject"].startswith("enrollment/")
    ]


def test_a_learning_platform_sees_who_has_a_seat(places, cast):
    seat, _waits, gone = places
    platform, asel = system(*SCOPES, projection=projections.LMS), str(cast.asel.public_id)

    rows = platform.get("/enrollments").json()["items"]

    assert rows == [
        {
            "id": str(seat.public_id),
            "run": str(seat.run.public_id),
            "run_code": seat.run.code,
            "course": seat.run.course.code,
            "person": asel,
            "family_name": cast.asel.family_name,
            "given_name": cast.asel.given_name,
            "state": "confirmed",
            "due_at": None,
            "revision": seat.revision,
        }
    ]
    context = {name: str(gone.run.public_id) for name in ("context",)}
    assert told(platform) == [
        (
            "enrollment.confirmed",
            str(seat.public_id),
            {"person": asel, "context": str(seat.run.public_id)},
        ),
        (
            "enrollment.confirmed",
            str(gone.public_id),
            {"person": str(cast.boris.public_id), **context},
        ),
        ("enrollment.withdrawn", str(gone.public_id), {}),
    ]
    person = platform.get(f"/people/{asel}").json()
    assert set(person) == {"id", "external_id", "family_name", "given_name", "language"}
    assert platform.get(f"/people/{asel}/transcript").status_code == 404
    assert platform.get(f"/runs/{seat.run.public_id}/roster").status_code == 404


def test_hr_sees_posts_and_what_was_completed_and_no_place_in_a_run(places, cast):
    seat = places[0]
    hr, asel = system(*SCOPES, projection=projections.HR), str(cast.asel.public_id)

    [post] = hr.get(f"/people/{asel}").json()["posts"]

    assert post["court"] == cast.court.code
    assert hr.get(f"/people/{asel}/transcript").status_code == 200
    assert hr.get("/enrollments").json()["items"] == []
    assert hr.get(f"/enrollments/{seat.public_id}").status_code == 404
    assert hr.get(f"/people/{asel}/sheets/2026").status_code == 404
    assert told(hr) == []
