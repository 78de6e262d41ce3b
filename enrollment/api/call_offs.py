"""The academy ends one enrolment."""

from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access.enums import Right
from academy.rest.endpoint import Endpoint
from academy.rest.permissions import any_of
from academy.rest.schema import IF_MATCH, ON_BEHALF_OF, answered, asked, describe
from enrollment.api.enrollments import EXAMPLE
from enrollment.api.shapes import LONGEST_NOTE, EnrollmentOut
from enrollment.requests import access, actions
from enrollment.requests.enums import CallOff
from enrollment.seats import queries


class CallOffInput(serializers.Serializer[Any]):
    """Why the academy ends one enrolment; the person is told the reason, not the note."""

    reason = serializers.ChoiceField(CallOff.choices)
    note = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=LONGEST_NOTE,
        help_text="For the academy's record.",
    )


class Cancel(Endpoint):
    """One enrolment ends, by the academy."""

    needs: ClassVar = {"POST": any_of(Right.REGISTER, scope="decisions:write")}

    @describe(
        "cancelEnrollment",
        "End one enrolment, as the academy",
        body=CallOffInput,
        answer=EnrollmentOut,
        errors=[404],
        headers=[IF_MATCH, ON_BEHALF_OF],
        examples=[
            asked("A reason", {"reason": "court_asked"}),
            answered("Done", EXAMPLE | {"state": "cancelled", "end_reason": "court_asked"}),
        ],
    )
    def post(self, request: Request, enrollment: UUID) -> Response:
        """The seat goes to the queue; the person is told."""
        sent = self.body(CallOffInput)
        viewer, actor = self.right_used()
        access.enrollment_to_call_off(viewer, enrollment)
        cancel = partial(actions.cancel_enrollment, actor=actor, revision=self.revision, **sent)
        return self.command(
            lambda keyed: cancel(enrollment=enrollment, keyed=keyed),
            lambda row: queries.answer_of(row, run=row.run.public_id, person=row.person.public_id),
        )
