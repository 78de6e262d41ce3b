"""The change feed as a file: what a new copy begins with, where a call per thousand is too slow."""

from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from academy.clients import projections
from academy.exports.registry import Exporter, Piece, Sheet, Wish
from academy.ledger import feed

COLUMNS = ("position", "type", "subject", "time", "id", "source", "data", "tombstone")


def events(wish: Wish, after: int | None, limit: int) -> Piece:
    """The next events up to where the feed ended when the file was asked for."""
    begin = after if after is not None else wish.since or 0
    types = wish.filters.get("types", "")
    wanted = {name.strip() for name in types.split(",") if name.strip()}
    view = projections.view_of(wish.projection, wanted or None)
    found = feed.stretch(begin, view=view, limit=limit, source=settings.PUBLIC_URL)
    rows: list[dict[str, Any]] = orjson.loads(found.events)
    rows = [row for row in rows if row["position"] <= wish.until]
    people = [UUID(row["data"]["person"]) for row in rows if row["data"].get("person")]
    is_whole = found.reached >= wish.until
    return Piece(rows, people, None if is_whole else found.reached)


EVENTS = Exporter(
    _("Change feed"), "events:read", (Sheet("events", COLUMNS, events),), filters=("types",)
)
