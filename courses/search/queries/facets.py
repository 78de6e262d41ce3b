"""The facets beside a list: how many courses each further choice would show."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from academy.core.texts import Picked, pick
from courses.search.queries.filters import conditions, matched, values_of, wanted
from courses.search.queries.words import Words
from courses.search.rules import CAP, SearchRequest

LISTS = ("topics", "audiences", "languages")
SINGLES = ("format", "provider")
ORDER = ("open", "topics", "audiences", "format", "languages", "provider")

NAMES = """
SELECT 'topics' AS facet, code, names::json AS names FROM courses_topic
UNION ALL SELECT 'audiences', code, names::json FROM courses_audience
UNION ALL SELECT 'format', code, names::json FROM courses_format
UNION ALL SELECT 'provider', code, names::json FROM courses_organisation
"""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One choice. `courses` is empty when there are too many to count for a page."""

    code: str
    name: Picked
    courses: int | None
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """One list of choices; `code` is also the name of the filter."""

    code: str
    values: list[FacetValue]


@dataclass(frozen=True, slots=True)
class Facets:
    """The facets, and how many courses the whole request has (one more than the cap: more)."""

    facets: list[Facet]
    total: int


def facets_of(request: SearchRequest, words: Words, *, language: str, now: datetime) -> Facets:
    """Every facet, counted under the choices in the *other* facets, and the total.

    Counts of the bare list are kept by the index. Others are counted over no more courses than can
    be paged through; beyond that a value is offered without a number.
    """
    chosen = wanted(request, now)
    statement, values = _statement(words, chosen)
    with connection.cursor() as cursor:
        cursor.execute(statement, {**chosen, **values, **values_of(request), "now": now})
        rows = cursor.fetchall()
    counted = [(facet, value, courses) for facet, value, courses, names in rows if names is None]
    names = {(facet, code): names for facet, code, _, names in rows if names is not None}
    total = next((courses for facet, _, courses in counted if facet == "all"), 0)
    return Facets(
        [
            Facet(name, _values(name, counted, names, chosen.get(name, []), language))
            for name in ORDER
        ],
        total or 0,
    )


def _statement(words: Words, chosen: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {}
    text = ""
    if words.parsed:
        hits, values = matched(words, "true")
        text = f"WITH matched AS MATERIALIZED ({hits}) "
    parts = [_counted(name, chosen, bool(text)) for name in (*LISTS, *SINGLES)]
    parts += [_open_courses(chosen, bool(text)), _total(chosen, bool(text))]
    counted = " UNION ALL ".join(f"({part})" for part in parts)
    return (
        f"""{text} SELECT counted.*, NULL::json FROM ({counted}) counted(facet, value, courses)
               UNION ALL SELECT facet, code, NULL, names FROM ({NAMES}) named""",
        values,
    )


def _base(name: str, chosen: dict[str, Any], has_text: bool) -> str:
    others = [facet for facet in chosen if facet != name]
    source = "matched" if has_text else "courses_courseindex"
    return f"SELECT i.* FROM {source} i WHERE {conditions(others)} LIMIT {CAP + 1}"


def _is_bare(name: str, chosen: dict[str, Any], has_text: bool) -> bool:
    return not has_text and not [facet for facet in chosen if facet != name]


def _counted(name: str, chosen: dict[str, Any], has_text: bool) -> str:
    if _is_bare(name, chosen, has_text):
        return f"SELECT facet, value, courses FROM courses_facetcount WHERE facet = '{name}'"
    value = f"unnest({name})" if name in LISTS else name
    return f"""
        WITH base AS MATERIALIZED ({_base(name, chosen, has_text)})
        SELECT '{name}', value,
               CASE WHEN (SELECT count(*) FROM base) <= {CAP} THEN count(*)::int END
          FROM (SELECT {value} AS value FROM base) found GROUP BY value"""


def _open_courses(chosen: dict[str, Any], has_text: bool) -> str:
    base = _base("open", {**chosen, "open": True}, has_text).replace(f"LIMIT {CAP + 1}", "")
    return f"""SELECT 'open', 'open', count(*)::int FROM
               ({base} AND {conditions(["open"])} LIMIT {CAP + 1}) found"""


def _total(chosen: dict[str, Any], has_text: bool) -> str:
    if _is_bare("all", chosen, has_text):
        return "SELECT facet, value, courses FROM courses_facetcount WHERE facet = 'all'"
    return f"SELECT 'all', '', count(*)::int FROM ({_base('all', chosen, has_text)}) found"


def _values(
    facet: str,
    counted: list[tuple[str, str, int | None]],
    names: dict[tuple[str, str], dict[str, str]],
    chosen: list[str],
    language: str,
) -> list[FacetValue]:
    counts = {value: courses for name, value, courses in counted if name == facet and value}
    if facet == "open":
        chosen = ["open"] if chosen else []
    for value in chosen:
        counts.setdefault(value, 0)
    found = [
        FacetValue(
            value,
            pick(names.get((facet, value)) or {"": value}, language),
            courses,
            value in chosen,
        )
        for value, courses in counts.items()
        if courses is None or courses > 0 or value in chosen
    ]
    return sorted(found, key=lambda value: (-(value.courses or CAP), value.name.text))
