"""The web server as `make run` starts it, on the database of the tests."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from academy.config import children
from academy.config.children import Child
from academy.config.engines.process import free_port

PATIENCE = 30  # seconds


@contextmanager
def web_process(folder: Path, **environment: str) -> Iterator[int]:
    """One web process with a single session for the database; its port."""
    port = free_port()
    address = os.environ["DATABASE_URL"].rpartition("/")[0]
    known = {
        "DATABASE_URL": f"{address}/{connection.settings_dict['NAME']}",
        "DB_POOL_SIZE": "1",
        "LOG_LEVEL": "WARNING",
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(children, "WEB_PROCESSES", 1)
        command = children.web("127.0.0.1", port)
    server = Child("web", command, folder / "web.log", os.environ | known | environment)
    server.start()
    try:
        _wait_for(server, port)
        yield port
    finally:
        children.stop_all([server])


def _wait_for(server: Child, port: int) -> None:
    give_up = time.monotonic() + PATIENCE
    while not children.answers(port, "/healthz"):
        assert server.is_alive(), server.log.read_text()[-2000:]
        assert time.monotonic() < give_up
        time.sleep(0.05)
