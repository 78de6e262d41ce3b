"""Enrolments: the list, one with its history, and the commands of its holder."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from academy.core.errors import Forbidden, Missing
from academy.rest.endpoint import Endpoint, only, unknown_value
from academy.rest.idempotency import KeyedCall
from academy.rest.pagination import decode, page
from academy.rest.permissions import signed_in
from academy.rest.schema import IF_MATCH, EmptyInput, Method, answered, asked, describe, page_of
from enrollment.api import doors
from enrollment.api.shapes import (
    EnrollInput,
    EnrollmentInFullOut,
    EnrollmentOut,
    EnrollmentsQuery,
    WithdrawInput,
)
from enrollment.requests import actions
from enrollment.seats import queries
from enrollment.seats.enums import Source
from enrollment.seats.models import Enrollment

READ, WRITE = signed_in("enrollments:read"), signed_in("enrollments:write")
FILTERS = {
    "run": "run__public_id",
    "person": "person__public_id",
    "court": "court__code",
    "state": "state",
}
OTHERS = [FILTERS[name] for name in ("run", "person", "court")]
RUN, PERSON = "0b6a3a52-0a2c-4a9e-8d6f-2a4d1f0e9c77", "c1de9c04-3f5f-4a7e-9f2c-91d1b1a2f7aa"
EXAMPLE = {
    "id": "5cfa1a0e-6f63-4d44-a3a5-6f9b8c1b6a3e",
    "run": RUN,
    "person": PERSON,
    "state": "confirmed",
    "queue_number": None,
    "due_at": None,
    "source": "self",
    "is_late": False,
    "end_reason": "",
    "created_at": "2026-11-23T09:30:00Z",
    "state_since": "2026-11-23T09:30:00Z",
    "revision": 1,
}


class Enrollments(Endpoint):
    """Who claims which run."""

    needs: ClassVar = {"GET": READ, "POST": WRITE}

    @describe(
        "listEnrollments",
        "List enrolments",
        answer=page_of(EnrollmentOut),
        query=EnrollmentsQuery,
        description="Own enrolments by default; with `run`, `person` or `court` those of others, "
        "as far as the caller's rights reach.",
    )
    def get(self, request: Request) -> Response:
        """One page, the newest first."""
        wanted = self.query(EnrollmentsQuery)
        after = decode(wanted["cursor"], UUID)
        rows = queries.enrollment_rows(
            _wanted(self, wanted), after=after[0] if after else None, limit=wanted["limit"] + 1
        )
        found = page(request, rows, wanted["limit"], lambda row: (row["id"],))
        self.disclosed("enrollments", [row["person"] for row in found["items"]])
        rows = [shown(self, row) for row in found["items"]]
        found["items"] = only(rows, wanted["fields"], EnrollmentOut)
        return Response(found)

    @describe(
        "enroll",
        "Ask for a place in a run",
        body=EnrollInput,
        answer=EnrollmentOut,
        status=201,
        errors=[404],
        examples=[asked("For oneself", {"run": RUN}), answered("Confirmed", EXAMPLE, 201)],
    )
    def post(self, request: Request) -> Response:
        """A seat at once, a place on the waiting list, or a request to be decided."""
        wanted = self.body(EnrollInput)
        person_id, person, source = _for_whom(self, wanted["person"])

        def action(keyed: KeyedCall) -> Enrollment:
            return actions.enroll(
                run=wanted["run"],
                person=person_id,
                actor=self.actor if person is None else self.actor.for_person(person),
                source=source,
                appointment=wanted["appointment"],
                keyed=keyed,
            )

        holder = person or self.viewer.person_public_id
        return self.command(
            action,
            lambda row: queries.answer_of(
                row, run=wanted["run"], person=holder or row.person.public_id
            ),
            status=201,
        )


class OneEnrollment(Endpoint):
    """One enrolment with its history."""

    needs: ClassVar = {"GET": READ}

    @describe("getEnrollment", "Read one enrolment", answer=EnrollmentInFullOut, errors=[404])
    def get(self, request: Request, enrollment: UUID) -> Response:
        """The row, and for people what happened to it."""
        rows = doors.visible_enrollments(self.viewer, self.projection)
        row = queries.enrollment_row(rows, enrollment)
        if row is None:
            raise Missing("unknown_enrollment", _("There is no such enrolment."))
        self.disclosed("enrollments", [row["person"]])
        body = shown(self, row)
        if self.projection.is_full:
            steps = queries.steps_of(enrollment)
            body["history"] = [_step(step) for step in steps if self.is_told(step["type"])]
        return self.tagged(body, row["revision"])


class _Command(Endpoint):
    """The frame of a command on one enrolment: door, action, revision."""

    needs: ClassVar = {"POST": WRITE}
    input: type[serializers.Serializer[Any]] = EmptyInput
    change: Callable[..., Enrollment]

    def carry_out(self, enrollment: UUID) -> Response:
        """Pass the door and call the action under the caller's key."""
        sent = self.body(self.input)
        row = doors.enrollment_to_change(self.viewer, self.projection, enrollment)
        actor = doors.acting_for(self.viewer, self.actor, row)
        change = partial(type(self).change, actor=actor, revision=self.revision, **sent)
        return self.command(
            lambda keyed: change(enrollment=enrollment, keyed=keyed),
            lambda after: queries.answer_of(
                after, run=after.run.public_id, person=after.person.public_id
            ),
        )


