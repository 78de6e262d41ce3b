"""Stories sign in again and again from one address, which the service rightly counts."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def nobody_was_counted_yet():
    cache.clear()


@pytest.fixture(autouse=True)
def _styles_are_found_when_asked_for(settings):
    """Each browser of a test would otherwise list all static files anew, for 50 ms."""
    settings.WHITENOISE_AUTOREFRESH = True
