"""Signing in by the courts' identity provider: one that others wrote, over HTTP on this machine."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from academy.accounts.models import Account
from academy.core import clock
from academy.ledger.models import Event
from academy.people.models import Person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def browser():
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def known(person, **facts):
    for name, value in facts.items():
        setattr(person, name, value)
    person.save(update_fields=list(facts))
    return person


def counts():
    return Account.objects.count(), Person.objects.count(), Event.objects.count()


def is_signed_in(browser):
    return browser.get("/profile/").status_code == 200


def test_a_judge_whom_hr_knows_signs_in_and_goes_where_she_wanted_to(cast, courts, browser):
    known(cast.asel, external_id="J-77")
    before = counts()

    with courts.signed_in_as("J-77"):
        response = courts.enter(browser, next="/courses/")

    assert (response.status_code, response.url) == (302, "/courses/")
    assert browser.get("/profile/").context["user"] == cast.asel_account
    assert counts() == before


def test_the_first_time_opens_an_account_and_the_second_time_uses_it(cast, courts, settings):
    person = known(cast.asel, employee_number="0042")
    Account.objects.filter(person=person).delete()
    settings.OIDC_MATCHES = "employee_number"

    with courts.signed_in_as("0042"):
        landed = [courts.enter(Client()).url for _ in range(2)]

    account = Account.objects.get(person=person)
    assert landed == ["/start/"] * 2
    assert not account.has_usable_password()
    assert [e.subject_id for e in Event.objects.filter(type="account.opened")] == [
        account.public_id
    ]


def test_whom_hr_does_not_know_is_told_whom_to_ask_and_nobody_is_made(cast, courts, browser):
    before = counts()

    with courts.signed_in_as("a-stranger"):
        response = courts.enter(browser)

    assert response.status_code == 409
    assert "Ask your court&#x27;s coordinator or the personnel office" in response.text
    assert counts() == before
    assert not is_signed_in(browser)


@pytest.mark.parametrize("how", ["left", "closed"])
def test_who_left_or_was_closed_out_does_not_get_in(cast, courts, browser, how):
    today = clock.now().date()
    known(
        cast.asel, external_id="J-77", left_on=today - timedelta(days=1) if how == "left" else None
    )
    Account.objects.filter(pk=cast.asel_account.pk).update(is_active=how == "left")
    before = counts()

    with courts.signed_in_as("J-77"):
        response = courts.enter(browser)

    assert response.status_code == 409
    assert counts() == before
    assert not is_signed_in(browser)


def test_a_number_that_two_people_share_is_nobodys(cast, courts, browser, settings):
    settings.OIDC_MATCHES = "employee_number"
    for person in (cast.asel, cast.dana):
        known(person, employee_number="0042")

    with courts.signed_in_as("0042"):
        response = courts.enter(browser)

    assert response.status_code == 409
    assert not is_signed_in(browser)


@pytest.mark.parametrize("lost", ["nonce", "pkce_code_verifier", "state"])
def test_an_answer_to_another_question_signs_nobody_in(cast, courts, browser, lost):
    known(cast.asel, external_id="J-77")
    with courts.signed_in_as("J-77"):
        back = courts.answer_to(browser)
        session = browser.session
        [(state, _at, _provider)] = session["socialaccount_states"].values()
        state[lost] = "of-another-question"
        if lost == "state":
            session["socialaccount_states"] = {}
        session.save()
        response = browser.get(back)

    assert response.status_code == 502
    assert "You are not signed in" in response.text
    assert not is_signed_in(browser)


def test_who_changes_their_mind_there_is_led_back(courts, browser):
    asked = browser.get("/sign-in/courts/")["Location"]
    [state] = parse_qs(urlsplit(asked).query)["state"]

    page = browser.get("/sign-in/courts/answer/", {"error": "access_denied", "state": state})

    assert page.status_code == 200
    assert "Back to signing in" in page.text


def test_there_is_no_such_way_in_where_none_is_configured(db, browser):
    assert "/sign-in/courts/" not in browser.get("/sign-in/").text
    assert browser.get("/sign-in/courts/").status_code == 404
    assert browser.get("/sign-in/courts/answer/?code=x&state=y").status_code == 404


def test_the_page_of_signing_in_leads_there_and_keeps_the_way_back(courts, browser):
    page = browser.get("/sign-in/?next=/desk/").text

    assert 'href="/sign-in/courts/?next=%2Fdesk%2F"' in page


def test_a_provider_that_is_away_is_told_as_that(cast, courts, browser, settings):
    settings.OIDC_ISSUER = "http://127.0.0.1:9"

    response = browser.get("/sign-in/courts/")

    assert response.status_code == 502
    assert "You are not signed in" in response.text
