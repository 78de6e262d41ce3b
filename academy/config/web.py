"""`python -m academy.config.web ...`: the web server, with the application loaded before it forks.

Its processes then share what code, settings, addresses and screen texts take in memory, instead of
each holding a copy. What is loaded here must not open a session with the database or the broker.
"""

import gc

import structlog
from django.conf import settings
from django.urls import get_resolver
from django.utils import translation
from granian.cli import entrypoint

from academy.config import wsgi

log = structlog.get_logger(__name__)


def load() -> None:
    """Everything that each request needs, and for the collector nothing to walk over again."""
    log.info(
        "web.loaded", application=repr(wsgi.application), routes=len(get_resolver().url_patterns)
    )
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext(language)
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    load()
    entrypoint()  # type: ignore[no-untyped-call]
