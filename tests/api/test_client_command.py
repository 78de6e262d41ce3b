import io

import pytest
from django.core.management import CommandError, call_command

from academy.clients.models import Client
from tests.api.calls import system


def said(*words):
    out = io.StringIO()
    call_command("client", *words, stdout=out)
    return out.getvalue()


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


def test_a_revoked_client_is_out(cast):
    hr = system("people:read")
    name = Client.objects.get().name

    said("revoke", name)

    assert hr.get("/people").status_code == 401
