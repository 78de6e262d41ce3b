"""No more mails a minute to one mail host than it takes: a bucket per host, as a row."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection

MINUTE = timedelta(minutes=1)

# The credit grows with time, to a minute's worth at most; several workers take from it in turn.
TAKE = """
WITH wanted AS (
    SELECT * FROM unnest(%(hosts)s::text[], %(numbers)s::int[]) AS row(host, number)
),
afford AS (
    SELECT limited.host, wanted.number,
           least(limited.per_minute, limited.credit + limited.per_minute / 60.0 * greatest(0,
                 coalesce(extract(epoch FROM %(now)s - limited.counted_at), 60))) AS credit
      FROM academy_mailhost limited JOIN wanted ON wanted.host = limited.host
     ORDER BY limited.host FOR UPDATE OF limited
)
UPDATE academy_mailhost limited
   SET credit = afford.credit - least(floor(afford.credit), afford.number), counted_at = %(now)s
  FROM afford WHERE limited.host = afford.host
RETURNING limited.host, least(floor(afford.credit), afford.number)::int, limited.per_minute
"""


def host_of(address: str) -> str:
    """The mail host of an address, in small letters."""
    return address.rpartition("@")[2].lower()


def later(addresses: Sequence[str], now: datetime) -> dict[int, datetime]:
    """Which of these mails, by their place, must wait, and until when; the first ones go first."""
    wanted = Counter(host_of(address) for address in addresses if address)
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"hosts": list(wanted), "numbers": list(wanted.values()), "now": now})
        limits = {host: (granted, rate) for host, granted, rate in cursor.fetchall()}
    seen: Counter[str] = Counter()
    put_off: dict[int, datetime] = {}
    for place, address in enumerate(addresses):
        host = host_of(address)
        if host not in limits:
            continue
        granted, rate = limits[host]
        if seen[host] >= granted:
            put_off[place] = now + MINUTE * ((seen[host] - granted) // rate + 1)
        seen[host] += 1
    return put_off
