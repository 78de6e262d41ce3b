"""How a mail carries calendar files (RFC 6047). Whose, and what they say, is decided elsewhere."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """One iCalendar object with one event: its method, and its text with CRLF line ends."""

    method: str  # REQUEST or CANCEL: in the header and in the text alike
    text: str


def beside_the_words(parts: Sequence[CalendarPart]) -> list[str]:
    """The first object as one more version of what the mail says: clients act on that one."""
    return [_part(part) for part in parts[:1]]


def enclosed(body: str, parts: Sequence[CalendarPart], *, boundary: str) -> str:
    """The mail's body with all further objects behind it, as files to be opened.

    One object holds one event: RFC 5546 allows a request no second UID.
    """
    if len(parts) < 2:
        return body
    files = [_part(part, name=f"{place}.ics") for place, part in enumerate(parts[1:], start=2)]
    pieces = "".join(f"\r\n--{boundary}\r\n{piece}" for piece in (body, *files))
    return f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n{pieces}\r\n--{boundary}--\r\n'


def _part(part: CalendarPart, *, name: str = "") -> str:
    lines = base64.encodebytes(part.text.encode()).decode("ascii").replace("\n", "\r\n")
    named = f'; name="{name}"' if name else ""
    filed = f'Content-Disposition: attachment; filename="{name}"\r\n' if name else ""
    return (
        f"Content-Type: text/calendar; charset=utf-8; method={part.method}{named}\r\n"
        f"{filed}Content-Transfer-Encoding: base64\r\n\r\n{lines}"
    )
