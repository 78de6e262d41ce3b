"""`python -m academy.config.web ...`: the web server, loaded before it forks."""

import structlog
from granian.cli import entrypoint

from academy.config import preload, wsgi

log = structlog.get_logger(__name__)


if __name__ == "__main__":
    log.info("web.loaded", application=repr(wsgi.application), routes=preload.load())
    entrypoint()  # type: ignore[no-untyped-call]
