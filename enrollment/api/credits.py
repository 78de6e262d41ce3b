"""Requirements, what people owe, and what of their learning other systems may read."""

from dataclasses import asdict
from typing import Any, ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from academy.core import clock
from academy.core.errors import Missing
from academy.people.models import Person
from academy.rest.endpoint import Endpoint
from academy.rest.pagination import decode, page
from academy.rest.permissions import signed_in
from academy.rest.schema import describe, page_of
from enrollment.api.credit_shapes import (
    OwedOut,
    RequirementOut,
    RequirementsQuery,
    SheetOut,
    TranscriptOut,
)
from enrollment.certificates.transcript import obligation_facts, sheet_of, transcript_of
from enrollment.credits import access
from enrollment.credits.enums import Basis
from enrollment.credits.models import Obligation, Requirement
from enrollment.credits.owed_queries import obligations_of, requirement_of, requirements

READERS = signed_in("credits:read")
EARLIEST, LATEST = 1900, 9999


class Requirements(Endpoint):
    """The norms of training."""

    needs: ClassVar = {"GET": READERS}

    @describe(
        "listRequirements",
        "List requirements",
        answer=page_of(RequirementOut),
        query=RequirementsQuery,
    )
    def get(self, request: Request) -> Response:
        """One page, by code; those that are over too."""
        asked = self.query(RequirementsQuery)
        after = decode(asked["cursor"], str)
        rows = requirements().filter(code__gt=after[0] if after else "")
        shown = [_requirement(row) for row in rows[: asked["limit"] + 1]]
        return Response(page(request, shown, asked["limit"], lambda row: (row["code"],)))


class OneRequirement(Endpoint):
    """One norm."""

    needs: ClassVar = {"GET": READERS}

    @describe("getRequirement", "Read one requirement", answer=RequirementOut, errors=[404])
    def get(self, request: Request, code: str) -> Response:
        """The requirement by its code."""
        return Response(_requirement(requirement_of(code)))


class PersonEndpoint(Endpoint):
    """Something about one person, cut to the caller's list of fields, and recorded as a read."""

    needs: ClassVar = {"GET": READERS}

    def recorded(self, person: UUID, resource: str) -> Person:
        """The person, where the caller may read this of them; the read is on record."""
        found = access.person_for(self.viewer, person)
        self.note(found, resource)
        return found

    def note(self, person: Person, resource: str) -> None:
        """Refuse a projection that knows no such thing, and record the read."""
        if not self.projection.shows(resource):
            raise Missing("unknown_person", "There is no such person.")
        self.disclosed(resource, [person.public_id])

    def owed(self, rows: Any) -> list[dict[str, Any]]:
        """Obligations as this caller sees them."""
        now = clock.now()
        return [self.projection.cut("requirement", obligation_facts(row, now)) for row in rows]

    def lines(self, rows: Any) -> list[dict[str, Any]]:
        """Lines of a transcript as this caller sees them."""
        return [self.projection.cut("transcript", asdict(row)) for row in rows]


class Owed(PersonEndpoint):
    """What one person owes: the own, that of the own court's people, or by scope."""

    @describe("listOwed", "Read what a person owes", answer=OwedOut, errors=[404])
    def get(self, request: Request, person: UUID) -> Response:
        """Every period, the earliest due first."""
        found = access.owing_for(self.viewer, person, clock.now().date())
        self.note(found, "requirement")
        rows: list[Obligation] = list(obligations_of(found.pk))
        return Response({"items": self.owed(rows)})


class Transcript(PersonEndpoint):
    """Participation facts of one person, as an evaluation may use them."""

    @describe("getTranscript", "Read a transcript", answer=TranscriptOut, errors=[404])
    def get(self, request: Request, person: UUID) -> Response:
        """The runs taken part in, the newest first, and every requirement, met or not."""
        found = self.recorded(person, "transcript")
        return Response(
            {
                "person": person,
                "items": self.lines(transcript_of(found.pk, clock.now())),
                "requirements": self.owed(obligations_of(found.pk)),
            }
        )


class YearlySheet(PersonEndpoint):
    """The yearly sheet of one person."""

    @describe("getSheet", "Read a yearly sheet", answer=SheetOut, errors=[404])
    def get(self, request: Request, person: UUID, year: int) -> Response:
        """What was taken part in within the year, what it came to, and what was owed."""
        if not EARLIEST <= year <= LATEST:
            raise Missing("unknown_year", "There is no such year.")
        found = self.recorded(person, "sheet")
        sheet = sheet_of(found.pk, year, clock.now())
        return Response(
            {
                "person": person,
                "year": year,
                "credits": [
                    {"kind": each.kind, "entries": each.entries, "hours": each.hours}
                    for each in sheet.credits
                ],
                "items": self.lines(sheet.lines),
                "requirements": self.owed(sheet.obligations),
            }
        )


def _requirement(row: Requirement) -> dict[str, Any]:
    plain = ("code", "names", "unit", "amount", "caps", "carry_cap", "grace_days", "prorates")
    is_cycle = row.basis == Basis.CYCLE
    return {
        **{name: getattr(row, name) for name in plain},
        "audience": row.audience.code,
        "courses": sorted(course.code for course in row.courses.all()),
        "basis": row.basis,
        "years": row.years if is_cycle else None,
        "months": None if is_cycle else row.months,
        "minimums": {one.topic.code: one.amount for one in row.minimums.all()},
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
        "revision": row.revision,
    }
