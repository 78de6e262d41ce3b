"""Find courses. At most six statements a page, whatever was asked and however many there are."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import connection
from django.utils.translation import get_language

from academy.core import clock
from courses.search import rules
from courses.search.queries.facets import Facet, facets_of
from courses.search.queries.hits import Hits, find_hits
from courses.search.queries.month import MOST, MonthRun, runs_of
from courses.search.queries.rows import CourseRow, rows_of
from courses.search.queries.words import Words, understand
from courses.search.rules import CAP, Need, SearchRequest, encode_cursor, need_at

__all__ = [
    "CourseRow",
    "Facet",
    "MonthPage",
    "MonthRun",
    "SearchPage",
    "catalogue_revision",
    "find_courses",
    "find_runs",
]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of the catalogue. `corrected` is what was searched instead of what was typed.

    `needs` says of each row why it is for the person who was asked about; else it is empty.
    """

    rows: list[CourseRow]
    total: int
    is_capped: bool  # there are more than `total`
    facets: list[Facet]
    next_cursor: str
    corrected: str
    needs: list[Need]


def find_courses(request: SearchRequest) -> SearchPage:
    """The published courses that answer the request, with facets and their counts.

    Words nowhere in the catalogue are mended (a slip of the finger, the wrong keyboard layout) and
    `corrected` says what is shown instead. Refuses a cursor of another order.
    """
    now = clock.now()
    language = request.ui_language or get_language() or settings.LANGUAGE_CODE
    cursor = rules.decode_cursor(request.order, request.cursor)
    words = understand(request.text)
    hits = find_hits(request, words, cursor=cursor, language=language, now=now)
    facets = facets_of(request, words, language=language, now=now)
    shown = hits.places[: request.limit]
    rows = rows_of([course for course, _, _ in shown], language, now)
    total = min(facets.total, CAP)
    return SearchPage(
        rows=rows,
        total=total,
        is_capped=facets.total > CAP,
        facets=facets.facets,
        next_cursor=_next_cursor(request, hits),
        corrected=_corrected(words),
        needs=[need_at(request.mine, need) for _, _, need in shown] if request.mine else [],
    )


@dataclass(frozen=True, slots=True)
class MonthPage:
    """The runs of one month, with the facets of the courses that answer the request."""

    runs: list[MonthRun]
    is_capped: bool
    facets: list[Facet]
    corrected: str


def find_runs(request: SearchRequest, first: date) -> MonthPage:
    """The runs of the month that begins with `first`, of the courses that answer the request."""
    now = clock.now()
    language = request.ui_language or get_language() or settings.LANGUAGE_CODE
    words = understand(request.text)
    runs = runs_of(request, words, first, language=language, now=now)
    facets = facets_of(request, words, language=language, now=now)
    return MonthPage(runs[:MOST], len(runs) > MOST, facets.facets, _corrected(words))


def _next_cursor(request: SearchRequest, hits: Hits) -> str:
    if len(hits.places) <= request.limit:
        return ""
    course, place, _ = hits.places[request.limit - 1]
    return encode_cursor(request.order, place, course)


def _corrected(words: Words) -> str:
    return words.parsed.text if words.is_mended else ""


def catalogue_revision() -> int:
    """A number that grows whenever a catalogue page may look different: the key of cached pages."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT revision FROM courses_cataloguerevision WHERE id = 1")
        row = cursor.fetchone()
    return int(row[0]) if row else 0
