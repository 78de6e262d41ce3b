"""Moves of a promised seat: to another run, or to a colleague."""

from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from academy.rest.endpoint import Endpoint
from academy.rest.permissions import signed_in
from academy.rest.schema import IF_MATCH, describe
from enrollment.api import doors
from enrollment.api.shapes import LONGEST_NOTE, EnrollmentOut
from enrollment.requests import transfers
from enrollment.requests.access import moves_as
from enrollment.seats import queries
from enrollment.seats.models import Enrollment

WRITE = signed_in("enrollments:write")


class TransferInput(serializers.Serializer[Any]):
    """Where the seat is to move."""

    run = serializers.UUIDField(help_text="Another run of the same course.")
    reason = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=40,
        help_text="Needed after the withdrawal deadline, and to pass by a decision.",
    )
    note = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=LONGEST_NOTE
    )


class SubstituteInput(serializers.Serializer[Any]):
    """Who takes over the seat."""

    person = serializers.UUIDField()
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=40)


class _Move(Endpoint):
    """The frame of both: the door, and whose act it is."""

    needs: ClassVar = {"POST": WRITE}

    def hand_on(self, enrollment: UUID) -> dict[str, Any]:
        """Pass the door; who acts, in which part, and on which state."""
        row = doors.enrollment_to_move(self.viewer, self.projection, enrollment)
        return {
            "enrollment": enrollment,
            "source": moves_as(self.viewer, row),
            "actor": doors.acting_for(self.viewer, self.actor, row),
            "revision": self.revision,
        }


class Transfer(_Move):
    """To another run of the course."""

    @describe(
        "transferEnrollment",
        "Move a seat to another run",
        body=TransferInput,
        answer=EnrollmentOut,
        status=201,
        errors=[404],
        headers=[IF_MATCH],
        description="The answer is the new enrolment; the old one ends as `transferred`.",
    )
    def post(self, request: Request, enrollment: UUID) -> Response:
        """Only to a free seat for which nobody waits; the seat left goes to its queue."""
        sent = self.body(TransferInput)
        move = partial(
            transfers.transfer,
            to_run=sent["run"],
            reason=sent["reason"],
            note=sent["note"],
            **self.hand_on(enrollment),
        )
        return self.command(lambda keyed: move(keyed=keyed), _answer, status=201)


class Substitute(_Move):
    """To a colleague, on the same seat."""

    @describe(
        "substituteEnrollment",
        "Let a colleague take over a seat",
        body=SubstituteInput,
        answer=EnrollmentOut,
        status=201,
        errors=[404],
        headers=[IF_MATCH],
        description="Without the queue, until the promotion cut-off. A holder names somebody of "
        "the own court. The answer is the colleague's enrolment.",
    )
    def post(self, request: Request, enrollment: UUID) -> Response:
        """The seat is not free for a moment."""
        sent = self.body(SubstituteInput)
        hand = partial(
            transfers.substitute,
            person=sent["person"],
            reason=sent["reason"],
            **self.hand_on(enrollment),
        )
        return self.command(lambda keyed: hand(keyed=keyed), _answer, status=201)


def _answer(row: Enrollment) -> dict[str, Any]:
    return queries.answer_of(row, run=row.run.public_id, person=row.person.public_id)
