"""A course's way into the catalogue and out of it."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access.enums import Right
from academy.rest.endpoint import Endpoint
from academy.rest.permissions import any_of
from academy.rest.schema import IF_MATCH, EmptyInput, Method, answered, asked, describe
from courses.catalogue import access, actions
from courses.catalogue.enums import ArchiveReason, CourseStatus
from courses.catalogue.models import Course

LONGEST_NOTE = 2_000
STATE = {"code": "CM-021", "status": "published", "version": 2, "revision": 5}


class CourseStateOut(serializers.Serializer[Any]):
    """How a course stands after a step."""

    code = serializers.CharField()
    status = serializers.ChoiceField(CourseStatus.choices)
    version = serializers.IntegerField(
        allow_null=True, help_text="The one before the public; null when none ever was."
    )
    revision = serializers.IntegerField(help_text="For If-Match.")


class ArchiveInput(serializers.Serializer[Any]):
    """Why a course leaves the catalogue."""

    reason = serializers.ChoiceField(ArchiveReason.choices)
    note = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=LONGEST_NOTE
    )


class _Step(Endpoint):
    """The frame of every step: door, action, revision."""

    needs: ClassVar = {"POST": any_of(Right.PLAN, scope="courses:write")}
    input: type[serializers.Serializer[Any]] = EmptyInput
    step: Callable[..., Course]

    def carry_out(self, code: str) -> Response:
        """Pass the door and take the step under the caller's key."""
        sent = self.body(self.input)
        row = access.course_to_change(self.viewer, code)
        step = partial(type(self).step, actor=self.actor, revision=self.revision, **sent)
        return self.command(lambda keyed: step(course=row.public_id, keyed=keyed), _state)


def _described(
    name: str, summary: str, body: type[serializers.Serializer[Any]], *examples: Any
) -> Callable[[Method], Method]:
    return describe(
        f"{name}Course",
        summary,
        body=body,
        answer=CourseStateOut,
        errors=[404],
        headers=[IF_MATCH],
        examples=list(examples),
    )


class Submit(_Step):
    """A draft asks to be looked at."""

    step = staticmethod(actions.submit_for_review)

    @_described(
        "submit",
        "Ask for the review of a draft",
        EmptyInput,
        answered("In review", STATE | {"status": "in_review", "version": None, "revision": 2}),
    )
    def post(self, request: Request, code: str) -> Response:
        """Nothing is before the public yet."""
        return self.carry_out(code)


class Publish(_Step):
    """The newest version goes before the public."""

    step = staticmethod(actions.publish_course)

    @_described(
        "publish",
        "Publish the newest version of a course",
        EmptyInput,
        answered("Published", STATE),
    )
    def post(self, request: Request, code: str) -> Response:
        """After the review, over an older version, or out of the archive.

        Refused (`texts_missing`) while a text is owed in a required language; `errors` points at
        each as `/field/language`. Runs that were planned with an older version keep it.
        """
        return self.carry_out(code)


class Archive(_Step):
    """A course leaves the catalogue."""

    step = staticmethod(actions.archive_course)
    input = ArchiveInput

    @_described(
        "archive",
        "Take a course out of the catalogue",
        ArchiveInput,
        asked("A reason", {"reason": "outdated"}),
        answered("Archived", STATE | {"status": "archived"}),
    )
    def post(self, request: Request, code: str) -> Response:
        """Its page, its runs and its records stay."""
        return self.carry_out(code)


def _state(row: Course) -> dict[str, Any]:
    return {
        "code": row.code,
        "status": row.status,
        "version": row.current.number if row.current else None,
        "revision": row.revision,
    }
