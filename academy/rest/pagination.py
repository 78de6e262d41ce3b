"""Keyset pages: a cursor says after which row the next page begins: none is skipped or repeated."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import orjson
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from academy.core.errors import Invalid

DEFAULT_LIMIT = 50
HIGHEST_LIMIT = 200

Key = tuple[Any, ...]


def encode(key: Key) -> str:
    """An opaque cursor from the sort key and public id of a row; inner numbers stay inside."""
    return base64.urlsafe_b64encode(orjson.dumps(key)).decode().rstrip("=")


def decode(cursor: str, *parse: Callable[[Any], Any]) -> Key | None:
    """The key behind a cursor, each part read by its parser; None for the first page."""
    if not cursor:
        return None
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return tuple(read(part) for read, part in zip(parse, parts, strict=True))
    except (ValueError, TypeError, binascii.Error) as error:
        raise Invalid(
            "cursor_invalid", _("This cursor was not given by this list."), fields={"cursor": []}
        ) from error


def page(
    request: HttpRequest,
    rows: Sequence[Mapping[str, Any]],
    limit: int,
    key: Callable[[Mapping[str, Any]], Key],
) -> dict[str, Any]:
    """One page from up to `limit + 1` rows: the row too many says that there is a next page."""
    items = rows[:limit]
    following = None
    if len(rows) > limit:
        following = next_link(request, cursor=encode(key(items[-1])))
    return {"items": items, "next": following}


def next_link(request: HttpRequest, **changes: str) -> str:
    """The same list further on, as a reference relative to this host."""
    query = {**request.GET.dict(), **changes}
    return f"{request.path}?{urlencode(query)}"
