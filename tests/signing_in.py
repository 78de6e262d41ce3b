"""A test client that is signed in at once: with the session that signing in leaves behind.

Django's way there asks and writes a dozen times, which is a third of what a small page costs. The
tests of signing in go through the page, as people do.
"""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client

from academy.accounts.models import Account
from academy.core import clock
from academy.web.middleware import SEEN

as_django_does = getattr(Client, "_login")  # noqa: B009


def install() -> None:
    """Let `force_login` of every test client do so."""
    setattr(Client, "_login", at_once)  # noqa: B010


def at_once(client: Client, account: Account, backend: str) -> None:
    """A new session; who had one already keeps what is in it, as in the service."""
    if settings.SESSION_COOKIE_NAME in client.cookies:
        as_django_does(client, account, backend)
        return
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = backend
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session[SEEN] = int(clock.now().timestamp())
    session.create()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
