"""Canaille, an identity provider that others wrote: it insists on the nonce and on PKCE."""

import importlib
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client


@dataclass
class Courts:
    """The provider, with our registration there, and a browser that goes to it and back."""

    server: Any
    registration: Any
    users: dict[str, Any] = field(default_factory=dict)

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "OIDC_ISSUER": self.server.url.rstrip("/"),
            "OIDC_CLIENT_ID": self.registration.client_id,
            "OIDC_CLIENT_SECRET": self.registration.client_secret,
        }

    @contextmanager
    def signed_in_as(self, name: str) -> Iterator[None]:
        """Somebody who is signed in at the provider, and lets it tell us who that is."""
        if name not in self.users:
            self.users[name] = self.server.random_user(user_name=name)
            self.server.consent(self.users[name], self.registration)
        self.server.login(self.users[name])
        try:
            yield
        finally:
            self.server.logout()
            with self.server.app.app_context():  # it confuses codes that were never redeemed
                for code in self.server.backend.query(self.server.models.AuthorizationCode):
                    self.server.backend.delete(code)

    def answer_to(self, browser: Client, **query: str) -> str:
        """Where the provider sends the browser back to."""
        asked = browser.get("/sign-in/courts/", query)
        assert asked.status_code == 302, asked.content
        answered = self.server.test_client.get(asked["Location"])
        back: str = answered.location
        assert back.startswith(django_settings.PUBLIC_URL + "/sign-in/courts/answer/"), back
        return back.removeprefix(django_settings.PUBLIC_URL)

    def enter(self, browser: Client, **query: str) -> Any:
        return browser.get(self.answer_to(browser, **query))


@pytest.fixture(scope="session")
def identity_provider(tmp_path_factory: Any, request: Any) -> Iterator[Courts]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its packages
        # Takes two seconds, and only these tests need it.
        pytest_iam: Any = importlib.import_module("pytest_iam")

        port = pytest_iam.portpicker.pick_unused_port()
        configuration = _undecorated(pytest_iam.iam_configuration)(tmp_path_factory, port)
        app = pytest_iam.create_app(config=configuration)
        server = pytest_iam.Server(app, port, pytest_iam.Backend.instance)
        thread = threading.Thread(target=server.httpd.serve_forever, daemon=True)
        thread.start()
        with app.app_context():
            registration = pytest_iam.models.Client(
                client_id="training",
                client_secret="kept-between-the-two",
                client_name="Training",
                redirect_uris=[django_settings.PUBLIC_URL + "/sign-in/courts/answer/"],
                grant_types=["authorization_code"],
                response_types=["code"],
                scope=["openid", "profile", "email"],
                token_endpoint_auth_method="client_secret_basic",
                id_token_signed_response_alg="RS256",
            )
            server.backend.save(registration)
            server.backend.update(registration, audience=[registration])
            server.backend.save(registration)
        yield Courts(server, registration)
        server.httpd.shutdown()
        thread.join(5)
        server.httpd.server_close()


def _undecorated(fixture: Any) -> Callable[..., dict[str, Any]]:
    """The function behind a fixture, which pytest lets nobody call."""
    function: Callable[..., dict[str, Any]] = fixture._get_wrapped_function()
    return function


@pytest.fixture
def courts(identity_provider: Courts, settings: Any) -> Courts:
    """The provider, configured as an institution would."""
    for name, value in identity_provider.settings.items():
        setattr(settings, name, value)
    return identity_provider
