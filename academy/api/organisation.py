"""People and courts, to read."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from academy.access.enums import Right
from academy.api.shapes import CourtOut, PeopleQuery, PersonOut
from academy.core import clock
from academy.core.errors import Missing
from academy.courts import queries as courts
from academy.people import queries as people
from academy.people.queries import PeopleFilter
from academy.rest.endpoint import Endpoint, PageQuery, only
from academy.rest.pagination import decode, page
from academy.rest.permissions import any_of, signed_in
from academy.rest.schema import describe, page_of

READERS = any_of(Right.READ_ALL, Right.REGISTER, Right.READ_COURT, scope="people:read")


class People(Endpoint):
    """People and their present posts; heads and coordinators see those of their own courts."""

    needs: ClassVar = {"GET": READERS}

    @describe("listPeople", "List people", answer=page_of(PersonOut), query=PeopleQuery)
    def get(self, request: Request) -> Response:
        """One page, in alphabetical order."""
        asked = self.query(PeopleQuery)
        wanted = PeopleFilter(_courts_seen(self), asked["court"], asked["external_id"])
        rows = people.people_rows(
            wanted,
            clock.now().date(),
            after=decode(asked["cursor"], str, UUID),
            limit=asked["limit"] + 1,
        )
        found = page(request, rows, asked["limit"], lambda row: (row["sort_key"], row["public_id"]))
        self.disclosed("people", [row["public_id"] for row in found["items"]])
        shown = [self.projection.cut("person", _person(row)) for row in found["items"]]
        found["items"] = only(shown, asked["fields"], PersonOut)
        return Response(found)


class OnePerson(Endpoint):
    """One person."""

    needs: ClassVar = {"GET": READERS}

    @describe("getPerson", "Read one person", answer=PersonOut, errors=[404])
    def get(self, request: Request, person: UUID) -> Response:
        """The person, when the caller may see one of the posts."""
        row = people.person_row(person, clock.now().date())
        seen = _courts_seen(self)
        if row is None or (
            seen is not None and not any(post["court_id"] in seen for post in row["posts"])
        ):
            raise Missing("unknown_person", "There is no such person.")
        self.disclosed("people", [person])
        return Response(self.projection.cut("person", _person(row)))


class Courts(Endpoint):
    """The courts that exist today."""

    needs: ClassVar = {"GET": signed_in("courts:read")}

    @describe("listCourts", "List courts", answer=page_of(CourtOut), query=PageQuery)
    def get(self, request: Request) -> Response:
        """One page, by code."""
        asked = self.query(PageQuery)
        after = decode(asked["cursor"], str)
        rows = courts.court_rows(
            clock.now().date(), after=after[0] if after else "", limit=asked["limit"] + 1
        )
        found = page(request, rows, asked["limit"], lambda row: (row["code"],))
        found["items"] = [_court(row) for row in found["items"]]
        return Response(found)


class OneCourt(Endpoint):
    """One court, also one that was closed."""

    needs: ClassVar = {"GET": signed_in("courts:read")}

    @describe("getCourt", "Read one court", answer=CourtOut, errors=[404])
    def get(self, request: Request, code: str) -> Response:
        """The court by its code."""
        row = courts.court_row(code)
        if row is None:
            raise Missing("unknown_court", "There is no such court.")
        return Response(_court(row))


def _courts_seen(view: Endpoint) -> frozenset[int] | None:
    """Whose people the caller sees: everybody's (None), or those of the own courts."""
    viewer = view.viewer
    if viewer.client_id or viewer.may(Right.READ_ALL) or viewer.may(Right.REGISTER):
        return None
    return viewer.courts


def _person(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["public_id"],
        **{
            name: row[name]
            for name in ("external_id", "family_name", "given_name", "patronymic", "language")
        },
        "in_service_since": row["in_service_since"],
        "left_on": row["left_on"],
        "posts": [
            {
                "court": post["court__code"],
                "position": post["position__code"],
                "kind": post["kind"],
                "since": post["period"].lower,
                "until": post["period"].upper,
            }
            for post in row["posts"]
        ],
    }


def _court(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["public_id"],
        "code": row["code"],
        "names": row["names"],
        "level": row["level__code"],
        "kind": row["kind__code"],
        "region": row["region__code"],
        "parent": row["parent__code"],
        "successor": row["successor__code"],
        "time_zone": row["time_zone"],
        "valid_from": row["valid_from"],
        "valid_to": row["valid_to"],
    }
