"""After a test that committed: empty the tables that it filled, and no others.

Django's own flush truncates every table and makes all permissions anew, a quarter of a second each
time. A few rows are faster deleted than truncated with their files and everything that sessions
know of the table; only a table that has grown gets new files. Triggers rest meanwhile: the order of
tables does not matter, and guards that refuse this to the service do not stop us.
"""

from collections.abc import Iterable, Iterator

from django.db import connection, transaction
from django.test import TransactionTestCase

KEPT = ["django_migrations", "django_content_type", "auth_permission"]
GROWN = 512 * 1024  # bytes
FILLED = """
SELECT quote_ident(relname), size > %s
  FROM (SELECT relname, pg_relation_size(oid) AS size FROM pg_class
         WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> ALL(%s)) one
 WHERE size > 0
"""


def install() -> None:
    """Let every test that commits clean up like this."""
    setattr(TransactionTestCase, "_fixture_teardown", lambda _self: empty())  # noqa: B010


def empty() -> None:
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(FILLED, [GROWN, KEPT])
        filled = dict(cursor.fetchall())
        grown = [name for name, is_grown in filled.items() if is_grown]
        cursor.execute(";".join(_statements(filled.keys() - grown, grown)))


def _statements(few: Iterable[str], grown: Iterable[str]) -> Iterator[str]:
    yield "SET LOCAL session_replication_role = replica"
    yield from (f"TRUNCATE {name} CASCADE" for name in grown)
    yield from (f"DELETE FROM {name}" for name in few)
