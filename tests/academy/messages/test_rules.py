from datetime import UTC, datetime, timedelta

import pytest

from academy.messages import rules
from academy.messages.rules import Again, GiveUp

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("attempts", "useless_after", "jitter", "step"),
    [
        (1, None, 0.0, Again(NOW + MINUTE)),
        (1, None, 1.0, Again(NOW + MINUTE * 1.5)),
        (4, None, 0.0, Again(NOW + 8 * MINUTE)),
        (7, None, 0.0, Again(NOW + 64 * MINUTE)),
        (8, None, 0.0, GiveUp(late=False)),
        (4, NOW + HOUR, 0.0, Again(NOW + 8 * MINUTE)),
        (4, NOW + 8 * MINUTE, 0.0, GiveUp(late=True)),
    ],
)
def test_after_a_failure(attempts, useless_after, jitter, step):
    found = rules.after_failure(attempts, NOW, useless_after=useless_after, jitter=jitter)

    assert found == step


@pytest.mark.parametrize(
    ("attempts", "age", "spent"),
    [(1, HOUR, False), (8, HOUR, False), (9, HOUR, True), (1, timedelta(days=4), True)],
)
def test_spent(attempts, age, spent):
    assert rules.is_spent(attempts, NOW, created_at=NOW - age) is spent


@pytest.mark.parametrize(
    ("address", "fine"),
    [
        ("a@example.org", True),
        ("first.last+x@sub.example.org", True),
        ("", False),
        ("a@b@c.org", False),
        ("сот@example.org", False),
        ("<a@example.org>", False),
        ("a@example.org\n", False),
    ],
)
def test_deliverable(address, fine):
    assert rules.is_deliverable(address) is fine
