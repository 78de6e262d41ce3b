"""A load generator that leaves the CPU to what is measured: keep-alive sockets in one plain loop.

Each client sends its next request as soon as it has the whole answer to the last one (closed loop),
as wrk does. Requests are ready bytes; answers are read only as far as status and length.
"""

import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import orjson

CHUNK = 1 << 18


@dataclass(slots=True)
class Load:
    """What came back: statuses, milliseconds per answer, seconds in all."""

    statuses: Counter[int] = field(default_factory=Counter)
    took: list[float] = field(default_factory=list)
    seconds: float = 0.0
    received: int = 0
    sample: bytes = b""  # one whole answer

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.took) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """The milliseconds within which this share of the answers came."""
        ordered = sorted(self.took)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0

    def check(self, status: int) -> "Load":
        """Refuse to report figures of answers that were not the ones meant."""
        if set(self.statuses) != {status}:
            raise RuntimeError(f"{status} expected, got {dict(self.statuses)}: {self.sample!r}")
        return self


class Caller:
    """One client's connection and the answer it is waiting for."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = bytearray()
        self.whole = 0  # length of the answer with its head; 0 while the head is not there
        self.began = 0.0

    def send(self, request: bytes) -> None:
        self.buffer.clear()
        self.whole = 0
        self.began = time.perf_counter()
        self.socket.sendall(request)

    def is_answered(self) -> bool:
        """Read what has come; whether the answer is whole."""
        chunk = self.socket.recv(CHUNK)
        if not chunk:
            raise RuntimeError(f"The server hung up: {bytes(self.buffer[:200])!r}")
        self.buffer += chunk
        if not self.whole:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return False
            self.whole = end + 4 + _length(bytes(self.buffer[:end]))
        return len(self.buffer) >= self.whole

    @property
    def status(self) -> int:
        return int(self.buffer[9:12])


def _length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0]) if found else 0


def drive(
    port: int, requests: Iterable[bytes], *, clients: int, seconds: float, patience: float = 30.0
) -> Load:
    """Send requests from so many clients at once until the time, or the requests, are over."""
    load, waiting, more = Load(), selectors.DefaultSelector(), iter(requests)
    callers = [Caller(port) for _ in range(clients)]
    began = time.perf_counter()
    until = began + seconds
    flying = 0
    for caller in callers:
        waiting.register(caller.socket, selectors.EVENT_READ, caller)
        flying += _next(caller, more, until)
    while flying:
        ready = waiting.select(patience)
        if not ready:
            raise RuntimeError("The server does not answer any more.")
        for key, _ in ready:
            caller = key.data
            if caller.is_answered():
                now = time.perf_counter()
                load.took.append((now - caller.began) * 1000)
                load.statuses[caller.status] += 1
                load.received += caller.whole
                load.sample = load.sample or bytes(caller.buffer)
                flying -= not _next(caller, more, until)
    load.seconds = time.perf_counter() - began
    for caller in callers:
        caller.socket.close()
    return load


def _next(caller: Caller, requests: Iterator[bytes], until: float) -> bool:
    if time.perf_counter() >= until:
        return False
    request = next(requests, None)
    if request is None:
        return False
    caller.send(request)
    return True


def get(path: str, headers: Mapping[str, str] | None = None) -> bytes:
    """The bytes of a GET."""
    return _request("GET", path, headers or {}, b"")


def post(path: str, body: object, headers: Mapping[str, str]) -> bytes:
    """The bytes of a POST with JSON."""
    sent = orjson.dumps(body)
    kind = {"Content-Type": "application/json", "Content-Length": str(len(sent))}
    return _request("POST", path, {**headers, **kind}, sent)


def _request(method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "User-Agent: bench"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body
