"""What HR says through SCIM, and what follows: posts dated, accounts closed, sessions ended."""

from datetime import date

import orjson
import pytest
import time_machine
from django.test import Client

from academy.access.models import RoleGrant
from academy.courts.models import Position
from academy.ledger.models import Event
from academy.people.models import Appointment, Person
from tests import factories
from tests.scim.conftest import PATCH, SERVICE, USERS, Hr, post, user

TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-11-24T09:00:00Z", tick=False):
        yield


@pytest.fixture
def courts(db):
    factories.position("judge")
    factories.position("head", is_head=True)
    return factories.court(), factories.court()


def posts():
    rows = Appointment.objects.order_by("period").select_related("court", "position")
    return [(row.court.code, row.position.code, row.period.lower, row.period.upper) for row in rows]


def made(hr, *args, **rest):
    answer = hr.call("POST", "/Users", user(*args, **rest))
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_somebody_joins(hr, courts):
    here, _there = courts
    shown = made(hr, **post(here, since="2026-11-01"))

    person = Person.objects.get()
    assert (person.family_name, person.patronymic, person.language) == ("Әлиева", "Ермекқызы", "kk")
    assert shown["id"] == str(person.public_id)
    assert shown["meta"]["version"].startswith('W/"')
    assert posts() == [(here.code, "judge", date(2026, 11, 1), None)]
    assert set(Event.objects.values_list("type", flat=True)) >= {
        "person.provisioned",
        "appointment.opened",
    }


def test_a_move_ends_the_present_post_on_the_day_before(hr, courts):
    here, there = courts
    who = made(hr, **post(here, since="2020-01-01"))["id"]

    moved = hr.patch(who, {"op": "replace", "path": f"{SERVICE}:post.court", "value": there.code})

    assert moved.status_code == 204, moved.content
    assert posts() == [
        (here.code, "judge", date(2020, 1, 1), TODAY),
        (there.code, "judge", TODAY, None),
    ]


def test_a_promotion_begins_on_the_day_that_hr_names(hr, courts):
    here, _there = courts
    who = made(hr, **post(here, since="2020-01-01"))["id"]
    value = {"court": here.code, "position": "head", "since": "2026-12-01"}

    hr.patch(who, {"op": "replace", "path": f"{SERVICE}:post", "value": value})

    assert [row[1:] for row in posts()] == [
        ("judge", date(2020, 1, 1), date(2026, 12, 1)),
        ("head", date(2026, 12, 1), None),
    ]


def test_a_wrong_day_is_corrected_in_place(hr, courts):
    here, _there = courts
    who = made(hr, **post(here, since="2020-01-01"))["id"]

    hr.patch(who, {"op": "replace", "path": f"{SERVICE}:post.since", "value": "2020-02-01"})

    assert posts() == [(here.code, "judge", date(2020, 2, 1), None)]


def test_who_leaves_loses_posts_account_and_session(hr, courts):
    here, _there = courts
    who = made(hr, **post(here, since="2020-01-01"))["id"]
    account = factories.account("asel", of=Person.objects.get())
    browser = Client()
    browser.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert browser.get("/profile/").status_code == 200

    left = hr.patch(who, {"op": "replace", "path": "active", "value": False})

    account.refresh_from_db()
    assert left.status_code == 204
    assert hr.get(f"{USERS}/{who}").json()["active"] is False
    assert not account.is_active
    assert browser.get("/profile/").status_code == 302
    assert posts() == [(here.code, "judge", date(2020, 1, 1), date(2026, 11, 25))]
    assert Event.objects.filter(type="person.left").count() == 1


def test_who_is_deprovisioned_is_not_found_and_comes_back_as_the_same_person(hr, courts):
    who = made(hr)["id"]

    assert hr.call("DELETE", f"{USERS}/{who}").status_code == 204
    assert hr.get(f"{USERS}/{who}").status_code == 404
    assert hr.get("/Users").json()["totalResults"] == 0
    again = made(hr)["id"]

    assert again == who
    assert Person.objects.get().left_on is None


def test_a_directory_that_knows_only_names_leaves_the_posts_alone(hr, courts):
    here, _there = courts
    who = made(hr, **post(here, since="2020-01-01"))["id"]
    plain = user(schemas=[user()["schemas"][0]], name={"familyName": "Асан", "givenName": "Әсел"})

    replaced = hr.call("PUT", f"{USERS}/{who}", plain)

    assert replaced.status_code == 200, replaced.content
    assert Person.objects.get().family_name == "Асан"
    assert posts() == [(here.code, "judge", date(2020, 1, 1), None)]


def test_what_is_not_kept_is_left_out(hr, courts):
    shown = made(hr, title="Судья", phoneNumbers=[{"value": "+7 700 000 00 00"}])

    assert "title" not in shown
    assert Person.objects.count() == 1


def test_a_taken_name_is_refused_and_nothing_is_written(hr, courts):
    made(hr)
    events = Event.objects.count()

    answer = hr.call("POST", "/Users", user(userName="ASEL", externalId="HR-other"))

    assert (answer.status_code, answer.json()["scimType"]) == (409, "uniqueness")
    assert (Person.objects.count(), Event.objects.count()) == (1, events)


