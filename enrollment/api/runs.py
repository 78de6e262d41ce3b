"""Commands on runs and sessions: publish, cancel, finalise; marks and results of tests."""

from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Count
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access.enums import Right
from academy.rest.endpoint import Endpoint
from academy.rest.permissions import any_of
from academy.rest.schema import IF_MATCH, ON_BEHALF_OF, EmptyInput, answered, asked, describe
from courses.planning.models import Run
from enrollment.api import doors
from enrollment.api.shapes import (
    FinalisedOut,
    MarksInput,
    MarksOut,
    ReasonInput,
    RunStateOut,
    TestInput,
    TestOut,
)
from enrollment.attendance.access import enrollment_to_mark, session_to_mark
from enrollment.attendance.actions import MarkDraft, Seen, record_marks
from enrollment.attendance.enums import MarkStatus
from enrollment.attendance.models import Mark, Outcome
from enrollment.attendance.outcomes import record_test_result
from enrollment.certificates.models import Certificate
from enrollment.credits.models import CreditEntry
from enrollment.requests import run_actions, run_changes
from enrollment.requests.access import run_to_teach

REGISTRAR = any_of(Right.REGISTER, scope="runs:write")
MARKERS = any_of(Right.TEACH, scope="marks:write")
CLAIM = "5cfa1a0e-6f63-4d44-a3a5-6f9b8c1b6a3e"


class Publish(Endpoint):
    """Put a draft before the public."""

    needs: ClassVar = {"POST": REGISTRAR}

    @describe(
        "publishRun",
        "Publish a run",
        body=EmptyInput,
        answer=RunStateOut,
        errors=[404],
        headers=[IF_MATCH],
    )
    def post(self, request: Request, run: UUID) -> Response:
        """The run can be asked for from its opening on."""
        doors.run_to_command(self.viewer, run)
        publish = partial(run_actions.publish_run, actor=self.actor, revision=self.revision)
        return self.command(lambda keyed: publish(run=run, keyed=keyed), _state)


class Cancel(Endpoint):
    """Cancel a run."""

    needs: ClassVar = {"POST": REGISTRAR}

    @describe(
        "cancelRun",
        "Cancel a run",
        body=ReasonInput,
        answer=RunStateOut,
        errors=[404],
        headers=[IF_MATCH],
    )
    def post(self, request: Request, run: UUID) -> Response:
        """Every active enrolment ends, everybody is told."""
        sent = self.body(ReasonInput)
        doors.run_to_command(self.viewer, run)
        cancel = partial(run_changes.cancel_run, actor=self.actor, revision=self.revision, **sent)
        return self.command(lambda keyed: cancel(run=run, keyed=keyed), _state)


class Finalise(Endpoint):
    """Freeze what a run came to."""

    needs: ClassVar = {"POST": any_of(Right.TEACH, Right.REGISTER, scope="runs:write")}

    @describe(
        "finaliseRun",
        "Finalise a run",
        body=EmptyInput,
        answer=FinalisedOut,
        errors=[404],
        headers=[IF_MATCH, ON_BEHALF_OF],
    )
    def post(self, request: Request, run: UUID) -> Response:
        """Outcomes, credit and certificates in one step; refused while marks are missing."""
        viewer, actor = self.right_used()
        run_to_teach(viewer, run)
        finalise = partial(run_actions.finalise_run, actor=actor, revision=self.revision)
        return self.command(lambda keyed: finalise(run=run, keyed=keyed), _finalised)


class Marks(Endpoint):
    """Attendance at a session."""

    needs: ClassVar = {"POST": MARKERS}

    @describe(
        "recordMarks",
        "Record attendance",
        body=MarksInput,
        answer=MarksOut,
        status=201,
        errors=[404],
        headers=[ON_BEHALF_OF],
    )
    def post(self, request: Request, session: UUID) -> Response:
        """All marks or none; a mark that is sent twice is one mark."""
        drafts = [_draft(one) for one in self.body(MarksInput)["marks"]]
        viewer, actor = self.right_used()
        session_to_mark(viewer, session)
        return self.command(
            lambda keyed: record_marks(session=session, marks=drafts, actor=actor, keyed=keyed),
            _marks,
            status=201,
        )


class TestOutcome(Endpoint):
    """Whether somebody passed the test of a run."""

    needs: ClassVar = {"POST": MARKERS}

    @describe(
        "recordTest",
        "Record the result of a test",
        body=TestInput,
        answer=TestOut,
        status=201,
        errors=[404],
        headers=[ON_BEHALF_OF],
        examples=[
            asked("Passed", {"passed": True}),
            answered("Recorded", {"enrollment": CLAIM, "passed": True}, 201),
        ],
        description="The newest result counts until the run is finalised. No score is kept.",
    )
    def post(self, request: Request, enrollment: UUID) -> Response:
        """Passed or not; no score."""
        passed = self.body(TestInput)["passed"]
        viewer, actor = self.right_used()
        enrollment_to_mark(viewer, enrollment)
        return self.command(
            lambda _keyed: record_test_result(enrollment=enrollment, passed=passed, actor=actor),
            lambda row: {"enrollment": enrollment, "passed": row.passed},
            status=201,
        )


def _draft(sent: dict[str, Any]) -> MarkDraft:
    seen = Seen(sent["seen"]) if "seen" in sent else None
    status = MarkStatus(sent["status"])
    return MarkDraft(sent["enrollment"], status, sent["minutes"], sent["nonce"], seen)


def _state(run: Run) -> dict[str, Any]:
    return {"id": run.public_id, "code": run.code, "state": run.state, "revision": run.revision}


def _finalised(run: Run) -> dict[str, Any]:
    counts = Outcome.objects.filter(enrollment__run=run, is_current=True)
    earned = CreditEntry.objects.filter(outcome__enrollment__run=run)
    issued = Certificate.objects.filter(outcome__enrollment__run=run)
    return {
        **_state(run),
        "outcomes": dict(counts.values_list("outcome").annotate(Count("pk"))),
        "credits": earned.count(),
        "certificates": issued.count(),
    }


def _marks(marks: list[Mark]) -> dict[str, Any]:
    return {
        "items": [
            {
                "enrollment": mark.enrollment.public_id,
                "status": mark.status,
                "minutes": mark.minutes,
                "nonce": mark.nonce,
            }
            for mark in marks
        ]
    }
