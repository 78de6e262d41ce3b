"""Days on which people are in training, for those who list cases."""

from datetime import date, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access.enums import Right
from academy.core import clock
from academy.core.errors import Missing
from academy.courts.models import Court
from academy.courts.queries import hours_of_a_day
from academy.people.models import Person
from academy.rest.endpoint import Endpoint, PageQuery, unknown_value
from academy.rest.pagination import decode, page
from academy.rest.permissions import any_of
from academy.rest.schema import answered, describe, page_of
from enrollment.requests.blocked_days import Span, blocked_days

READERS = any_of(Right.READ_COURT, Right.READ_ALL, scope="blocked-days:read")
LONGEST = timedelta(days=366)
EXAMPLE = {
    "items": [
        {
            "person": "c1de9c04-3f5f-4a7e-9f2c-91d1b1a2f7aa",
            "day": "2026-11-23",
            "part": "whole",
            "starts": "09:30:00",
            "ends": "17:00:00",
            "time_zone": "Asia/Almaty",
            "status": "confirmed",
        }
    ],
    "next": None,
}


class BlockedQuery(PageQuery):
    """Parameters of blocked days; the first is a word that Python keeps for itself."""

    def get_fields(self) -> dict[str, Any]:
        """`from` and `until`, both days included; a year at most."""
        day = serializers.DateField
        return {
            **super().get_fields(),
            "from": day(required=False, default=None, allow_null=True, help_text="Today."),
            "until": day(
                required=False, default=None, allow_null=True, help_text="Four weeks after `from`."
            ),
        }


class BlockedDayOut(serializers.Serializer[Any]):
    """A person, a day of the run's zone, and which part of it is taken."""

    person = serializers.UUIDField()
    day = serializers.DateField()
    part = serializers.ChoiceField(
        ["whole", "morning", "afternoon", "outside"],
        help_text="Of the office day; `outside` of its hours.",
    )
    starts = serializers.TimeField(help_text="In the run's zone.")
    ends = serializers.TimeField()
    time_zone = serializers.CharField()
    status = serializers.ChoiceField(
        ["confirmed", "tentative"],
        help_text="`tentative`: the run has moved and the person has yet to answer.",
    )
    run = serializers.UUIDField(
        required=False, help_text="Only with the scope enrollments:read, as the course."
    )
    course = serializers.CharField(required=False)


PAGE = page_of(BlockedDayOut)
DESCRIPTION = (
    "One row per day, person and run, by day. Ask again for a person's days when the feed tells of "
    "`enrollment.confirmed`, `enrollment.reconfirm`, `enrollment.withdrawn`, "
    "`enrollment.cancelled` or `enrollment.transferred` about them, and for all when it tells of "
    "`run.moved`, `run.postponed` or `run.cancelled`: the projection `case_listing` shows these."
)


class _BlockedDays(Endpoint):
    """What both addresses share."""

    needs: ClassVar = {"GET": READERS}

    def blocked(self, request: Request, **whose: Any) -> Response:
        """One page; recorded as a disclosure when a system reads it."""
        asked = self.query(BlockedQuery)
        since = asked["from"] or clock.now().date()
        until = asked["until"] or since + timedelta(days=27)
        if not since <= until <= since + LONGEST:
            raise unknown_value("until", _("Ask for a year at most."))
        after = decode(asked["cursor"], date.fromisoformat, UUID, UUID)
        rows = blocked_days(
            Span(since, until, **whose),
            after=(after[0], after[1], after[2]) if after else None,
            limit=asked["limit"] + 1,
            hours=hours_of_a_day(),
        )
        found = page(
            request, rows, asked["limit"], lambda row: (row["day"], row["person"], row["run"])
        )
        found["items"] = [self._shown(row) for row in found["items"]]
        self.disclosed("blocked days", [row["person"] for row in found["items"]])
        return Response(found)

    def _shown(self, row: dict[str, Any]) -> dict[str, Any]:
        viewer = self.viewer
        if viewer.client_id is None or "enrollments:read" in viewer.scopes:
            return row
        return {name: value for name, value in row.items() if name not in {"run", "course"}}

    def sees_all(self) -> bool:
        """Whether the caller's eye is not bound to the own courts."""
        return self.viewer.client_id is not None or self.viewer.may(Right.READ_ALL)


class CourtBlockedDays(_BlockedDays):
    """The people who hold a post in a court on that day."""

    @describe(
        "listBlockedDaysOfCourt",
        "List the days on which a court's people are in training",
        answer=PAGE,
        query=BlockedQuery,
        errors=[404],
        examples=[answered("A day", EXAMPLE)],
        description=DESCRIPTION,
    )
    def get(self, request: Request, code: str) -> Response:
        """A court that the caller may see."""
        court = Court.objects.filter(code=code).first()
        if court is None or not (self.sees_all() or court.pk in self.viewer.courts):
            raise Missing("unknown_court", _("There is no such court."))
        return self.blocked(request, court=court.pk)


class PersonBlockedDays(_BlockedDays):
    """One person."""

    @describe(
        "listBlockedDaysOfPerson",
        "List the days on which a person is in training",
        answer=PAGE,
        query=BlockedQuery,
        errors=[404],
        examples=[answered("A day", EXAMPLE)],
        description=DESCRIPTION,
    )
    def get(self, request: Request, person: UUID) -> Response:
        """A person whom the caller may see."""
        rows = Person.objects.filter(public_id=person)
        if not self.sees_all():
            rows = rows.filter(
                appointments__court__in=self.viewer.courts,
                appointments__period__contains=clock.now().date(),
            )
        if not rows.exists():
            raise Missing("unknown_person", _("There is no such person."))
        return self.blocked(request, person=person)
