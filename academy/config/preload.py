"""What each process of ours needs, loaded once by the parent before it forks.

The children then share what code, settings, addresses and screen texts take in memory, instead of
each holding a copy. What is loaded here must not open a session with the database or the broker.
"""

import gc

from django.conf import settings
from django.urls import get_resolver
from django.utils import translation


def load() -> int:
    """Load it, and leave the collector nothing to walk over again; the number of addresses."""
    routes = len(get_resolver().url_patterns)
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext(language)
    gc.collect()
    gc.freeze()
    return routes
