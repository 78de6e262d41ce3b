"""Places whose post has ended and that follow to no other: the registrar keeps or cancels each."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access.enums import Right
from academy.rest.endpoint import Endpoint, PageQuery
from academy.rest.pagination import decode, page
from academy.rest.permissions import any_of
from academy.rest.schema import (
    IF_MATCH,
    ON_BEHALF_OF,
    EmptyInput,
    Method,
    answered,
    describe,
    page_of,
)
from enrollment.api.enrollments import EXAMPLE
from enrollment.api.shapes import EnrollmentOut
from enrollment.requests import desk_queries, following
from enrollment.requests.models import LostPost
from enrollment.seats import queries
from enrollment.seats.enums import State
from enrollment.seats.models import Enrollment

REGISTRAR = any_of(Right.REGISTER, scope="decisions:write")
LOST = {
    "enrollment": EXAMPLE["id"],
    "run": EXAMPLE["run"],
    "run_code": "CM-021-2026-1",
    "person": EXAMPLE["person"],
    "state": "confirmed",
    "court": "ALA-01",
    "position": "judge",
    "lost_at": "2026-11-24T02:00:00Z",
    "revision": 2,
}


class LostPostOut(serializers.Serializer[Any]):
    """A place, and the post under which it was given."""

    enrollment = serializers.UUIDField()
    run = serializers.UUIDField()
    run_code = serializers.CharField()
    person = serializers.UUIDField()
    state = serializers.ChoiceField(State.choices)
    court = serializers.CharField(help_text="Of the post that has ended.")
    position = serializers.CharField(help_text="The same post's.")
    lost_at = serializers.DateTimeField()
    revision = serializers.IntegerField(help_text="Of the enrolment, for If-Match.")


class LostPosts(Endpoint):
    """What waits for the registrar."""

    needs: ClassVar = {"GET": REGISTRAR}

    @describe(
        "listLostPosts",
        "List the places whose post has ended",
        answer=page_of(LostPostOut),
        query=PageQuery,
        headers=[ON_BEHALF_OF],
        examples=[answered("One", {"items": [LOST], "next": None})],
        description="Of runs still ahead. A place that could follow its holder to another post is "
        "not here: it has followed by itself (`post.followed`).",
    )
    def get(self, request: Request) -> Response:
        """One page, the oldest first."""
        asked = self.query(PageQuery)
        self.right_used()
        rows = desk_queries.lost_posts()
        if after := decode(asked["cursor"], UUID):
            rows = desk_queries.behind(rows, after[0])
        shown = [_shown(row) for row in rows[: asked["limit"] + 1]]
        found = page(request, shown, asked["limit"], lambda row: (row["enrollment"],))
        self.disclosed("lost-posts", [row["person"] for row in found["items"]])
        return Response(found)


class _Answer(Endpoint):
    """The frame of both answers."""

    needs: ClassVar = {"POST": REGISTRAR}
    settle: Callable[..., Enrollment]

    def carry_out(self, enrollment: UUID) -> Response:
        """Settle the place under the caller's key."""
        self.body(EmptyInput)
        _viewer, actor = self.right_used()
        return self.command(
            lambda keyed: type(self).settle(
                enrollment=enrollment, actor=actor, revision=self.revision, keyed=keyed
            ),
            lambda row: queries.answer_of(row, run=row.run.public_id, person=row.person.public_id),
        )


def _described(name: str, summary: str, example: dict[str, Any]) -> Callable[[Method], Method]:
    return describe(
        f"{name}LostPost",
        summary,
        body=EmptyInput,
        answer=EnrollmentOut,
        errors=[404],
        headers=[IF_MATCH, ON_BEHALF_OF],
        examples=[answered("Done", EXAMPLE | example)],
    )


class Keep(_Answer):
    """The place stands."""

    settle = staticmethod(following.keep_place)

    @_described("keep", "Let the holder keep the place", {"revision": 3})
    def post(self, request: Request, enrollment: UUID) -> Response:
        """Seat, pool and number stay; court and head are the other post's, where there is one."""
        return self.carry_out(enrollment)


class Cancel(_Answer):
    """The place ends."""

    settle = staticmethod(following.cancel_place)

    @_described("cancel", "End the place", {"state": "cancelled", "end_reason": "lost_post"})
    def post(self, request: Request, enrollment: UUID) -> Response:
        """The seat goes to the queue."""
        return self.carry_out(enrollment)


def _shown(row: LostPost) -> dict[str, Any]:
    place = row.enrollment
    return {
        "enrollment": place.public_id,
        "run": place.run.public_id,
        "run_code": place.run.code,
        "person": place.person.public_id,
        "state": place.state,
        "court": row.appointment.court.code,
        "position": row.appointment.position.code,
        "lost_at": row.lost_at,
        "revision": place.revision,
    }
