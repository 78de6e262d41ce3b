"""How an address is taken out of service: announced long before, then gone.

One line on an endpoint, `retirement = Retirement(...)`; the headers, the schema and the end follow
from it. `docs/api.md` says how long before.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.http import http_date
from django.utils.translation import gettext_lazy as _

from academy.core.errors import Refused

POLICY = "/api/docs/"
NOTICE = timedelta(days=180)
"""The least time between the announcement and the end."""


class Gone(Refused):
    """The address was taken out of service."""

    status = 410


@dataclass(frozen=True, slots=True)
class Retirement:
    """Announced on a day, served until another, and where to go instead."""

    since: datetime
    until: datetime
    instead: str = POLICY

    def __post_init__(self) -> None:
        if self.until - self.since < NOTICE:
            raise ValueError("An address is announced half a year before it goes.")

    @property
    def headers(self) -> dict[str, str]:
        """Deprecation (RFC 9745), Sunset (RFC 8594) and the way to what takes its place."""
        return {
            "Deprecation": f"@{int(self.since.timestamp())}",
            "Sunset": http_date(self.until.timestamp()),
            "Link": f'<{self.instead}>; rel="successor-version", <{POLICY}>; rel="deprecation"',
        }

    def check(self, now: datetime) -> None:
        """Refuses every call once the announced day has come."""
        if now >= self.until:
            raise Gone("retired", _("This address is no longer served; the Link header says more."))
