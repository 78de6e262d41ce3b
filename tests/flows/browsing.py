"""How the stories go through the front: browsers, the text of pages, workers in between."""

import html
import re

from django.conf import settings
from django.test import Client

from academy.ledger import delivery as ledger
from academy.messages import delivery as mail
from tests.factories import PASSWORD


def somebody(language: str = "en") -> Client:
    """A browser in which nobody has signed in."""
    browser = Client()
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return browser


def sign_in(login: str, language: str = "en") -> Client:
    """A browser in which that person has typed name and password."""
    browser = somebody(language)
    answer = browser.post("/sign-in/", {"login": login, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return browser


def page(browser: Client, address: str) -> str:
    """The page there, or where it leads to."""
    answer = browser.get(address, follow=True)
    assert answer.status_code == 200, address
    return answer.content.decode()


def text(browser: Client, address: str) -> str:
    """What a person reads there."""
    inside = page(browser, address).partition("<main")[2].partition("</main>")[0]
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", inside).split()))


def press(browser: Client, address: str, **fields: object) -> str:
    """Send a form as the page would; what a person reads afterwards."""
    answer = browser.post(address, fields)
    assert answer.status_code == 303, (address, answer.status_code)
    return text(browser, answer["Location"])


def press_and_agree(browser: Client, address: str, **fields: object) -> str:
    """Send a form that first shows what would happen, and agree to it."""
    shown = browser.post(address, fields)
    assert shown.status_code == 200, (address, shown.status_code)
    mark = re.search(r'name="agreed" value="(\w+)"', shown.content.decode())
    assert mark, shown.content.decode()[:4000]
    return press(browser, address, **fields, agreed=mark[1])


def workers() -> None:
    """What the workers do while nobody looks."""
    for _ in range(3):
        ledger.advance()
        mail.deliver()
