"""The only clock. Rules and SQL receive the moment as an argument: tests can stand still."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware and in UTC."""
    return datetime.now(UTC)
