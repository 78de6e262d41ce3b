"""Participation as xAPI statements: from events to a strict store over HTTP."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from academy.core import clock
from academy.ledger import actions as ledger, delivery
from academy.ledger.actions import Fact, record
from academy.ledger.models import Cursor
from academy.people.models import Person
from academy.people.registry import everything_about
from enrollment.attendance.enums import MarkStatus
from enrollment.certificates import actions as certificates
from enrollment.certificates.enums import EndReason
from enrollment.certificates.models import Certificate
from enrollment.connectors import handlers, lrs
from enrollment.connectors.models import Errand
from tests import factories
from tests.enrollment import stage
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)
PRESENT, ABSENT = MarkStatus.PRESENT, MarkStatus.ABSENT


def tell():
    """What the ledger's clock and the connector's do."""
    ledger.sequence_all()
    delivery.drain(handlers.LRS)
    return lrs.carry_to_lrs()


def states():
    return sorted(Errand.objects.values_list("state", flat=True))


@pytest.fixture
def finalised(held):
    """Two people sat there, one of them to the end, who got a certificate."""
    run = held(people=2, sessions=2, min_attendance_share=Decimal("0.80"))
    run.mark_one(0, PRESENT, PRESENT)
    run.mark_one(1, PRESENT, ABSENT)
    run.finalise()
    return run


def test_participation_is_told_and_nothing_about_the_person(store, finalised):
    stayed, left = (enrollment.person for enrollment in finalised.people)

    assert tell() == 6

    told = {
        verb: [one["actor"]["account"]["name"] for one in store.said(verb)]
        for verb in ("registered", "attended", "completed", "certified")
    }
    assert {verb: sorted(names) for verb, names in told.items()} == {
        "registered": sorted([str(stayed.public_id), str(left.public_id)]),
        "attended": sorted([str(stayed.public_id), str(left.public_id)]),
        "completed": [str(stayed.public_id)],
        "certified": [str(stayed.public_id)],
    }
    everything = json.dumps(store.kept, ensure_ascii=False)
    serial = Certificate.objects.get().serial
    for person in Person.objects.all():
        assert person.family_name not in everything
    assert serial not in everything
    assert "@" not in everything


def test_who_is_told_of_sees_what_was_told(store, finalised):
    tell()
    person = finalised.people[1].person
    browser = Client()
    browser.force_login(factories.account(of=person))
    browser.cookies["django_language"] = "en"

    known = everything_about(person)["learning_records"]

    assert [(row["said"], row["state"]) for row in known] == [
        ("registered", "done"),
        ("attended", "done"),
    ]
    assert "is also told to the learning record store" in browser.get("/profile/who-saw/").text


def test_a_statement_says_which_run_of_which_course_and_for_how_long(store, finalised):
    tell()

    [completed] = store.said("completed")
    run, enrollment = finalised.run, finalised.people[0]
    assert completed["object"]["id"] == f"{settings.PUBLIC_URL}/api/v1/runs/{run.public_id}"
    assert completed["object"]["definition"]["name"] == run.version.title
    assert completed["result"] == {"completion": True, "duration": "PT180M"}
    assert completed["context"] == {
        "contextActivities": {
            "parent": [{"id": f"{settings.PUBLIC_URL}/courses/{run.course.code}/"}]
        },
        "registration": str(enrollment.public_id),
    }


def test_reading_the_ledger_again_says_nothing_new_and_the_same_thing_twice_is_no_conflict(
    store, finalised
):
    tell()
    kept = dict(store.kept)
    Cursor.objects.filter(pk="lrs").delete()
    assert tell() == 0
    Errand.objects.update(state="waiting")  # as if every answer had been lost

    assert tell() == 6

    assert store.kept == kept
    assert states() == ["done"] * 6


def test_a_certificate_that_is_revoked_is_taken_back(store, finalised):
    tell()
    [certified] = store.said("certified")
    certificates.revoke(
        certificate=Certificate.objects.get().public_id,
        reason=EndReason.ISSUED_IN_ERROR,
        actor=ACTOR,
    )

    tell()

    assert [one["object"]["id"] for one in store.said("voided")] == [certified["id"]]


def test_an_outcome_that_is_corrected_takes_back_what_was_said_before(store, finalised):
    tell()
    enrollment = finalised.people[0]
    before = {
        one["id"]
        for one in (*store.said("attended"), *store.said("completed"))
        if one["actor"]["account"]["name"] == str(enrollment.person.public_id)
    }

    data = {
        "enrollment": str(enrollment.public_id),
        "outcome": "partial",
        "minutes_attended": 90,
        "revision": 2,
    }
    with transaction.atomic():
        record(
            [
                Fact(
                    "outcome.frozen",
                    "outcome",
                    enrollment.outcomes.get().public_id,
                    finalised.run.public_id,
                    enrollment.person.public_id,
                    data,
                )
            ],
            actor=ACTOR,
            at=clock.now(),
        )

    tell()

    assert {one["object"]["id"] for one in store.said("voided")} == before
    assert [one["result"]["duration"] for one in store.said("attended")].count("PT90M") == 2


def test_a_store_that_is_away_gets_everything_later(store, finalised, time_machine):
    store.down = True
    assert tell() == 0
    assert states() == ["waiting"] * 6
    assert tell() == 0
    assert store.calls == 1  # it is left alone for a while

    store.down = False
    time_machine.move_to(clock.now() + timedelta(seconds=11))
    assert tell() == 6
    assert len(store.kept) == 6


def test_a_statement_that_is_refused_harms_no_other(store, finalised):
    ledger.sequence_all()
    delivery.drain(handlers.LRS)
    bad = Errand.objects.order_by("pk").first()
    store.kept[str(bad.key)] = {"id": str(bad.key), "said": "by somebody else"}

    assert lrs.carry_to_lrs() == 6

    assert list(Errand.objects.filter(state="given_up").values_list("key", flat=True)) == [bad.key]
    assert Errand.objects.get(state="given_up").answer.startswith("409 ")
    assert len(store.kept) == 6


def test_fifty_go_in_one_call(store):
    run = factories.run(seats=60)
    stage.fill(run, 60)

    assert tell() == 60
    assert store.calls == 2


def test_only_the_verbs_that_the_institution_wants_are_said(store, finalised, settings):
    settings.XAPI_VERBS = ["completed"]

    assert tell() == 1


def test_nothing_is_called_where_no_store_is_configured(finalised, settings):
    settings.XAPI_ENDPOINT = ""

    assert lrs.carry_to_lrs() == 0
