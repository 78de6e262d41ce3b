"""Signing in by an electronic signature: the service that checks it is the institution's."""

import hashlib
from datetime import timedelta

import pytest
from django.test import Client

from academy.accounts import registry
from academy.accounts.models import Account
from academy.core import clock
from academy.ledger.models import Event
from academy.people.models import Person
from academy.people.secrets import lookup_hash

pytestmark = pytest.mark.django_db(transaction=True)
IIN = "900101300017"


class Service:
    """The double of a certificate issuer's service: a signature is `number:digest of the text`."""

    is_away = False

    def verify(self, *, challenge, signature):
        if self.is_away:
            raise ConnectionError
        number, _, digest = signature.partition(":")
        is_right = digest == hashlib.sha256(challenge.encode()).hexdigest()
        return {"serial": number} if is_right else None


@pytest.fixture
def service(settings):
    settings.SIGNATURE_CLAIM, settings.SIGNATURE_MATCHES = "serial", "iin"
    service = Service()
    registry.check_signatures_by(service)
    yield service
    registry.check_signatures_by(None)


@pytest.fixture
def asel(cast):
    cast.asel.iin_hash = lookup_hash(IIN)
    cast.asel.save(update_fields=["iin_hash"])
    return cast.asel


@pytest.fixture
def browser():
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def signed(text, number=IIN):
    return f"{number}:{hashlib.sha256(text.encode()).hexdigest()}"


def asked(browser):
    return browser.get("/sign-in/signature/").context["challenge"]


def answer(browser, signature, **more):
    return browser.post("/sign-in/signature/", {"signature": signature, **more})


def is_signed_in(browser):
    return browser.get("/profile/").status_code == 200


def test_who_signs_the_text_is_signed_in_and_goes_where_they_wanted_to(asel, service, browser):
    text = asked(browser)

    response = answer(browser, signed(text), next="/courses/")

    assert text.startswith("Sign in to http://127.0.0.1:8000\n")
    assert (response.status_code, response.url) == (302, "/courses/")
    assert browser.get("/profile/").context["user"].person == asel


def test_a_text_is_good_for_one_try_and_for_its_own_browser(asel, service, browser):
    text, other = asked(browser), Client()
    asked(other)

    stolen = answer(other, signed(text))
    wrong = answer(browser, "nonsense")
    late = answer(browser, signed(text))

    assert [stolen.status_code, wrong.status_code, late.status_code] == [409] * 3
    assert not is_signed_in(browser)
    assert not is_signed_in(other)


def test_a_text_is_over_after_five_minutes(asel, service, browser, time_machine):
    text = asked(browser)
    time_machine.move_to(clock.now() + timedelta(minutes=5, seconds=1))

    response = answer(browser, signed(text))

    assert response.status_code == 409
    assert "Too much time has passed" in response.text
    assert not is_signed_in(browser)


@pytest.mark.parametrize("who", ["a stranger", "somebody who left", "nobody"])
def test_a_good_signature_of_the_wrong_person_opens_nothing(asel, service, browser, who):
    Person.objects.filter(pk=asel.pk).update(
        left_on=clock.now().date() if who == "somebody who left" else None
    )
    number = {"a stranger": "900101300018", "nobody": ""}.get(who, IIN)
    before = Account.objects.count(), Person.objects.count(), Event.objects.count()

    response = answer(browser, signed(asked(browser), number))

    assert response.status_code == 409
    assert (Account.objects.count(), Person.objects.count(), Event.objects.count()) == before
    assert not is_signed_in(browser)


def test_a_service_that_is_away_is_told_as_that(asel, service, browser):
    text, service.is_away = asked(browser), True

    response = answer(browser, signed(text))

    assert response.status_code == 503
    assert "Signatures cannot be checked now." in response.text


def test_the_page_of_signing_in_leads_there_only_where_a_service_is(service, browser):
    assert "/sign-in/signature/" in browser.get("/sign-in/").text
    registry.check_signatures_by(None)
    assert "/sign-in/signature/" not in browser.get("/sign-in/").text
    assert browser.get("/sign-in/signature/").status_code == 404
