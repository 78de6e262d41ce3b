"""How many changing calls one caller may make in a minute: one INCR on the shared cache.

A wheel that spins in another system should not take the seats' database with it. Reads are not
counted. When the cache does not answer, nobody is held up.
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
    """What is left of the present window."""

    limit: int
    used: int
    reset: int  # seconds until the next window

    @property
    def headers(self) -> dict[str, str]:
        """As the draft of the IETF's httpapi group writes it."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(0, self.limit - self.used)),
            "RateLimit-Reset": str(self.reset),
        }

    def check(self) -> None:
        """Refuse the call that is one too many."""
        if self.used > self.limit:
            raise Throttled(wait=self.reset)


def count(caller: UUID, *, is_client: bool) -> Allowance | None:
    """Count one changing call; None where there is no limit or nobody counts."""
    limit = settings.CLIENT_WRITES_PER_MINUTE if is_client else settings.ACCOUNT_WRITES_PER_MINUTE
    return once_more(f"writes:{caller}", limit=limit, window=WINDOW) if limit else None


def once_more(name: str, *, limit: int, window: int) -> Allowance | None:
    """Count one more in the present window of so many seconds; None where nobody counts."""
    place, gone = divmod(int(clock.now().timestamp()), window)
    try:
        with _cache().pipeline(transaction=False) as pipe:
            pipe.incr(f"{name}:{place}")
            pipe.expire(f"{name}:{place}", 2 * window)
            used = int(pipe.execute()[0])
    except redis.RedisError as error:
        log.warning("rest.limits_unknown", error=type(error).__name__)
        return None
    return Allowance(limit, used, window - gone)


@cache
def _cache() -> "redis.Redis":
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
    )