@pytest.mark.parametrize(
    "wrong",
    [
        {SERVICE: {"post": {"court": "NOWHERE", "position": "judge"}}},
        {SERVICE: {"inServiceSince": "yesterday"}},
        {"preferredLanguage": "tlh"},
        {"name": {"familyName": "Ә" * 121, "givenName": "Ә"}},
    ],
)
def test_what_makes_no_sense_is_refused_whole(hr, courts, wrong):
    answer = hr.call("POST", "/Users", user(**wrong))

    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidValue")
    assert not Person.objects.exists()


def test_who_edits_an_old_version_is_told(hr, courts):
    first = made(hr)
    change = {"op": "replace", "path": "preferredLanguage", "value": "ru"}

    stale = hr.patch(first["id"], change, **{"If-Match": 'W/"old"'})
    fresh = hr.patch(first["id"], change, **{"If-Match": first["meta"]["version"]})

    assert (stale.status_code, fresh.status_code) == (412, 204)
    who = first["id"]
    assert hr.get(f"{USERS}/{who}").json()["meta"]["version"] != first["meta"]["version"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ('userName eq "ASEL"', ["asel"]),
        ('externalId eq "HR-dana"', ["dana"]),
        ('userName sw "d" or userName sw "a"', ["asel", "dana"]),
        ('not (userName eq "asel")', ["dana"]),
        ('emails[type eq "work" and value co "dana@"]', ["dana"]),
        ('emails.value co "@court"', ["asel", "dana"]),
        ("active eq true", ["asel", "dana"]),
        ('name.familyName eq "Нет"', []),
        (f'{SERVICE}:post.position eq "judge"', ["asel"]),
        ('id eq "no such"', []),
        ("externalId pr", ["asel", "dana"]),
    ],
)
def test_filters_are_answered(hr, courts, asked, found):
    made(hr, **post(courts[0]))
    made(hr, "dana")

    answer = hr.call("GET", f"/Users?filter={asked.replace(' ', '%20')}")

    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert [one["userName"] for one in body.get("Resources", [])] == found
    assert body["totalResults"] == len(found)


def test_a_filter_that_cannot_be_asked_is_refused(hr):
    answer = hr.get("/Users?filter=displayName%20eq%20%22x%22")

    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidFilter")


def test_pages_of_people(hr, courts, django_assert_max_num_queries):
    for name in ("a", "b", "c"):
        made(hr, name, **post(courts[0]))
    hr.get("/Users")

    with django_assert_max_num_queries(8):
        body = hr.get("/Users?startIndex=2&count=2").json()

    assert [one["userName"] for one in body["Resources"]] == ["b", "c"]
    assert (body["totalResults"], body["startIndex"], body["itemsPerPage"]) == (3, 2, 2)


def test_roles_follow_the_members_of_their_groups(hr, courts):
    who = made(hr)["id"]
    members = {"op": "add", "path": "members", "value": [{"value": who}]}
    body = {"schemas": [PATCH], "Operations": [members]}

    without = hr.call("PATCH", "/Groups/trainer", body)
    factories.account("asel", of=Person.objects.get())
    granted = hr.call("PATCH", "/Groups/trainer", body)
    held = list(RoleGrant.objects.values_list("role", flat=True))
    gone = {"schemas": [PATCH], "Operations": [{"op": "remove", "path": "members"}]}
    withdrawn = hr.call("PATCH", "/Groups/trainer", gone)

    assert without.status_code == 400
    assert (granted.status_code, held) == (204, ["trainer"])
    assert (withdrawn.status_code, RoleGrant.objects.count()) == (204, 0)
    assert hr.call("POST", "/Groups", {"schemas": []}).status_code in (400, 403)
    assert hr.call("DELETE", "/Groups/trainer").status_code == 403


def test_the_scopes_are_kept_apart(db):
    nobody, reader, people = Hr(), Hr("people:read"), Hr("people:provision")
    body = {"schemas": [PATCH], "Operations": [{"op": "remove", "path": "members"}]}

    assert nobody.get("/Users").status_code == 401
    assert reader.get("/Users").status_code == 403
    assert reader.call("POST", "/Users", user()).status_code == 403
    assert people.get("/Groups").status_code == 200
    assert people.call("PATCH", "/Groups/auditor", body).status_code == 403
    assert not Person.objects.exists()


def test_identification_numbers_never_leave(hr, courts):
    made(hr)

    shown = hr.get("/Users").content + hr.get("/Schemas").content

    assert b"iin" not in shown.lower()


def test_what_is_no_json_is_refused(hr):
    answer = hr.http.post(
        "/scim/v2/Users", b"{", content_type="application/scim+json", headers=hr.headers
    )

    assert answer.status_code == 400
    assert orjson.loads(answer.content)["schemas"][0].endswith(":Error")
    assert not Position.objects.exists()
