import io
from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command

from academy.clients.models import Client
from academy.core import clock
from academy.ledger.models import Event
from tests.api.calls import ask_for_token, system


def said(*words):
    out = io.StringIO()
    call_command("client", *words, stdout=out)
    return out.getvalue()


def told(words):
    """The key pair that the command printed."""
    return tuple(words.split(f"{name}: ")[1].split()[0] for name in ("client_id", "client_secret"))


@pytest.mark.django_db
def test_a_key_pair_is_shown_once_and_stored_hashed():
    words = said("add", "HR of the courts", "--scope", "people:read", "--projection", "full")

    client = Client.objects.get()
    secret = words.split("client_secret: ")[1].split()[0]
    assert (client.scopes, client.projection) == (["people:read"], "full")
    assert client.client_id in words
    assert secret not in client.client_secret
    assert secret not in said("list")


@pytest.mark.django_db
def test_a_second_client_of_the_same_name_is_refused():
    said("add", "HR", "--scope", "people:read")

    with pytest.raises(CommandError):
        said("add", "HR", "--scope", "people:read")
    assert Client.objects.count() == 1


def test_a_new_secret_works_at_once_and_the_former_one_for_a_day(cast):
    first = told(said("add", "HR", "--scope", "people:read"))
    second = told(said("rotate", "HR"))
    now = clock.now()

    def good(at):
        with time_machine.travel(at, tick=False):
            answers = [ask_for_token(*pair).status_code for pair in (first, second)]
            assert ask_for_token(first[0], "guessed").status_code == 401
        return answers

    assert first[0] == second[0]
    assert good(now + timedelta(hours=23)) == [200, 200]
    assert good(now + timedelta(hours=25)) == [401, 200]
    assert Event.objects.filter(type="client.rotated").count() == 1


def test_taking_a_key_back_ends_the_former_secret_too(cast):
    first = told(said("add", "HR", "--scope", "people:read"))
    second = told(said("rotate", "HR"))

    said("revoke", "HR")

    assert [ask_for_token(*pair).status_code for pair in (first, second)] == [401, 401]
    with pytest.raises(CommandError):
        said("rotate", "HR")


def test_a_revoked_client_is_out(cast):
    hr = system("people:read")
    name = Client.objects.get().name

    said("revoke", name)

    assert hr.get("/people").status_code == 401
