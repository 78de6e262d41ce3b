"""Reports of mail servers about our mails (RFC 3464): one of the kinds of mail that arrive."""

import email
import re
from collections.abc import Iterator
from email.message import Message as Mail
from uuid import UUID

from academy.messages.address_actions import Returned, record_returned

OUR_ID = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@")


def reports_in(raw: bytes) -> Iterator[Returned]:
    """What a delivery status notification says of our mail; nothing if it is another kind of mail.

    The mail is known by the Message-ID among the headers that the report quotes.
    """
    mail = email.message_from_bytes(raw)
    if mail.get_content_type() != "multipart/report":
        return
    ours = _our_message(mail)
    if ours is None:
        return
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            yield from _recipients(part, ours)


def _our_message(mail: Mail) -> UUID | None:
    """The Message-ID of the returned mail: from its headers, wherever the server put them."""
    for part in mail.walk():
        if part.get_content_type() == "message/rfc822":
            found = OUR_ID.match(str(part.get_payload(0)["Message-ID"] or "").strip())  # type: ignore[index]
        elif part.get_content_type() == "text/rfc822-headers":
            text = part.get_payload(decode=True) or b""
            headers = email.message_from_bytes(text if isinstance(text, bytes) else b"")
            found = OUR_ID.match(str(headers["Message-ID"] or "").strip())
        else:
            continue
        if found:
            return UUID(found[1])
    return None


def _recipients(part: Mail, ours: UUID) -> Iterator[Returned]:
    """One block of fields per recipient; the first block speaks of the mail as a whole."""
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else ():
        if not isinstance(block, Mail):
            continue
        address = _after_type(block.get("Original-Recipient") or block.get("Final-Recipient"))
        if address:
            status = str(block.get("Status") or "").split()
            yield Returned(
                message=ours,
                address=address,
                action=str(block.get("Action") or "").strip().lower(),
                status=status[0] if status else "",
            )


def _after_type(field: object) -> str:
    """`rfc822; somebody@example.org`: the address behind its type."""
    return str(field or "").rpartition(";")[2].strip().strip("<>")


def take(raw: bytes) -> list[str]:
    """Record what one mail reports: a word on each of its recipients; none for another mail."""
    return ["returned" if record_returned(report) else "no_news" for report in reports_in(raw)]
