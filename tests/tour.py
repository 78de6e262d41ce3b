"""The README's pictures: `python -m tests.tour` looks around in a fresh demonstration."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from academy.config import children
from academy.config.state import ROOT, busy

IMAGES = ROOT / "docs" / "images"
PASSWORD = "academy-demo"
WIDTH, HEIGHT = 1100, 760
START_SECONDS = 300
LARGEST = 200_000  # bytes of one picture

Scene = Callable[[Page], object]


def main() -> int:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("The tour needs a Chromium (Debian: apt-get install chromium).")
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    port = next(number for number in range(8200, 8300) if not busy(number))
    with (
        tempfile.TemporaryDirectory() as folder,
        demonstration(Path(folder), port) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        for name, (login, language, scene) in SCENES.items():
            take(browser, address, name, login, language, scene)
        certificate(browser, address, Path(folder))
        browser.close()
    return 0


@contextmanager
def demonstration(folder: Path, port: int) -> Iterator[str]:
    """What `make run` starts, with a folder and a port of its own."""
    environment = {**os.environ, "VAR": str(folder / "var"), "PORT": str(port)}
    for name in ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL"):
        environment.pop(name, None)
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "academy.config.supervisor"], cwd=ROOT, env=environment
    )
    try:
        give_up = time.monotonic() + START_SECONDS
        while not children.answers(port, "/readyz"):
            if supervisor.poll() is not None or time.monotonic() > give_up:
                raise SystemExit("The demonstration did not start; its words are above.")
            time.sleep(0.5)
        yield f"http://127.0.0.1:{port}"
    finally:
        supervisor.send_signal(signal.SIGTERM)
        supervisor.wait(60)


def take(
    browser: Browser, address: str, name: str, login: str, language: str, scene: Scene
) -> None:
    """Go there as that person and keep what is seen."""
    page = enter(browser, address, login, language)
    scene(page)
    page.evaluate("document.fonts.ready")
    page.screenshot(path=IMAGES / name)
    page.context.close()
    tell(IMAGES / name)


def enter(browser: Browser, address: str, login: str, language: str) -> Page:
    context = browser.new_context(
        base_url=address, viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light"
    )
    context.add_cookies([{"name": "django_language", "value": language, "url": address}])
    page = context.new_page()
    if login:
        page.goto("/sign-in/")
        page.fill("[name=login]", login)
        page.fill("[name=password]", PASSWORD)
        page.click("main form button[type=submit]")
        page.wait_for_selector(".bell")
    return page


def search(page: Page) -> None:
    page.goto("/courses/")
    page.fill("#q", "торелиг")
    page.press("#q", "Enter")
    page.wait_for_url("**q=*")
    page.locator(".card").first.wait_for()


def mark(page: Page) -> None:
    """The first session that has no marks yet, with some of them chosen."""
    page.goto("/desk/runs/?state=finished")
    page.locator("main tbody tr", has_text="FJ-001").locator("a").first.click()
    page.locator('main a[href*="/marks/"]').nth(2).click()
    choices = page.locator("select[name$='-status']")
    for place, status in enumerate(("present", "present", "late", "present", "excused")):
        choices.nth(place).select_option(status)
    page.locator("input[name$='-minutes']").nth(2).fill("150")


def board(page: Page) -> None:
    """The year as a board; `/desk/plan/` leads to the present one."""
    page.goto("/desk/plan/")
    page.goto(f"{page.url.rstrip('/')}/board/")


def proposal(page: Page) -> None:
    """The proposal that waits for this body."""
    page.goto("/desk/proposals/?state=in_review")
    page.locator("main tbody tr a").first.click()
    page.wait_for_url("**/desk/proposals/*-*/")


def certificate(browser: Browser, address: str, folder: Path) -> None:
    """The first page of a certificate, as a PDF reader shows it."""
    name = IMAGES / "certificate.png"
    reader = shutil.which("pdftoppm")
    if reader is None:
        print(f"  {name.name}: left as it is, pdftoppm is not here (Debian: poppler-utils)")
        return
    page = enter(browser, address, "trainee", "en")
    link = page.locator('a[href^="/certificates/"]').first.get_attribute("href")
    paper = folder / "certificate.pdf"
    paper.write_bytes(page.context.request.get(str(link)).body())
    page.context.close()
    target = str(name.with_suffix(""))
    subprocess.run([reader, "-png", "-r", "88", "-singlefile", str(paper), target], check=True)
    tell(name)


def tell(path: Path) -> None:
    size = path.stat().st_size
    print(f"  {path.relative_to(ROOT)}: {size // 1000} kB")
    if size > LARGEST:
        raise SystemExit(f"{path.name} is too large for a README.")


SCENES: dict[str, tuple[str, str, Scene]] = {
    "catalogue-kk.png": ("", "kk", search),
    "course-ru.png": ("trainee", "ru", lambda page: page.goto("/courses/ET-005/")),
    "my-training-en.png": ("trainee", "en", lambda page: page.goto("/")),
    "marks-kk.png": ("trainer", "kk", mark),
    "desk-ru.png": ("registrar", "ru", lambda page: page.goto("/desk/")),
    "board-en.png": ("registrar", "en", board),
    "proposal-kk.png": ("partner2", "kk", proposal),
}

if __name__ == "__main__":
    sys.exit(main())
