"""Stories sign in again and again from one address, which the service rightly counts."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def nobody_was_counted_yet():
    cache.clear()
