"""After a test that committed: empty the tables that it filled, and no others.

Django's own flush truncates every table and makes all permissions anew, a quarter of a second each
time. Guards that refuse this to the service are set aside by the owner of the tables meanwhile.
"""

from functools import cache

from django.db import connection
from django.test import TransactionTestCase

KEPT = {"django_migrations", "django_content_type", "auth_permission"}
GUARDED = """
SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger
 WHERE NOT tgisinternal AND tgtype & 32 <> 0  -- before or after TRUNCATE
"""


def install() -> None:
    """Let every test that commits clean up like this."""
    setattr(TransactionTestCase, "_fixture_teardown", lambda _self: empty())  # noqa: B010


def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_which_are_full())
        full = [name for (name,) in cursor.fetchall()]
        if full:
            cursor.execute(GUARDED)
            guarded = [name for (name,) in cursor.fetchall()]
            cursor.execute(
                ";".join(
                    [
                        *(f"ALTER TABLE {name} DISABLE TRIGGER USER" for name in guarded),
                        f"TRUNCATE {', '.join(full)} RESTART IDENTITY CASCADE",
                        *(f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in guarded),
                    ]
                )
            )


@cache
def _which_are_full() -> str:
    names = sorted(set(connection.introspection.table_names()) - KEPT)
    return " UNION ALL ".join(f"(SELECT '{name}' FROM {name} LIMIT 1)" for name in names)
