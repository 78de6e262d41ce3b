"""Which courses stand on the page: one statement, by keyset, in one of four orders."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from courses.search.queries.filters import filtered
from courses.search.queries.need import placed_by_need
from courses.search.queries.words import Words
from courses.search.rules import SearchRequest, Sort

# What a list is sorted by, always upwards; the course itself breaks ties.
PLACES = {
    Sort.RELEVANCE: "-i.score",
    Sort.TITLE: "t.sort_key",
    Sort.NEXT_RUN: "i.next_run_at",
    Sort.NEED: "i.need",
}
CASTS = {
    Sort.RELEVANCE: "integer",
    Sort.TITLE: "text",
    Sort.NEXT_RUN: "timestamptz",
    Sort.NEED: "text",
}
TITLES = "JOIN courses_coursetitle t ON t.course_id = i.course_id AND t.language = %(ui_language)s"


@dataclass(frozen=True, slots=True)
class Hits:
    """The page's courses with their places in the order, and one more if there is a next page.

    The third of each says how much one person needs it; empty in everybody's list.
    """

    places: list[tuple[int, str | int, str]]


def find_hits(
    request: SearchRequest,
    words: Words,
    *,
    cursor: tuple[str | int, int] | None,
    language: str,
    now: datetime,
) -> Hits:
    """The courses of one page; a long list is walked along an index from the cursor on."""
    order, place = request.order, PLACES[request.order]
    source, where, values = filtered(request, words, now)
    if request.mine:
        need, more = placed_by_need(request.mine)
        values |= more
        source, where = f"(SELECT i.*, {need} AS need FROM {source} WHERE {where}) i", "true"
    values["ui_language"] = language
    if order == Sort.TITLE:
        source = f"{source} {TITLES}"
    if cursor:
        where = f"{where} AND ({place}, i.course_id) > (%(place)s::{CASTS[order]}, %(course)s)"
        values |= {"place": cursor[0], "course": cursor[1]}
    shown = f"({place})::text" if order == Sort.NEXT_RUN else place
    values["limit"] = request.limit + 1
    statement = f"""SELECT i.course_id, {shown}, {"i.need" if request.mine else "''"}
                      FROM {source} WHERE {where}
                     ORDER BY {place}, i.course_id LIMIT %(limit)s"""
    with connection.cursor() as db:
        db.execute(statement, values)
        return Hits(db.fetchall())
