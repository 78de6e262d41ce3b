"""Whether the database can read the letters that people search with."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connections

# With ctype C the first gives the letter back as it is, and the second finds no letter at all.
READS_CYRILLIC = "SELECT lower('Ә') = 'ә' AND cardinality(show_trgm('сот')) > 0"
READS_LETTERS = "SELECT lower('Ә') = 'ә'"


def check_ctype(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Refuse a database with ctype C or POSIX: it would lose every search in silence."""
    return [
        Error(
            f"The database “{name}” does not know Cyrillic letters (ctype C or POSIX).",
            hint="Create it anew with LC_CTYPE 'C.UTF-8' or a language's UTF-8 locale.",
            id="courses.E001",
        )
        for name in databases or ()
        if not reads_cyrillic(name)
    ]


def reads_cyrillic(database: str = "default") -> bool:
    """Whether case and trigrams of Cyrillic letters work there."""
    with connections[database].cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')")
        has_trigrams = cursor.fetchone()[0]
        cursor.execute(READS_CYRILLIC if has_trigrams else READS_LETTERS)
        return bool(cursor.fetchone()[0])
