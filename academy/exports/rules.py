"""How a value stands in a cell, and when a file is over. Pure."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import orjson

KEPT = timedelta(days=7)
"""For how long a file lies ready."""
LINK_SECONDS = 900
"""For how long a link to a file works; a new one can be asked for while the file lies ready."""
LEASE = timedelta(minutes=2)
"""A worker that has not written a piece for so long is dead, and another goes on."""

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(value: object) -> str | int | float:
    """A value as one cell; lists by semicolons, objects as JSON."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int() | float() | str():
            return value
        case Mapping():
            return orjson.dumps(value).decode()
        case Sequence():
            return "; ".join(str(cell(one)) for one in value)
        case _:
            return str(value)


def harmless(value: str | float) -> str | float:
    """The cell, so that no spreadsheet takes words for a formula: an apostrophe before them.

    Numbers stay numbers. A name that begins with a dash is rare; one that runs a program is worse.
    """
    if isinstance(value, str) and value.startswith(STARTS_A_FORMULA):
        return f"'{value}"
    return value
