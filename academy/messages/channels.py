"""The ways to a reader, as one table: where each leads, when it cannot be gone, how it is gone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from academy.messages import gateway, registry, rules
from academy.messages.enums import Convenience
from academy.messages.letters import Letter
from academy.messages.post import Post
from academy.messages.registry import Claimed

EMAIL, PAGE, TEXT = "email", "page", "text"


@dataclass(frozen=True, slots=True)
class Channel:
    """`unsendable` says why nothing can go out this way, as a code; empty when it can.

    `send` raises `Refusal` or `Unreachable`; to return means "the other side has it".
    """

    address: Callable[[Claimed], str]
    unsendable: Callable[[Claimed], str]
    send: Callable[[Letter, Post], None]


def _no_mail(row: Claimed) -> str:
    if not rules.is_deliverable(row.address):
        return "bad_address" if row.address else "no_address"
    return "dead_address" if row.is_dead else ""


def _no_text(row: Claimed) -> str:
    return "" if gateway.is_ready() and gateway.is_number(row.phone) else "no_text_messages"


CHANNELS: Mapping[str, Channel] = {
    EMAIL: Channel(lambda row: row.address, _no_mail, lambda letter, post: post.send(letter)),
    TEXT: Channel(lambda row: row.phone, _no_text, lambda letter, _post: gateway.send(letter)),
    # Every message stands on the page once it is in words: there is nothing to send.
    PAGE: Channel(lambda _row: "", lambda _row: "", lambda _letter, _post: None),
}
CHOSEN: Mapping[str, str] = {Convenience.PAGE: PAGE, Convenience.TEXT: TEXT}


def channel_of(rows: Sequence[Claimed]) -> str:
    """How what is told one reader at once goes: duty by mail, the rest as its reader wants it.

    By mail, too, where the way that was chosen is closed.
    """
    is_duty = any(registry.kind(row.kind).duty for row in rows)
    chosen = EMAIL if is_duty else CHOSEN.get(rows[0].conveniences, EMAIL)
    return EMAIL if CHANNELS[chosen].unsendable(rows[0]) else chosen
