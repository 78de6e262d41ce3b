import ast
import re

import pytest

from tests.architecture.sources import name_of, python_files, repository_files, text_of, tree_of

pytestmark = pytest.mark.xdist_group("sources")  # one worker reads and parses it all

CLOCK = "academy/core/clock.py"

# What reads the machine's clock as a date. Durations (time.monotonic) are another matter.
READS = {"now", "utcnow", "today", "localdate"}
READ_FROM = {"datetime", "date", "timezone", "dt"}

SQL_CLOCK = re.compile(
    r"\b(now|clock_timestamp|statement_timestamp|transaction_timestamp)\s*\(\s*\)"
    r"|\bcurrent_(date|timestamp|time)\b|\blocaltimestamp\b",
    re.IGNORECASE,
)
SQL_WORDS = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|RETURNING)\b")


def test_the_clock_is_read_in_one_place():
    reads = [
        f"{name_of(path)}:{node.lineno}"
        for path in python_files()
        if name_of(path) != CLOCK
        for node in ast.walk(tree_of(path))
        if _reads_clock(node)
    ]

    assert reads == []


def _reads_clock(node):
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    owner = node.func.value
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return node.func.attr in READS and name in READ_FROM


def test_sql_receives_the_moment():
    """Tests stop `academy.core.clock`; they cannot stop the database's."""
    uses = [
        f"{name_of(path)}:{node.lineno}"
        for path in python_files()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and SQL_WORDS.search(node.value)
        and SQL_CLOCK.search(_without_comments(node.value))
    ]
    uses += [
        name_of(path)
        for path in repository_files()
        if path.suffix == ".sql" and SQL_CLOCK.search(_without_comments(text_of(path)))
    ]

    assert uses == []


def _without_comments(sql):
    return re.sub(r"--[^\n]*", "", sql)
