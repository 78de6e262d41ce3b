"""Other systems' ends of webhooks: real HTTP servers that note what they are told."""

import contextlib
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import orjson
from standardwebhooks.webhooks import Webhook


@dataclass
class Receiver:
    """Answers what it is told to: statuses one after the other, the last one for ever."""

    statuses: list[int] = field(default_factory=lambda: [204])
    drips: bool = False
    meet: threading.Barrier | None = None  # answers nobody before so many have called
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def __enter__(self):
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                receiver.answer(self)

            def log_message(self, *_args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/woken"
        return self

    def __exit__(self, *_error):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, request):
        body = request.rfile.read(int(request.headers["Content-Length"]))
        self.calls.append((dict(request.headers), body))
        if self.meet:
            self.meet.wait(timeout=60)
        if self.drips:
            return self._drip(request)
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        request.send_response(status)
        if status in (301, 307):
            request.send_header("Location", "/elsewhere")
        request.end_headers()
        return None

    def _drip(self, request):
        """One byte of a header now and then: no single read ever times out."""
        with contextlib.suppress(OSError):
            for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"z" * 1000:
                request.wfile.write(bytes([byte]))
                time.sleep(0.02)

    def told(self, secret):
        """What was told, as the Standard Webhooks library verifies and reads it."""
        key = Webhook(secret)
        return [key.verify(body, headers) for headers, body in self.calls]

    @property
    def bodies(self):
        return [orjson.loads(body) for _headers, body in self.calls]
