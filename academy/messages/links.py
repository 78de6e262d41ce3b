"""The link by which a reader stops mails that are not duty: signed, without a row of its own."""

from functools import cache
from uuid import UUID

from django.core import signing
from django.urls import reverse

SALT = "messages.stop"
PLACE = "-place-of-the-token-"


def stop_path(message: UUID) -> str:
    """Where the reader of this message stops mails of its kind. Works as long as the key does."""
    token = signing.Signer(salt=SALT).sign(message.hex)
    return _page().replace(PLACE, token)


@cache
def _page() -> str:
    """Asked for once: finding a page by its name takes many times as long as signing."""
    return reverse("academy:stop_mails", kwargs={"token": PLACE})


def message_of(token: str) -> UUID | None:
    """The message that the link came with; none when the link is not ours."""
    try:
        return UUID(signing.Signer(salt=SALT).unsign(token))
    except (signing.BadSignature, ValueError):
        return None
