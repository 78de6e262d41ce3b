"""A real web server on the database of the tests, for what only processes can show."""

import os
import time

import pytest
from django.db import connection

from academy.config import children, wakeup
from academy.config.celery import app
from academy.config.children import Child
from academy.config.engines.process import free_port
from academy.ledger import wake

OURS = "web of the tests"


@pytest.fixture(scope="package")
def port(django_db_setup, django_db_blocker, tmp_path_factory):
    """One web process as `make run` starts it, but with a single session for the database."""
    folder, port = tmp_path_factory.mktemp("web"), free_port()
    address = os.environ["DATABASE_URL"].rpartition("/")[0]
    environment = os.environ | {
        "DATABASE_URL": f"{address}/{connection.settings_dict['NAME']}",
        "DB_POOL_SIZE": "1",
        "PGAPPNAME": OURS,
        "LOG_LEVEL": "WARNING",
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(children, "WEB_PROCESSES", 1)
        server = Child("web", children.web("127.0.0.1", port), folder / "web.log", environment)
        server.start()
        try:
            give_up = time.monotonic() + 30
            while not children.answers(port, "/healthz"):
                assert server.is_alive(), server.log.read_text()[-2000:]
                assert time.monotonic() < give_up
                time.sleep(0.05)
            yield port
        finally:
            children.stop_all([server])


@pytest.fixture
def told():
    """The sequencer of this process says what is new, as a worker's does."""
    before, after = wake._waker.send, list(wake._tellers)
    wakeup.install(app)
    wake.use(before)
    yield
    wake._tellers[:] = after
