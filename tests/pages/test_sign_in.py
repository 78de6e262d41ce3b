"""Signing in and out, being locked out, the second step, and the end of a session."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse

from academy.access.enums import Role
from academy.accounts import actions, queries
from academy.accounts.models import Account
from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Refused
from academy.ledger import delivery
from academy.ledger.models import Event
from academy.messages.models import Message
from academy.people.actions import person_left
from tests import factories

ACTOR = Actor.system("tests")


def sign_in(client, login="asel", password=factories.PASSWORD, **more):
    return client.post("/sign-in/", {"login": login, "password": password, **more})


def is_signed_in(client):
    return client.get("/profile/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("login", "lands"),
    [("asel", "/"), ("boris", "/"), ("kenzhe", "/"), ("timur", "/desk/"), ("clara", "/desk/")],
)
def test_the_right_password_leads_to_ones_work(cast, browser, settings, login, lands):
    settings.SECOND_FACTOR_REQUIRED = False
    client = browser()

    response = sign_in(client, login)

    assert (response.status_code, response.url) == (302, "/start/")
    assert client.get("/start/").url == lands
    assert is_signed_in(client)


@pytest.mark.django_db
def test_the_sign_in_name_may_be_typed_in_capitals(cast, browser):
    client = browser()

    sign_in(client, login="ASEL")

    assert is_signed_in(client)


@pytest.mark.django_db
def test_a_wrong_password_is_told_and_signs_nobody_in(cast, browser):
    client = browser()

    response = sign_in(client, password="wrong")

    assert response.status_code == 200
    assert "The username and/or password you specified are not correct." in response.text
    assert not is_signed_in(client)


@pytest.mark.django_db
def test_after_eight_wrong_passwords_the_name_is_locked(cast, browser):
    client = browser()

    answers = [sign_in(client, password="wrong").status_code for _ in range(8)]
    right = sign_in(client)

    assert answers == [200] * 7 + [429]
    assert right.status_code == 429
    assert "Too many attempts" in right.text
    assert not is_signed_in(client)


@pytest.mark.django_db
def test_signing_out_ends_the_session(cast, browser):
    client = browser(cast.asel_account)

    client.post("/sign-out/")

    assert not is_signed_in(client)


@pytest.mark.django_db
def test_nobody_signs_up(browser):
    before = Account.objects.count()

    response = browser().post(
        "/sign-in/closed/", {"username": "x", "password1": "long-enough-password"}
    )

    assert response.status_code == 200
    assert Account.objects.count() == before


@pytest.mark.django_db
def test_a_session_idles_out(cast, browser, settings, monkeypatch):
    client = browser(cast.asel_account)
    assert is_signed_in(client)

    later = clock.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE + 1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    client.session  # noqa: B018 - reads what is still there
    from django.core.cache import cache  # noqa: PLC0415

    cache.clear()

    assert not is_signed_in(client)


@pytest.mark.django_db(transaction=True)
def test_who_leaves_is_signed_out_at_once(cast, browser):
    client = browser(cast.asel_account)
    assert is_signed_in(client)

    person_left(person=cast.asel.public_id, left_on=clock.now().date(), actor=ACTOR)

    assert not is_signed_in(client)
    assert sign_in(Client()).status_code == 200  # and not 302: the password is gone


@pytest.mark.django_db(transaction=True)
def test_an_account_that_is_opened_again_revives_no_session(cast, browser):
    client = browser(cast.asel_account)
    actions.deactivate(account=cast.asel_account.public_id, actor=ACTOR)

    Account.objects.filter(pk=cast.asel_account.pk).update(is_active=True)

    assert not is_signed_in(client)
    assert Event.objects.filter(type="account.closed").count() == 1


SECOND_FACTOR = [
    (Role.REGISTRAR, True),
    (Role.AUDITOR, True),
    (Role.ADMIN, True),
    (Role.TRAINER, False),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "is_needed"), SECOND_FACTOR)
def test_roles_that_decide_over_others_need_a_second_step(browser, settings, role, is_needed):
    settings.SECOND_FACTOR_REQUIRED = True
    client = browser(factories.account(of=factories.person(), role=role))

    page, endpoint = client.get("/"), client.get("/api/v1/people")

    if is_needed:
        assert (page.status_code, page.url) == (302, reverse("mfa_index"))
        assert endpoint.status_code == 403
        assert endpoint["Content-Type"] == "application/problem+json"
        assert endpoint.json()["code"] == "second_factor_needed"
    else:
        assert page.status_code == 200


@pytest.mark.django_db
def test_with_a_second_step_set_up_the_desk_opens(browser, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    account = factories.account(of=factories.person(), role=Role.REGISTRAR)
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": "x"})

    response = browser(account).get("/")

    assert response.status_code == 200


@pytest.mark.django_db
def test_the_demo_does_not_ask_for_a_second_step(browser, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    account = factories.account(of=factories.person(), role=Role.REGISTRAR)

    assert browser(account).get("/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_an_invitation_leads_to_an_own_password(browser):
    person = factories.person()
    account = actions.invite(person=person, actor=ACTOR)
    delivery.advance()
    client = browser()

    chosen = "a-long-new-password"
    form = client.get(queries.activation_path(account), follow=True)
    address = form.redirect_chain[-1][0]
    client.post(address, {"password1": chosen, "password2": chosen})

    message = Message.objects.get(person=person)
    assert (message.kind, message.subject_id) == ("account_invited", account.public_id)
    assert sign_in(client, login=account.login, password=chosen).status_code == 302
    assert is_signed_in(client)


@pytest.mark.django_db(transaction=True)
def test_a_person_is_invited_once(cast):
    before = Event.objects.count()

    with pytest.raises(Refused) as refusal:
        actions.invite(person=cast.asel, actor=ACTOR)

    assert refusal.value.code == "account_exists"
    assert Event.objects.count() == before


@pytest.mark.django_db
def test_a_forgotten_password_is_asked_for_by_mail(cast, browser):
    Account.objects.filter(pk=cast.asel_account.pk).update(email="asel@example.org")

    response = browser().post("/account/password/reset/", {"email": "asel@example.org"})

    assert response.status_code == 302
    assert [sent.to for sent in mail.outbox] == [["asel@example.org"]]
    assert "/account/password/reset/key/" in mail.outbox[0].body


@pytest.mark.django_db
def test_an_unknown_address_gets_the_same_answer(cast, browser):
    response = browser().post("/account/password/reset/", {"email": "nobody@example.org"})

    assert (response.status_code, response.url) == (302, "/account/password/reset/sent/")
