"""How tests call the API: as an account, as another system, as nobody."""

from base64 import b64encode
from typing import Any
from uuid import uuid4

from django.test import Client

from academy.accounts.models import Account
from academy.clients.actions import add_client
from tests.factories import ACTOR

V1 = "/api/v1"


class Caller:
    """A small HTTP client: JSON out, JSON in, an Idempotency-Key with every POST."""

    def __init__(self, token: str = "", account: Account | None = None) -> None:
        self.http = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        if account is not None:
            self.http.force_login(
                account, backend="allauth.account.auth_backends.AuthenticationBackend"
            )

    def get(self, path: str, **headers: str) -> Any:
        return self.http.get(f"{V1}{path}", headers={**self.headers, **headers})

    def post(
        self, path: str, body: object = None, *, key: str | None = None, **headers: str
    ) -> Any:
        sent = {**self.headers, **headers}
        if key != "":
            sent["Idempotency-Key"] = key or uuid4().hex
        return self.http.post(
            f"{V1}{path}",
            data={} if body is None else body,
            content_type="application/json",
            headers=sent,
        )


def system(*scopes: str, projection: str = "full") -> Caller:
    """Another court system with these scopes, signed in by client credentials."""
    pair = add_client(
        name=f"system {uuid4().hex}", scopes=scopes, projection=projection, actor=ACTOR
    )
    answer = ask_for_token(pair.client_id, pair.client_secret)
    assert answer.status_code == 200, answer.content
    return Caller(token=answer.json()["access_token"])


def ask_for_token(client_id: str, secret: str) -> Any:
    """The answer of the token endpoint to this key pair."""
    basic = b64encode(f"{client_id}:{secret}".encode()).decode()
    return Client().post(
        "/oauth/token/",
        {"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {basic}"},
    )
