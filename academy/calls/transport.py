"""One POST to an address that somebody else chose, without becoming their tool.

The name is resolved once, every address it has must be public, and the connection goes to the
address that was checked, whatever the name says a moment later. No redirect is followed, and the
whole call ends after ten seconds, however slowly the other side answers.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

CONNECT = 3.0  # seconds until the other side must have taken the call
LONGEST = 10.0  # seconds for the whole call
ANSWER_READ = 500  # bytes of the answer that are kept for the log
NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotCalled(Exception):
    """The call was not made: the address may not be called, or could not be reached."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the status, the beginning of the answer, and after how long."""

    status: int
    text: str
    milliseconds: int


def problem_of(url: str, *, may_be_inside: bool = False) -> str:
    """Why this address cannot be called, as a code; empty when it may be tried."""
    may_be_inside = may_be_inside or settings.WEBHOOKS_TO_PRIVATE
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return "malformed"
    if parts.scheme not in ({"http", "https"} if may_be_inside else {"https"}):
        return "not_https"
    if not host or parts.username or parts.password or parts.fragment:
        return "malformed"
    literal = _literal(host)
    is_inside = host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
    if not may_be_inside and (is_inside or (literal and not is_public(literal))):
        return "private"
    return ""


def is_public(address: Address) -> bool:
    """Whether an address is on the open internet, also behind its disguises in IPv6."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if address.sixtofour or address.teredo or address in NAT64:
            return False
    return address.is_global and not address.is_multicast


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    is_ours: bool = False,
    most: int = ANSWER_READ,
) -> Reply:
    """Send the body; raises NotCalled where nothing answered.

    `is_ours`: the address comes from the settings, so it may lie inside. `most`: how many bytes of
    the answer are read.
    """
    may_be_inside = is_ours or settings.WEBHOOKS_TO_PRIVATE
    if problem := problem_of(url, may_be_inside=may_be_inside):
        raise NotCalled(problem)
    parts, began = urlsplit(url), time.monotonic()
    connection = _Connection(parts, _checked(parts, may_be_inside=may_be_inside))
    alarm = threading.Timer(LONGEST, connection.break_off)
    alarm.daemon = True
    alarm.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, dict(headers))
        answer = connection.getresponse()
        text = answer.read(most).decode("utf-8", "replace").replace("\x00", "")
        return Reply(answer.status, text, int((time.monotonic() - began) * 1000))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotCalled(type(error).__name__) from error
    finally:
        alarm.cancel()
        connection.close()


class _Connection(http.client.HTTPConnection):
    """Connects to one checked address, and speaks to the name that was called."""

    def __init__(self, parts: SplitResult, address: tuple[str, int]) -> None:
        super().__init__(parts.hostname or "", parts.port or address[1], timeout=CONNECT)
        self.is_secure, self.address = parts.scheme == "https", address
        self.default_port = 443 if self.is_secure else 80  # left out of the Host header

    def connect(self) -> None:
        plain = socket.create_connection(self.address, timeout=CONNECT)
        if self.is_secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(plain, server_hostname=self.host)
        else:
            self.sock = plain
        self.sock.settimeout(LONGEST)

    def break_off(self) -> None:
        """End a call that takes too long, from another thread."""
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def _checked(parts: SplitResult, *, may_be_inside: bool) -> tuple[str, int]:
    """The address behind the name; refuses a name that has any address inside."""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotCalled("unknown_host") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not may_be_inside and not all(
        is_public(ipaddress.ip_address(one.partition("%")[0])) for one in addresses
    ):
        raise NotCalled("private")
    return addresses[0], port


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
