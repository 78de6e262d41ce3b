"""Two ways to use a page: by mouse, and by keyboard alone."""

from typing import Protocol

from playwright.sync_api import Page, expect

FAR = 120  # presses of Tab: whoever needs more has no way by keyboard


class Hand(Protocol):
    """Somebody who presses and writes."""

    def press(self, selector: str) -> None: ...

    def write(self, selector: str, text: str) -> None: ...


class Mouse:
    """Points, clicks and types."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, selector: str) -> None:
        self.page.locator(selector).first.click()

    def write(self, selector: str, text: str) -> None:
        self.page.locator(selector).first.fill(text)


class Keyboard:
    """Only Tab, Enter, Space and letters; what has the focus must be in sight."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, selector: str) -> None:
        kind = self._reach(selector)
        self.page.keyboard.press("Space" if kind in {"radio", "checkbox"} else "Enter")

    def write(self, selector: str, text: str) -> None:
        kind = self._reach(selector)
        if kind in {"text", "search", "password", "email", "number", "textarea"}:
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(text)
        else:  # a date is typed in the order of the browser's own language
            self.page.locator(selector).first.fill(text)

    def choose(self, selector: str, value: str) -> None:
        """One of a list, by the arrows."""
        self._reach(selector)
        chosen = self.page.locator(selector).first
        for _ in range(FAR):
            if chosen.input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{value} cannot be chosen in {selector} on {self.page.url}")

    def _reach(self, selector: str) -> str:
        """Tab until this has the focus; its kind."""
        target = self.page.locator(selector).first
        expect(target).to_be_visible()
        for _ in range(FAR):
            if target.evaluate("one => one === document.activeElement"):
                return str(target.evaluate("one => one.type || ''"))
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{selector} cannot be reached with Tab on {self.page.url}")


HANDS = {"mouse": Mouse, "keyboard": Keyboard}


def sign_in(page: Page, hand: Hand, login: str, password: str) -> None:
    page.goto("/sign-in/")
    hand.write("[name=login]", login)
    hand.write("[name=password]", password)
    hand.press("main form button[type=submit]")
    expect(page.locator("[name=password]")).to_have_count(0)


def go_by_menu(page: Page, hand: Hand, path: str) -> None:
    """Through the main navigation, which is a sheet on a phone."""
    if page.locator(".sheet-button").is_visible():
        hand.press(".sheet-button")
    hand.press(f'.header-main a[href="{path}"]')
    page.wait_for_url(f"**{path}")
