"""What every test may use."""

import pytest

from tests import factories


@pytest.fixture
def cast(db: None) -> factories.Cast:
    """People whose names carry their rights."""
    return factories.Cast()
