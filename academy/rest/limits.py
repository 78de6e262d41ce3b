"""How many calls one caller may make in a minute: one INCR on the shared cache.

A wheel that spins in another system should not take the seats' database with it. Changing calls
are counted for everybody, reads for other systems. When the cache does not answer, nobody is held
up.
"""

from dataclasses import dataclass
from functools import cache
from uuid import UUID

import redis
import structlog
from django.conf import settings
from rest_framework.exceptions import Throttled

from academy.core import clock

WINDOW = 60  # seconds
PATIENCE = 0.2  # seconds that a call waits for the cache

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of the present window of one policy: of reads, of writes."""

    policy: str
    limit: int
    used: int
    window: int  # seconds
    reset: int  # seconds until the next window

    @property
    def headers(self) -> dict[str, str]:
        """As the draft of the IETF's httpapi group writes it (structured fields)."""
        left = max(0, self.limit - self.used)
        return {
            "RateLimit-Policy": f'"{self.policy}";q={self.limit};w={self.window}',
            "RateLimit": f'"{self.policy}";r={left};t={self.reset}',
        }

    def check(self) -> None:
        """Refuse the call that is one too many."""
        if self.used > self.limit:
            raise Throttled(wait=self.reset)


def count(caller: UUID, *, is_client: bool, is_read: bool) -> Allowance | None:
    """Count one call; None where there is no limit or nobody counts."""
    policy, limit = "reads" if is_read else "writes", _limit(is_client, is_read)
    return once_more(policy, str(caller), limit=limit, window=WINDOW) if limit else None


def once_more(policy: str, of: str, *, limit: int, window: int) -> Allowance | None:
    """Count one more in the present window of so many seconds; None where nobody counts."""
    place, gone = divmod(int(clock.now().timestamp()), window)
    key = f"{policy}:{of}:{place}"
    try:
        with _cache().pipeline(transaction=False) as pipe:
            pipe.incr(key)
            pipe.expire(key, 2 * window)
            used = int(pipe.execute()[0])
    except redis.RedisError as error:
        log.warning("rest.limits_unknown", error=type(error).__name__)
        return None
    return Allowance(policy, limit, used, window, window - gone)


def _limit(is_client: bool, is_read: bool) -> int:
    """Calls a minute; 0: not counted."""
    if is_client:
        reads, writes = settings.CLIENT_READS_PER_MINUTE, settings.CLIENT_WRITES_PER_MINUTE
    else:
        reads, writes = 0, settings.ACCOUNT_WRITES_PER_MINUTE
    return int(reads if is_read else writes)


@cache
def _cache() -> "redis.Redis":
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
    )
