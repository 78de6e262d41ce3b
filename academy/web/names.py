"""Languages and countries by their names in the reader's language (CLDR data of Babel)."""

from academy.web import dates


def language(code: str) -> str:
    """A language; one without a name keeps its code."""
    return str(dates.locale().languages.get(code, code))


def country(code: str) -> str:
    """A country; empty for bodies that belong to none."""
    return str(dates.locale().territories.get(code, ""))
