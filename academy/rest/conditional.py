"""ETags: what has not changed is not sent again; who edits says which state they saw."""

import re
import zlib

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from academy.core.errors import Invalid, Stale

# A proxy that compresses makes a strong tag weak; the revision in front stays the same.
TAG = re.compile(r'(?:W/)?"([0-9]{1,9})(?:-[!#-~]*)?"')
ANY_TAG = re.compile(r'(?:W/)?"[!#-~]*"')


def etag_of(body: bytes, revision: int | None = None) -> str:
    """A strong tag of a representation; with the row's revision in front where it can be edited."""
    digest = f"{zlib.crc32(body):08x}{len(body):x}"
    return f'"{digest}"' if revision is None else f'"{revision}-{digest}"'


def is_known(request: HttpRequest, etag: str) -> bool:
    """Whether the caller already holds this representation (If-None-Match)."""
    sent = request.META.get("HTTP_IF_NONE_MATCH", "")
    if not sent:
        return False
    tags = {tag.strip().removeprefix("W/") for tag in sent.split(",")}
    return etag in tags or "*" in tags


def revision_read(request: HttpRequest) -> int | None:
    """The revision that a command was decided on (If-Match); None when the caller names none.

    The action compares it under its lock. Refuses what is no tag (an empty header as well: the
    caller wanted a condition), and a tag that no resource of ours has: whoever sent it read
    something else.
    """
    sent = request.META.get("HTTP_IF_MATCH", "*").strip()
    if sent == "*":
        return None
    if not ANY_TAG.fullmatch(sent):
        sentence = _("Send one ETag, as it came with what you read.")
        raise Invalid("invalid", sentence, fields={"If-Match": [sentence]})
    tag = TAG.fullmatch(sent)
    if tag is None:
        raise Stale("stale", _("This has changed since you read it; read it again."))
    return int(tag[1])
