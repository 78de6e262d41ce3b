"""Statements that need not wait for each other travel together: fewer round trips under a lock."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def pipelined() -> Iterator[None]:
    """Send statements as they come; only reading a result waits, and then for all before it.

    Stands inside the transaction. A statement whose result nobody reads fails at the next one that
    is read, or at the end of the block.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield
