"""Identity tokens that must not be believed: one that is right, and each way of being wrong."""

import base64
import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import jwt
import pytest
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import RequestFactory

from academy.accounts.identity_provider import Exchange
from academy.core import clock

ISSUER = "https://identity.courts.example"
OURS = rsa.generate_private_key(public_exponent=65537, key_size=2048)
FORGED = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def keys():
    """The provider's published keys, over HTTP."""
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(OURS.public_key()))
    body = json.dumps({"keys": [{**public, "kid": "one", "use": "sig", "alg": "RS256"}]}).encode()

    class Published(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words):
            """Quiet."""

    with HTTPServer(("127.0.0.1", 0), Published) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/keys"
        server.shutdown()


def token(*, key=OURS, algorithm="RS256", **changes):
    now = clock.now()
    claims = {
        "iss": ISSUER,
        "sub": "J-77",
        "aud": "training",
        "iat": now,
        "exp": now + timedelta(minutes=5),
        **changes,
    }
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, key, algorithm=algorithm, headers={"kid": "one"})


def decoded(keys, settings, text):
    settings.OIDC_ISSUER = ISSUER
    exchange = Exchange(RequestFactory().get("/"))
    exchange._openid_config = {"issuer": ISSUER, "jwks_uri": keys}
    return exchange._decode_id_token(SimpleNamespace(client_id="training"), text)


def test_a_right_token_is_believed_also_by_a_clock_that_is_half_a_minute_behind(keys, settings):
    ahead = clock.now() + timedelta(seconds=30)

    claims = decoded(keys, settings, token(iat=ahead, azp="training"))

    assert claims["sub"] == "J-77"


WRONG = {
    "of another issuer": {"iss": "https://elsewhere.example"},
    "for another service": {"aud": "payroll"},
    "made for another client": {"azp": "payroll", "aud": ["training", "payroll"]},
    "over": {"exp": 1},
    "from the future": {"iat": 4_000_000_000},
    "of nobody": {"sub": None},
    "without an end": {"exp": None},
    "signed by somebody else": {"key": FORGED},
    "signed with our own secret": {"key": "k" * 32, "algorithm": "HS256"},
    "not signed": {"key": None, "algorithm": "none"},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_token_that_is_wrong_is_refused(keys, settings, wrong):
    with pytest.raises(OAuth2Error):
        decoded(keys, settings, token(**wrong))


def test_a_token_that_was_changed_is_refused(keys, settings):
    head, body, signature = token().split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    other = base64.urlsafe_b64encode(json.dumps({**claims, "sub": "J-1"}).encode()).rstrip(b"=")

    with pytest.raises(OAuth2Error):
        decoded(keys, settings, f"{head}.{other.decode()}.{signature}")
