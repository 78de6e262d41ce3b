import pytest

from academy.rest.authentication import forget_tokens
from academy.rest.remembered import forget_answers


@pytest.fixture(autouse=True)
def no_memory():
    """What a process remembers of tokens and answers does not outlive a test."""
    forget_tokens()
    forget_answers()
