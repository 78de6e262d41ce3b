"""Nominations over the API: dry, for good, repeated, read again."""

from uuid import uuid4

import pytest

from academy.ledger.models import Event
from courses.planning.enums import EnrollmentMode
from enrollment.requests import nominations
from enrollment.requests.models import Nomination
from enrollment.seats.models import Enrollment
from tests import factories
from tests.api.calls import Caller, system
from tests.enrollment.stage import sight

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/nominations"


def test_a_court_nominates_dry_then_for_good(cast):
    run = factories.run(seats=1, mode=EnrollmentMode.NOMINATION)
    people = [str(person.public_id) for person in factories.people(2, cast.court)]
    caller, before = Caller(account=cast.kenzhe_account), sight()

    dry = caller.post(PATH, {"run": str(run.public_id), "people": people})

    assert (dry.status_code, dry.json()["dry_run"], dry.json()["state"]) == (201, True, "done")
    assert [row["state"] for row in dry.json()["rows"]] == ["confirmed", "waitlisted"]
    assert sight() == before
    one = f"{PATH}/{dry.json()['id']}"
    applied = caller.post(f"{one}/apply").json()
    assert (applied["dry_run"], applied["state"], applied["done"]) == (False, "waiting", 0)
    nominations.carry_on_all()
    read = caller.get(one).json()
    assert (read["state"], read["done"], read["total"]) == ("done", 2, 2)
    assert [(row["fate"], row["state_now"]) for row in read["rows"]] == [
        ("done", "confirmed"),
        ("done", "waitlisted"),
    ]
    assert [row["id"] for row in caller.get(PATH).json()["items"]] == [read["id"]]


def test_the_same_key_is_the_same_list(cast):
    run = factories.run(mode=EnrollmentMode.NOMINATION)
    people = [str(person.public_id) for person in factories.people(2, cast.court)]
    body = {"run": str(run.public_id), "people": people, "dry_run": False}
    caller, key = Caller(account=cast.kenzhe_account), uuid4().hex

    first = caller.post(PATH, body, key=key)
    nominations.carry_on_all()
    again = caller.post(PATH, body, key=key)
    nominations.carry_on_all()

    assert again.json() == first.json()
    assert Nomination.objects.count() == 1
    assert Enrollment.objects.count() == 2
    other = caller.post(PATH, body | {"people": people[:1]}, key=key)
    assert other.json()["code"] == "idempotency_key_reused"


def test_another_courts_people_are_nobody_here(cast):
    run = factories.run(mode=EnrollmentMode.NOMINATION)
    type(cast.asel).objects.filter(pk=cast.asel.pk).update(external_id="HR-1")
    body = {
        "run": str(run.public_id),
        "people": [str(cast.dana.public_id)],
        "external_ids": ["HR-1", "HR-9"],
        "dry_run": False,
    }

    answer = Caller(account=cast.kenzhe_account).post(PATH, body).json()
    nominations.carry_on_all()

    rows = [(row["person"], row["written"], row["code"]) for row in answer["rows"]]
    assert rows == [
        (str(cast.asel.public_id), "", ""),
        (None, str(cast.dana.public_id), "unknown_person"),
        (None, "HR-9", "unknown_person"),
    ]
    assert [row.person for row in Enrollment.objects.all()] == [cast.asel]


def test_lists_are_the_courts_own(cast):
    run = factories.run(mode=EnrollmentMode.NOMINATION)
    body = {"run": str(run.public_id), "people": [str(cast.asel.public_id)]}
    made = Caller(account=cast.kenzhe_account).post(PATH, body).json()
    one = f"{PATH}/{made['id']}"
    factories.RoleGrant.objects.create(
        account=cast.dana_account, role="coordinator", court=cast.elsewhere
    )

    reads = {
        name: Caller(account=getattr(cast, f"{name}_account")).get(one).status_code
        for name in ("kenzhe", "boris", "clara", "otto", "dana")
    }
    assert reads == {"kenzhe": 200, "boris": 200, "clara": 200, "otto": 200, "dana": 404}
    applied = Caller(account=cast.boris_account).post(f"{one}/apply")
    assert applied.status_code == 404  # who made the list carries it out


def test_another_system_nominates_for_a_coordinator_and_sees_its_own_lists_only(cast):
    run = factories.run(mode=EnrollmentMode.NOMINATION)
    hr, other = system("enrollments:write"), system("enrollments:write")
    theirs = {"On-Behalf-Of": str(cast.kenzhe.public_id)}
    body = {
        "run": str(run.public_id),
        "people": [str(cast.asel.public_id), str(cast.dana.public_id)],
    }

    made = hr.post(PATH, body, **theirs).json()
    one = f"{PATH}/{made['id']}"
    by_others = [
        other.post(f"{one}/apply", **theirs).status_code,
        hr.post(f"{one}/apply", **{"On-Behalf-Of": str(cast.boris.public_id)}).status_code,
    ]
    hr.post(f"{one}/apply", **theirs)
    nominations.carry_on_all()

    assert by_others == [404, 404]
    rows = hr.get(one).json()["rows"]
    assert [row["state_now"] for row in rows] == ["confirmed", None]  # Dana is of another court
    assert other.get(one).status_code == 404
    told = Event.objects.get(type="enrollment.confirmed")
    assert (told.actor_kind, told.behalf_of) == ("client", cast.kenzhe.public_id)
