"""Signatures of calls by the Standard Webhooks scheme, and the secrets at rest."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

PREFIX = "whsec_"


def new_secret() -> str:
    """A secret of 256 random bits, as receivers' libraries take it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def headers(call: str, at: datetime, body: bytes, keys: Sequence[str]) -> dict[str, str]:
    """The headers of one try: one signature per secret that is valid at present."""
    moment = str(int(at.timestamp()))
    signed = f"{call}.{moment}.".encode() + body
    signatures = " ".join(f"v1,{_signature(key, signed)}" for key in keys)
    return {
        "Content-Type": "application/json",
        "webhook-id": call,
        "webhook-timestamp": moment,
        "webhook-signature": signatures,
    }


def _signature(key: str, signed: bytes) -> str:
    raw = base64.b64decode(key.removeprefix(PREFIX))
    return base64.b64encode(hmac.new(raw, signed, hashlib.sha256).digest()).decode()


def seal(secret: str) -> bytes:
    """A secret as it is stored."""
    return _box().encrypt(secret.encode())


def unseal(stored: bytes) -> str:
    """The secret itself, to sign with."""
    return _box().decrypt(bytes(stored)).decode()


def _box() -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = (hashlib.sha256(b"webhooks:" + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
