"""Who waits for the next event: at most so many readers per process, woken by one listener.

The sequencer says over the broker which types of events it has just given their place. Without a
broker a reader looks by itself each second; nothing is lost, it is only told later.
"""

import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from uuid import UUID

import orjson
import redis
import structlog
from django.conf import settings

from academy.ledger import wake
from academy.rest import admission

MOST = 20  # readers that wait in one process; the next one is answered at once
MOST_OF_ONE = 4  # of one caller: one more, and the oldest is answered, who may have hung up
LOOK = 5.0  # seconds after which a reader looks by itself, though nothing was heard
LOOK_ALONE = 1.0  # the same while nobody listens
SILENCE = 15.0  # seconds without a word after which the broker is asked whether it is there

log = structlog.get_logger(__name__)


class Reader:
    """One call that waits for events of some types (None: of any)."""

    def __init__(self, caller: UUID | None, types: Collection[str] | None, seconds: float) -> None:
        self.caller, self.types = caller, types
        self.until = time.monotonic() + seconds
        self.has_waited = self.is_over = False
        self.called = threading.Event()

    def comes(self, *, heard: bool) -> bool:
        """Wait until it is worth to look (true), a last time when the time is over; else false."""
        if self.is_over:
            return False
        left = self.until - time.monotonic()
        with admission.aside():
            self.called.wait(max(0.0, min(left, LOOK if heard else LOOK_ALONE)))
        self.called.clear()
        self.has_waited = True
        self.is_over |= time.monotonic() >= self.until
        return True


class Room:
    """The readers of this process, and the thread that listens for them."""

    def __init__(self) -> None:
        self.readers: list[Reader] = []
        self.is_heard = False
        self._lock = threading.Lock()
        self._listener: threading.Thread | None = None

    @contextmanager
    def reader(
        self, caller: UUID | None, types: Collection[str] | None, seconds: float
    ) -> Iterator[Reader]:
        """A place for one reader, from before its first look, so that no call is missed."""
        reader = Reader(caller, types, seconds)
        if not self._take_in(reader):
            reader.is_over = True
        try:
            yield reader
        finally:
            with self._lock:
                if reader in self.readers:
                    self.readers.remove(reader)

    def comes(self, reader: Reader) -> bool:
        """Whether the reader should look again; waits until then."""
        return reader.comes(heard=self.is_heard)

    def tell(self, types: Collection[str] | None) -> None:
        """Wake the readers of these types; None for everybody."""
        with self._lock:
            for reader in self.readers:
                if types is None or reader.types is None or not set(reader.types).isdisjoint(types):
                    reader.called.set()

    def _take_in(self, reader: Reader) -> bool:
        if reader.until <= time.monotonic():
            return False
        with self._lock:
            own = [one for one in self.readers if one.caller == reader.caller]
            if len(own) >= MOST_OF_ONE:
                own[0].is_over = True
                own[0].called.set()
                self.readers.remove(own[0])
            if len(self.readers) >= MOST:
                return False
            self.readers.append(reader)
            if self._listener is None or not self._listener.is_alive():  # a fork leaves it behind
                self._listener = threading.Thread(target=self._listen, name="news", daemon=True)
                self._listener.start()
        return True

    def _listen(self) -> None:
        """Until nobody has waited for a while; the next reader begins anew."""
        while self._is_wanted():
            try:
                self._follow()
            except (redis.RedisError, OSError) as error:
                if self.readers:
                    log.warning("rest.news_unheard", error=type(error).__name__)
                    time.sleep(LOOK_ALONE)
            self.is_heard = False
            self.tell(None)

    def _follow(self) -> None:
        client = redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=1, health_check_interval=SILENCE
        )
        with client.pubsub() as heard:  # type: ignore[no-untyped-call]
            heard.subscribe(wake.CHANNEL)
            while True:
                message = heard.get_message(timeout=SILENCE)
                if message is None and not self.readers:
                    return
                if message is not None and message["type"] == "subscribe":
                    self.is_heard = True
                    self.tell(None)
                elif message is not None and message["type"] == "message":
                    self.tell(orjson.loads(message["data"]))

    def _is_wanted(self) -> bool:
        with self._lock:
            if not self.readers:
                self._listener = None
            return self._listener is not None


room = Room()
