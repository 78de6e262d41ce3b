from base64 import b64encode
from uuid import uuid4

import orjson
import pytest
from django.test import Client

from academy.clients.actions import add_client
from academy.rest.authentication import forget_tokens
from tests import factories

SERVICE = "urn:judicial-training:scim:schemas:extension:service:1.0:User"
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
USERS = "/Users"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@pytest.fixture(autouse=True)
def _no_memory():
    forget_tokens()


def token_with(*scopes):
    pair = add_client(
        name=f"HR {uuid4().hex}", scopes=scopes, projection="minimal", actor=factories.ACTOR
    )
    basic = b64encode(f"{pair.client_id}:{pair.client_secret}".encode()).decode()
    answer = Client().post(
        "/oauth/token/",
        {"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {basic}"},
    )
    return answer.json()["access_token"]


class Hr:
    """The HR system's end of SCIM."""

    def __init__(self, *scopes):
        self.http = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {token_with(*scopes)}"} if scopes else {}

    def call(self, method, path, body=None, **headers):
        return self.http.generic(
            method,
            f"/scim/v2{path}",
            b"" if body is None else orjson.dumps(body),
            content_type="application/scim+json",
            headers={**self.headers, **headers},
        )

    def get(self, path, **headers):
        return self.call("GET", path, **headers)

    def patch(self, person, *operations, **headers):
        body = {"schemas": [PATCH], "Operations": [*operations]}
        return self.call("PATCH", f"{USERS}/{person}", body, **headers)


@pytest.fixture
def hr(db):
    return Hr("people:provision", "roles:provision")


def user(login="asel", **rest):
    """A person as HR sends one."""
    return {
        "schemas": [CORE, SERVICE],
        "userName": login,
        "externalId": f"HR-{login}",
        "name": {"familyName": "Әлиева", "givenName": "Әсел", "middleName": "Ермекқызы"},
        "emails": [{"value": f"{login}@court.example.org"}],
        "preferredLanguage": "kk",
        "active": True,
        **rest,
    }


def post(court, position="judge", **rest):
    return {SERVICE: {"post": {"court": court.code, "position": position, **rest}}}
