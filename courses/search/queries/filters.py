"""The conditions of a list: one place for the list, its count and its facets."""

from datetime import datetime
from typing import Any

from courses.search.queries.words import Words, query_of
from courses.search.rules import CAP, SearchRequest

WEIGHTS = "'{0.05, 0.15, 0.3, 1.0}'::real[]"

CONDITIONS = {
    "topics": "i.topics && %(topics)s::varchar[]",
    "audiences": "i.audiences && %(audiences)s::varchar[]",
    "languages": "i.languages && %(languages)s::varchar[]",
    "format": "i.format = ANY(%(format)s::varchar[])",
    "provider": "i.provider = ANY(%(provider)s::varchar[])",
    # The column of the index is only a quick hint; the runs themselves say what is open now.
    "open": """i.open_until > %(now)s AND EXISTS (
        SELECT FROM courses_run WHERE course_id = i.course_id
           AND state IN ('published', 'going_ahead')
           AND enrollment_opens_at <= %(now)s AND enrollment_closes_at > %(now)s
           AND starts_at > %(now)s)""",
    "mine": "(i.audiences && %(mine)s::varchar[] OR i.course_id = ANY(%(mine_listed)s::bigint[]))",
}


def wanted(request: SearchRequest, now: datetime) -> dict[str, Any]:
    """The chosen values by facet; a facet without a choice is absent."""
    chosen: dict[str, Any] = {
        "topics": list(request.topics),
        "audiences": list(request.audiences),
        "languages": list(request.languages),
        "format": list(request.formats),
        "provider": list(request.providers),
        "open": [now] if request.open_only else [],
        "mine": _mine(request),
    }
    return {name: values for name, values in chosen.items() if values}


def _mine(request: SearchRequest) -> list[str]:
    """The audiences of the person; nobody's audience for who has no post, not everybody's."""
    return list(request.mine.audiences) or [""] if request.mine else []


def values_of(request: SearchRequest) -> dict[str, Any]:
    """What the conditions need besides the chosen values."""
    return {"mine_listed": request.mine.listed} if request.mine else {}


def conditions(names: list[str]) -> str:
    """SQL: all of these facets' conditions."""
    return " AND ".join(CONDITIONS[name] for name in names) or "true"


def matched(words: Words, where: str) -> tuple[str, dict[str, Any]]:
    """SQL of the best hits of a text (no more than can be paged through), and its values.

    Several words that are all very frequent are looked for from the top of one ranked list, so the
    work is bounded by the list and not by how many courses have them.
    """
    values: dict[str, Any]
    query, values = query_of(words.parsed)
    source = "courses_courseindex i"
    if words.source.listed_words:
        values |= {"listed": list(words.source.listed_words), "listed_cap": CAP * 2}
        source = """(SELECT course_id FROM courses_courseword WHERE word = ANY(%(listed)s)
                      GROUP BY course_id ORDER BY max(score) DESC, course_id
                      LIMIT %(listed_cap)s) best
                    JOIN courses_courseindex i ON i.course_id = best.course_id"""
    statement = f"""
        SELECT i.*, (1000000 * ts_rank({WEIGHTS}, i.vector, query))::int AS score
          FROM (SELECT {query} AS query) asked, {source}
         WHERE i.vector @@ query AND {where}
         ORDER BY score DESC, i.course_id LIMIT {CAP + 1}"""
    return statement, values


def filtered(
    request: SearchRequest, words: Words, now: datetime
) -> tuple[str, str, dict[str, Any]]:
    """SQL of the courses that answer a request: a source, its condition, and the values of both."""
    chosen = wanted(request, now)
    values: dict[str, Any] = {**chosen, **values_of(request), "now": now}
    where = conditions(list(chosen))
    if not words.parsed:
        return "courses_courseindex i", where, values
    hits, more = matched(words, where)
    return f"({hits}) i", "true", values | more
