"""Identification numbers at rest: encrypted to be read back, and hashed under a key to be found."""

import hashlib
import hmac

from cryptography.fernet import Fernet
from django.conf import settings


def encrypt(value: str) -> bytes:
    """The number as it is stored."""
    return Fernet(settings.IIN_ENCRYPTION_KEY).encrypt(value.encode("ascii"))


def decrypt(stored: bytes) -> str:
    """The number itself; every caller shows it masked."""
    return Fernet(settings.IIN_ENCRYPTION_KEY).decrypt(bytes(stored)).decode("ascii")


def lookup_hash(value: str) -> str:
    """What is indexed instead: the same for the same number, useless without the key."""
    key = settings.IIN_HASH_KEY.encode("utf-8")
    return hmac.new(key, value.encode("ascii"), hashlib.sha256).hexdigest()
