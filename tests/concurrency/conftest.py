"""A real web server on the database of the tests, for what only processes can show."""

import pytest

from academy.config import wakeup
from academy.config.celery import app
from academy.ledger import wake
from tests.web_process import web_process

OURS = "web of the tests"


@pytest.fixture(scope="package")
def port(django_db_setup, django_db_blocker, tmp_path_factory):
    """The web process that the tests of this package share."""
    with web_process(tmp_path_factory.mktemp("web"), PGAPPNAME=OURS) as port:
        yield port


@pytest.fixture
def told():
    """The sequencer of this process says what is new, as a worker's does."""
    before, after = wake._waker.send, list(wake._tellers)
    wakeup.install(app)
    wake.use(before)
    yield
    wake._tellers[:] = after
