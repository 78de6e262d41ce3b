"""A real Chromium before the real web server, which works on the database of the tests."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

from academy.config import children
from academy.config.children import Child
from academy.config.state import ROOT
from tests.browser.stage import Stage

PATIENCE = 60
# The shell is the same engine without the window and its services: less than half the work.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")
NARROW, WIDE = 375, 1280
HEIGHTS = {NARROW: 667}


@pytest.fixture
def quick_settings(settings):
    """The server knows Argon2 only; a cheap one is one that it can check, too."""
    settings.PASSWORD_HASHERS = ["tests.browser.stage.QuickArgon2"]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("There is no Chromium on this machine (Debian: apt-get install chromium).")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps a loop running in this thread; our own queries are not in it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def address(chromium, django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[str]:
    """Where the service is served as in production: its own server, hashed files, its own pool."""
    folder = tmp_path_factory.mktemp("web")
    port = _free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": _test_database(),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "STATIC_ROOT": str(folder / "static"),
        "STATIC_COMPRESSED": "0",
        "PLAIN_STATIC": "",
        "SECOND_FACTOR_REQUIRED": "0",
        "DB_POOL_SIZE": "2",
        "LOG_LEVEL": "WARNING",
    }
    collect = [sys.executable, str(ROOT / "manage.py"), *children.COLLECT]
    subprocess.run(collect, env=environment, check=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(children, "WEB_PROCESSES", 1)
        patch.delenv("PUBLIC_URL", raising=False)
        server = Child("web", children.web("127.0.0.1", port), folder / "web.log", environment)
        server.start()
        try:
            _wait_for(server, port)
            yield environment["PUBLIC_URL"]
        finally:
            children.stop_all([server])


@pytest.fixture
def stage(transactional_db) -> Stage:
    """A small judiciary with one of everything that pages show."""
    cache.clear()
    return Stage()


class Window:
    """Pages of one test, and everything that their browser complained about."""

    def __init__(self, chromium: Browser, address: str) -> None:
        self.chromium, self.address = chromium, address
        self.complaints: list[str] = []

    def open(self, account=None, *, language="en", width=WIDE, scheme="light", scripts=True):
        """A fresh browser, of somebody who has signed in if an account is given."""
        context = self.chromium.new_context(
            base_url=self.address,
            viewport={"width": width, "height": HEIGHTS.get(width, 800)},
            color_scheme=scheme,
            java_script_enabled=scripts,
            locale="en-GB",
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        cookies = {django_settings.LANGUAGE_COOKIE_NAME: language}
        if account is not None:
            cookies[django_settings.SESSION_COOKIE_NAME] = _session_of(account)
        self._give(context, cookies)
        page = context.new_page()
        self._listen(page)
        return page

    def sign_in(self, context, account):
        """Somebody else before the same browser."""
        self._give(context, {django_settings.SESSION_COOKIE_NAME: _session_of(account)})

    def _give(self, context, cookies):
        context.add_cookies(
            [{"name": name, "value": value, "url": self.address} for name, value in cookies.items()]
        )

    def _listen(self, page: Page) -> None:
        """The console tells scripts that break, files that are missing and what the CSP refused."""
        page.on("console", lambda said: self._hear(page, said.type, said.text))
        page.on("pageerror", lambda error: self._hear(page, "error", str(error)))
        page.on("request", lambda asked: self._look(page, asked.url))

    def _hear(self, page: Page, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(f"{page.url}: {text}")

    def _look(self, page: Page, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self.complaints.append(f"{page.url}: asked another host for {url}")


@pytest.fixture
def window(chromium, address) -> Iterator[Window]:
    """Opens pages; at the end nothing may have been complained about."""
    made = Window(chromium, address)
    yield made
    for context in chromium.contexts:
        context.close()
    assert made.complaints == []


def _session_of(account) -> str:
    client = Client()
    client.force_login(account, backend=django_settings.AUTHENTICATION_BACKENDS[1])
    return client.cookies[django_settings.SESSION_COOKIE_NAME].value


def _test_database() -> str:
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))


def _wait_for(server: Child, port: int) -> None:
    give_up = time.monotonic() + PATIENCE
    while not children.answers(port, "/healthz"):
        if not server.is_alive() or time.monotonic() > give_up:
            raise RuntimeError(server.log.read_text()[-2000:])
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port
