"""The catalogue: open to everybody, answered from memory while nothing has changed."""

from typing import Any, ClassVar

import orjson
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access.enums import Right
from academy.core import clock
from academy.core.errors import Missing
from academy.rest.pagination import decode, encode, next_link
from academy.rest.permissions import PUBLIC
from academy.rest.remembered import RememberedEndpoint
from academy.rest.renderers import to_json
from academy.rest.schema import IF_NONE_MATCH, answered, describe
from courses.api.examples import COURSE
from courses.api.shapes import CourseInFullOut, CoursesPageOut, CoursesQuery
from courses.planning import queries
from courses.search.queries import find_courses
from courses.search.rules import SearchRequest


class Courses(RememberedEndpoint):
    """The published courses."""

    needs: ClassVar = {"GET": PUBLIC}

    @describe(
        "listCourses",
        "List and search the catalogue",
        answer=CoursesPageOut,
        query=CoursesQuery,
        headers=[IF_NONE_MATCH],
        examples=[
            answered("A page", {"items": [COURSE], "next": None}),
            answered("A search", {"items": [COURSE], "next": None, "corrected": "fair trial"}),
        ],
    )
    def get(self, request: Request) -> Response:
        """One page, by code; with `search` the best matches first."""
        asked = self.query(CoursesQuery)
        if asked["search"].strip():
            return self._found(asked)
        after = decode(asked["cursor"], str)
        rows = queries.courses_as_json(
            asked, after=after[0] if after else "", limit=asked["limit"] + 1, now=clock.now()
        )
        shown = rows[: asked["limit"]]
        following = None
        if len(rows) > len(shown):
            following = next_link(request, cursor=encode((shown[-1][0],)))
        items = ",".join(item for _code, item in shown)
        return self.remember(b'{"items":[%b],"next":%b}' % (items.encode(), to_json(following)))

    def _found(self, asked: dict[str, Any]) -> Response:
        """Not remembered: nobody asks the same twice, and the order depends on the language."""
        found = find_courses(_question(asked))
        codes = [row.code for row in found.rows]
        wanted = {"codes": codes}
        bodies = dict(
            queries.courses_as_json(wanted, after="", limit=len(codes), now=clock.now())
            if codes
            else ()
        )
        following = None
        if found.next_cursor:
            following = next_link(self.request._request, cursor=found.next_cursor)  # noqa: SLF001
        return self.tagged(
            {
                "items": [orjson.Fragment(bodies[code]) for code in codes if code in bodies],
                "next": following,
                "corrected": found.corrected,
            }
        )


def _question(asked: dict[str, Any]) -> SearchRequest:
    def chosen(name: str) -> tuple[str, ...]:
        return (asked[name],) if asked.get(name) else ()

    return SearchRequest(
        text=asked["search"],
        topics=chosen("topic"),
        audiences=chosen("audience"),
        formats=chosen("format"),
        languages=chosen("language"),
        providers=chosen("provider"),
        cursor=asked["cursor"],
        limit=asked["limit"],
    )


class OneCourse(RememberedEndpoint):
    """One course in full."""

    needs: ClassVar = {"GET": PUBLIC}

    @describe(
        "getCourse",
        "Read one course",
        answer=CourseInFullOut,
        headers=[IF_NONE_MATCH],
        errors=[404],
    )
    def get(self, request: Request, code: str) -> Response:
        """A published or archived course; drafts for those who plan."""
        body = queries.course_as_json(code, now=clock.now(), with_drafts=False)
        if body is not None:
            return self.remember(body.encode())
        if self.viewer.may(Right.PLAN):
            body = queries.course_as_json(code, now=clock.now(), with_drafts=True)
        if body is None:
            raise Missing("unknown_course", "There is no such course.")
        return Response(body.encode(), headers={"Cache-Control": "private, no-store"})
