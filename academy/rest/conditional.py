"""ETags: what has not changed is not sent again; who edits says which state they saw."""

import zlib

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from academy.core.errors import Stale


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


def check_revision(request: HttpRequest, revision: int) -> None:
    """Refuse an edit decided on an older state of the row (If-Match); no header, no check."""
    sent = request.META.get("HTTP_IF_MATCH", "")
    tags = [tag.strip().removeprefix("W/").strip('"') for tag in sent.split(",") if tag.strip()]
    if tags and "*" not in tags and str(revision) not in {tag.split("-")[0] for tag in tags}:
        raise Stale("stale", _("This has changed since you read it; read it again."))
