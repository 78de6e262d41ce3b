"""How pages are asked for: a browser that is signed in, and what is not counted as a statement."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from academy.accounts.models import Account

TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@pytest.fixture(autouse=True)
def _plain(settings, db, tmp_path):
    cache.clear()
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def browser() -> Callable[..., Client]:
    """A browser of that account, or of nobody."""

    def opened(account: Account | None = None, *, language: str = "en") -> Client:
        client = Client()
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        if account is not None:
            client.force_login(account)
        return client

    return opened


@pytest.fixture
def statements() -> Callable[..., list[str]]:
    """The statements of a page, without signing in and without the frames of transactions."""

    def asked(client: Client, path: str) -> list[str]:
        client.cookies["counted"] = "1"  # no stranger, whom memory would answer without asking
        client.get(path)  # fills what a process remembers
        with CaptureQueriesContext(connection) as captured:
            response = client.get(path)
        assert response.status_code == 200
        return [
            query["sql"]
            for query in captured.captured_queries
            if not query["sql"].startswith(TRANSACTION) and not _signs_in(query["sql"])
        ]

    return asked


def _signs_in(sql: str) -> bool:
    return (
        'FROM "django_session"' in sql
        or 'FROM "academy_account" WHERE' in sql
        or ("FROM academy_account account" in sql)
    )
