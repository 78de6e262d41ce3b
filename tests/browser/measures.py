"""What a page costs the one who opens it: bytes, requests, waiting, and jumping about."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Page

SLOW_LINE = {
    "offline": False,
    "latency": 150,  # ms there and back
    "downloadThroughput": 1_600_000 // 8,  # bytes a second
    "uploadThroughput": 750_000 // 8,
}
"""A slow mobile line, as Lighthouse imagines it."""
SLOW_PHONE = 4  # times slower than the machine of the tests

WATCH = """
window.seen = {first: 0, largest: 0, shift: 0};
const look = (type, note) => new PerformanceObserver(
  list => list.getEntries().forEach(note)
).observe({type, buffered: true});
look("paint", one => { seen.first = one.startTime; });
look("largest-contentful-paint", one => { seen.largest = one.startTime; });
look("layout-shift", one => { if (!one.hadRecentInput) seen.shift += one.value; });
"""


@dataclass
class Weight:
    """What came over the wire."""

    bytes: int = 0
    requests: int = 0


@contextmanager
def weighing(page: Page) -> Iterator[Weight]:
    """Count what this page loads with an empty cache, head and body as they travel."""
    weight, line = Weight(), page.context.new_cdp_session(page)
    line.on("Network.loadingFinished", lambda one: _add(weight, one["encodedDataLength"]))
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    yield weight
    line.detach()


def _add(weight: Weight, size: int) -> None:
    weight.bytes += size
    weight.requests += 1


@dataclass(frozen=True, slots=True)
class Cost:
    """What a first visit costs: in ms until something and until the largest part is seen."""

    bytes: int
    requests: int
    seen: int
    painted: int
    shift: int  # thousandths of the screen

    def named(self) -> dict[str, int]:
        """The figures by the words under which a proof notes them down."""
        return {
            "bytes": self.bytes,
            "requests": self.requests,
            "first paint, ms": self.seen,
            "largest paint, ms": self.painted,
            "layout shift, ‰": self.shift,
        }


def opened_slowly(page: Page, path: str) -> Cost:
    """Open a page with a slow line and a slow phone, and wait until nothing more comes."""
    page.add_init_script(WATCH)
    line = page.context.new_cdp_session(page)
    with weighing(page) as weight:
        line.send("Network.enable")
        line.send("Network.emulateNetworkConditions", SLOW_LINE)
        line.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_PHONE})
        page.goto(path, wait_until="networkidle")
    seen = page.evaluate("new Promise(done => requestAnimationFrame(() => done(seen)))")
    line.detach()
    return Cost(
        weight.bytes,
        weight.requests,
        round(seen["first"]),
        round(seen["largest"]),
        round(seen["shift"] * 1000),
    )


def enlarge(page: Page, pixels: int) -> None:
    """Letters of this size, set as readers set it: in the browser, so that layouts know of it."""
    sizes = {"standard": pixels, "fixed": pixels}
    page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": sizes})
