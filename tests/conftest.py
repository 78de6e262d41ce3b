"""What every test may use."""

import os
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from django.db import connection
from psycopg.pq import TransactionStatus

from academy.rest.remembered import forget_answers
from enrollment.pages.on_course import opinion_until
from tests import emptying, factories, signing_in, template
from tests.post_office import PostOffice
from tests.proofs import pytest_runtest_logreport

__all__ = ["pytest_runtest_logreport"]

emptying.install()
signing_in.install()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None) -> None:
    """A database of this worker's own; it goes with the engines."""
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    template.copy_to(name)
    connection.settings_dict["NAME"] = name


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    """A test that is stopped while it asks takes its session along; the next gets another."""
    try:
        return (yield)
    finally:
        session = connection.connection
        if session and session.info.transaction_status == TransactionStatus.ACTIVE:
            connection.close()


@pytest.fixture(autouse=True)
def quick_settings(settings: Any) -> None:
    """Argon2 is slow on purpose; a test that makes seven accounts need not wait for it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECOND_FACTOR_REQUIRED = False  # the tests of signing in ask for it
    settings.WHITENOISE_AUTOREFRESH = True  # else each test client lists all static files anew


@pytest.fixture(autouse=True)
def no_answers() -> None:
    """What strangers were shown does not outlive a test."""
    forget_answers()
    opinion_until.cache_clear()


@pytest.fixture
def cast(db: None) -> factories.Cast:
    """People whose names carry their rights."""
    return factories.Cast()


@pytest.fixture
def post_office(settings: Any) -> Iterator[PostOffice]:
    """A real mail server, which the service is told to use."""
    with PostOffice().open() as office:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.port
        yield office