def _described(
    name: str, summary: str, body: type[serializers.Serializer[Any]]
) -> Callable[[Method], Method]:
    return describe(
        f"{name}Enrollment",
        summary,
        body=body,
        answer=EnrollmentOut,
        errors=[404],
        headers=[IF_MATCH],
    )


class Accept(_Command):
    """Take the offered seat."""

    change = staticmethod(actions.accept)

    @_described("accept", "Accept an offered seat", EmptyInput)
    def post(self, request: Request, enrollment: UUID) -> Response:
        """Before the offer's deadline."""
        return self.carry_out(enrollment)


class Decline(_Command):
    """Leave the offered seat to the next."""

    change = staticmethod(actions.decline)

    @_described("decline", "Decline an offered seat", EmptyInput)
    def post(self, request: Request, enrollment: UUID) -> Response:
        """The seat goes to the queue."""
        return self.carry_out(enrollment)


class Confirm(_Command):
    """Still coming, after the run was changed."""

    change = staticmethod(actions.confirm)

    @_described("confirm", "Confirm again after a change", EmptyInput)
    def post(self, request: Request, enrollment: UUID) -> Response:
        """Before the deadline."""
        return self.carry_out(enrollment)


class Withdraw(_Command):
    """Give up a place or a request."""

    change = staticmethod(actions.withdraw)
    input = WithdrawInput

    @_described("withdraw", "Give up a place or a request", WithdrawInput)
    def post(self, request: Request, enrollment: UUID) -> Response:
        """The seat goes to the queue."""
        return self.carry_out(enrollment)


def shown(view: Endpoint, row: dict[str, Any]) -> dict[str, Any]:
    """The row as this caller may see it."""
    body = {name: value for name, value in row.items() if name != "court_code"}
    body["court"] = row["court_code"]
    return view.projection.cut(doors.RESOURCE, body)


def _wanted(view: Endpoint, wanted: dict[str, Any]) -> QuerySet[Enrollment]:
    rows = doors.visible_enrollments(view.viewer, view.projection)
    given = {FILTERS[name]: value for name, value in wanted.items() if name in FILTERS}
    if view.viewer.client_id is None and not given.keys() & set(OTHERS):
        given["person_id"] = view.viewer.person_id
    return rows.filter(**given)


def _for_whom(view: Endpoint, person: UUID | None) -> tuple[int | UUID, UUID | None, Source]:
    """Whose claim it is: the caller's own, or that of a person whom the caller may act for."""
    viewer = view.viewer
    if person is None or person == viewer.person_public_id:
        if viewer.person_id is None:
            raise unknown_value("person", _("Say for whom the place is asked."))
        return viewer.person_id, None, Source.SELF
    if not doors.may_act_for_others(viewer):
        raise Forbidden("not_for_others", _("You may ask for a place only for yourself."))
    return person, person, Source.SYSTEM if viewer.client_id else Source.REGISTRAR


def _step(step: dict[str, Any]) -> dict[str, Any]:
    return {"type": step["type"], "time": step["time"], "reason": step["reason"]}
