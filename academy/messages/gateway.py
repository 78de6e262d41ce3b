"""Text messages through a gateway that takes a webhook: an SMS provider, web push, a messenger.

The call is signed by the Standard Webhooks scheme and carries the message's own id on every try, so
that a gateway which hears the same twice can tell. It says that there is something to read, in the
reader's language, and where; what it is stays behind the sign-in.
"""

import re

import orjson
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from academy.calls import signing, transport
from academy.messages.letters import Letter, Refusal, Unreachable

NUMBER = re.compile(r"\+[1-9]\d{7,14}")  # ITU-T E.164, as typed without spaces
TYPE = "message.waiting"
LATER = frozenset({408, 425, 429})  # this one call came too soon
NOT_US = frozenset({401, 403, 404, 410})  # nothing of ours is taken: a fault of the set-up


def is_ready() -> bool:
    """Whether the operators have named a gateway."""
    return bool(settings.GATEWAY_URL)


def is_number(text: str) -> bool:
    """Whether a text message can be addressed to it as it stands."""
    return NUMBER.fullmatch(text) is not None


def send(letter: Letter) -> None:
    """Hand one text message over; to return means that the gateway has it."""
    body = orjson.dumps({"type": TYPE, "timestamp": letter.at, "data": _data(letter)})
    headers = signing.headers(str(letter.id), letter.at, body, [settings.GATEWAY_SECRET])
    try:
        reply = transport.post(settings.GATEWAY_URL, body, headers)
    except transport.NotCalled as error:
        raise Unreachable(f"gateway: {error}") from error
    if 200 <= reply.status < 300:
        return
    if reply.status in NOT_US:
        raise Unreachable(f"gateway: {reply.status}")
    raise Refusal(
        f"gateway_{reply.status}", is_temporary=reply.status in LATER or reply.status >= 500
    )


def _data(letter: Letter) -> dict[str, str]:
    language = letter.words.language
    url = f"{settings.PUBLIC_URL}{reverse('academy:sent')}"
    with translation.override(language):
        text = _("There is a message for you from judicial training: %(url)s") % {"url": url}
    return {"to": letter.to, "text": text, "language": language, "url": url}
