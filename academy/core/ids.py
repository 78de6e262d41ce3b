"""Identifiers that leave the house: random, so that they tell neither number nor time."""

import base64
import secrets
import uuid


def public_id() -> uuid.UUID:
    """A random UUID for URLs, events and the API; integers stay inside."""
    return uuid.uuid4()


def named(kind: str, key: str) -> uuid.UUID:
    """The same UUID for the same name: for rows of lists, whose code everybody knows anyway."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"urn:judicial-training:{kind}:{key}")


def unguessable() -> str:
    """A serial or token of 128 random bits: 26 letters and digits that can be read aloud."""
    return base64.b32encode(secrets.token_bytes(16)).decode("ascii").rstrip("=")


def uuid_of(text: str) -> uuid.UUID | None:
    """A public id that somebody sent, if it is one."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
