"""The feed as JSON, written by the database: a reader of millions of events costs no Python.

Both statements look at a bounded stretch of positions, so that a filter that lets nothing through
cannot make one call read the whole ledger. Each sees one snapshot: what it calls the end is the end
of what it looked at.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

WINDOW = 20_000  # positions that one read looks at
LONGEST_CHECK = 100_000  # positions that one checksum covers

CHOSEN = """
SELECT entry.position, event.*
  FROM academy_feedentry entry JOIN academy_event event ON event.id = entry.event_id
 WHERE entry.position > %(after)s AND entry.position <= %(until)s
   AND (%(types)s::text[] IS NULL OR event.type = ANY(%(types)s))
   AND event.type <> ALL(%(hidden)s)
"""

# Codes, ids and numbers need no escaping; what a system named itself stands inside the data.
STRETCH = """
WITH chosen AS ({chosen} ORDER BY entry.position LIMIT %(limit)s),
told AS (
    SELECT position, person_id, type, public_id, subject_kind, subject_id, time,
           data || jsonb_strip_nulls(jsonb_build_object(
               'person', person_id, 'context', context_id, 'reason', nullif(reason, ''),
               'actor', actor_kind || '/' || coalesce(actor_id::text, actor_name))) AS facts
      FROM chosen
), written AS (
    SELECT position, type, person_id,
           '{{"specversion":"1.0","id":"' || public_id || '","source":' || %(source)s
           || ',"type":"' || type || '","subject":"' || subject_kind || '/' || subject_id
           || '","time":"' || to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
           || '","datacontenttype":"application/json","data":'
           || CASE WHEN %(fields)s::jsonb IS NULL THEN facts ELSE coalesce((
                  SELECT jsonb_object_agg(fact.key, fact.value) FROM jsonb_each(facts) fact
                   WHERE %(fields)s::jsonb -> type ? fact.key), '{{}}') END
           || CASE WHEN type = ANY(%(endings)s) THEN ',"tombstone":true' ELSE '' END
           || ',"position":' || position || '}}' AS line
      FROM told
)
SELECT coalesce(string_agg(line, ',' ORDER BY position), ''), count(*), max(position),
       (SELECT coalesce(max(position), 0) FROM academy_feedentry),
       coalesce(array_agg(DISTINCT person_id) FILTER (WHERE person_id IS NOT NULL AND
           (%(fields)s::jsonb IS NULL OR %(fields)s::jsonb -> type ? 'person')), '{{}}')
  FROM written
"""

CHECKSUM = """
WITH chosen AS ({chosen})
SELECT count(*),
       encode(sha256(convert_to(
           coalesce(string_agg(position || ' ' || public_id, E'\\n' ORDER BY position), ''),
           'UTF8')), 'hex'),
       (SELECT coalesce(jsonb_object_agg(type, many), '{{}}')
          FROM (SELECT type, count(*) AS many FROM chosen GROUP BY type) counted)
  FROM chosen
"""


@dataclass(frozen=True, slots=True)
class View:
    """What of the feed one reader sees.

    `fields` are the facts shown by type, None for every fact of every type; `types` what is wanted
    of it, None for all; `endings` the types after which a copy of the subject may be dropped;
    `hidden` the types that do not exist for this reader.
    """

    fields: Mapping[str, Collection[str]] | None = None
    types: Collection[str] | None = None
    endings: Collection[str] = ()
    hidden: Collection[str] = ()

    @property
    def wanted(self) -> list[str] | None:
        """The types to look for; None for all."""
        if self.fields is None:
            return None if self.types is None else sorted(self.types)
        return sorted(set(self.fields) if self.types is None else set(self.fields) & {*self.types})

    def values(self) -> dict[str, Any]:
        """The view as parameters of the statements."""
        shown = self.fields and {kind: sorted(names) for kind, names in self.fields.items()}
        return {
            "types": self.wanted,
            "fields": None if shown is None else orjson.dumps(shown).decode(),
            "endings": sorted(self.endings),
            "hidden": sorted(self.hidden),
        }


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some events of the feed as a JSON list, and how far a reader who has them has read."""

    events: bytes
    count: int
    reached: int
    end: int
    people: list[UUID]


def stretch(after: int, *, view: View, limit: int, source: str) -> Stretch:
    """The next events after a position, oldest first, in one statement."""
    values: dict[str, Any] = {
        **view.values(),
        "after": after,
        "until": after + WINDOW,
        "limit": limit,
        "source": _text(source),
    }
    with connection.cursor() as cursor:
        cursor.execute(STRETCH.format(chosen=CHOSEN), values)
        lines, count, last, end, people = cursor.fetchone()
    reached = last if count == limit else max(after, min(end, after + WINDOW))
    return Stretch(f"[{lines}]".encode(), count, reached, end, people)


@dataclass(frozen=True, slots=True)
class Checksum:
    """How many events a reader should hold of a stretch, by type, and the digest over them."""

    after: int
    until: int
    count: int
    digest: str
    types: dict[str, int]


def checksum(after: int, until: int | None, *, view: View) -> Checksum:
    """Count and digest of the events behind `after` up to `until` (at most 100,000 positions).

    The digest is SHA-256, in hexadecimal, over one line `position id` for each event in the order
    of the feed, joined by line feeds.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(position), 0) FROM academy_feedentry")
        end = cursor.fetchone()[0]
        upto = max(after, min(end if until is None else until, end, after + LONGEST_CHECK))
        cursor.execute(
            CHECKSUM.format(chosen=CHOSEN), {**view.values(), "after": after, "until": upto}
        )
        count, digest, types = cursor.fetchone()
    return Checksum(after, upto, count, digest, orjson.loads(types))


def _text(value: str) -> str:
    return orjson.dumps(value).decode()
