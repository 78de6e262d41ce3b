"""What a statement of somebody outside about who signs in is worth here. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta

# What HR knows of a person, and by which a statement may name one.
NAMED_BY = ("external_id", "employee_number", "user_name", "email", "iin")
CHALLENGE_LASTS = timedelta(minutes=5)


def named(claims: Mapping[str, object], *, claim: str, by: str) -> str:
    """The value by which the claims name a person; empty where they name nobody.

    An address counts only where the provider says that it has verified it: anybody may type one.
    """
    if by == "email" and claims.get("email_verified") is not True:
        return ""
    value = claims.get(claim)
    return value.strip() if isinstance(value, str) else ""


def challenge(*, place: str, nonce: str, at: datetime) -> str:
    """The text to be signed: for this service only, once only, now only.

    It is readable, so that the program that signs can show a person what it is asked for.
    """
    return f"Sign in to {place}\n{at.isoformat(timespec='seconds')}\n{nonce}"


def is_fresh(asked_at: datetime, now: datetime) -> bool:
    """Whether a challenge may still be answered: for five minutes."""
    return timedelta() <= now - asked_at <= CHALLENGE_LASTS
