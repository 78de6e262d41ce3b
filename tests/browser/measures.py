"""What a page costs the one who opens it: bytes, requests, waiting, and jumping about."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import CDPSession, Page

SLOW_LINE = {
    "offline": False,
    "latency": 150,  # ms there and back
    "downloadThroughput": 1_600_000 // 8,  # bytes a second
    "uploadThroughput": 750_000 // 8,
}
"""A slow mobile line, as Lighthouse imagines it."""
SLOW_PHONE = 4  # times slower than the machine of the tests

WATCH = """
() => {
  window.seen = {largest: 0, shift: 0};
  new PerformanceObserver(list => {
    for (const one of list.getEntries()) window.seen.largest = one.startTime;
  }).observe({type: "largest-contentful-paint", buffered: true});
  new PerformanceObserver(list => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) window.seen.shift += one.value;
  }).observe({type: "layout-shift", buffered: true});
}
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
    page.wait_for_load_state("networkidle")
    line.detach()


def _add(weight: Weight, size: int) -> None:
    weight.bytes += size
    weight.requests += 1


@contextmanager
def slowly(page: Page) -> Iterator[CDPSession]:
    """A slow line and a slow phone, for what is opened meanwhile."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW_LINE)
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_PHONE})
    yield line
    line.detach()


def watch(page: Page) -> None:
    """Note the largest paint and every shift of the layout, from the first byte on."""
    page.add_init_script(f"({WATCH.strip()})()")
