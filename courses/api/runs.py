"""Runs and their sessions, to read; and a new run, to plan."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access.enums import Right
from academy.core.errors import Missing
from academy.rest.endpoint import Endpoint, only
from academy.rest.idempotency import KeyedCall
from academy.rest.pagination import decode, page
from academy.rest.permissions import PUBLIC, any_of
from academy.rest.schema import IF_NONE_MATCH, answered, asked, describe, page_of
from courses.api import plans
from courses.api.examples import PLAN, RUN
from courses.api.shapes import PlannedRunOut, RunInput, RunOut, RunsQuery, SessionsOut
from courses.planning import queries
from courses.planning.actions import plan_run
from courses.planning.bookings import clashes_of
from courses.planning.models import Run
from courses.planning.queries import RunCursor

SEATS = ("capacity", "taken", "free")


class Runs(Endpoint):
    """The runs that are or were before the public; drafts for those who plan."""

    needs: ClassVar = {"GET": PUBLIC, "POST": any_of(Right.PLAN, scope="runs:write")}

    @describe(
        "listRuns",
        "List runs",
        answer=page_of(RunOut),
        query=RunsQuery,
        examples=[answered("A page", {"items": [RUN], "next": None})],
    )
    def get(self, request: Request) -> Response:
        """One page, by start; runs without dates at the end."""
        wanted = self.query(RunsQuery)
        after = decode(wanted["cursor"], _moment, UUID)
        with_drafts = self.viewer.may(Right.PLAN)
        rows = queries.run_rows(
            wanted,
            with_drafts=with_drafts,
            after=RunCursor(*after) if after else None,
            limit=wanted["limit"] + 1,
        )
        found = page(request, rows, wanted["limit"], lambda row: (row["starts_at"], row["id"]))
        shown = [_run(row) for row in found["items"]]
        if wanted["include"]:
            _add_sessions(shown, with_drafts=with_drafts)
        found["items"] = only(shown, wanted["fields"], RunOut)
        return Response(found)

    @describe(
        "planRun",
        "Plan a run",
        body=RunInput,
        answer=PlannedRunOut,
        status=201,
        examples=[
            asked("A day of teaching", PLAN),
            answered("The draft", {**RUN, "warnings": []}, 201),
        ],
    )
    def post(self, request: Request) -> Response:
        """A draft, with its sessions and seats."""
        sent = self.body(RunInput)

        def action(keyed: KeyedCall) -> Run:
            with transaction.atomic(durable=True):
                run = plan_run(plan=plans.plan_of(sent), actor=self.actor)
                keyed.keep(run)
                return run

        return self.command(action, _planned, status=201)


class OneRun(Endpoint):
    """One run with its seats in numbers."""

    needs: ClassVar = {"GET": PUBLIC}

    @describe(
        "getRun",
        "Read one run",
        answer=RunOut,
        errors=[404],
        headers=[IF_NONE_MATCH],
        description="The ETag begins with the run's revision and serves as If-Match of commands.",
    )
    def get(self, request: Request, run: UUID) -> Response:
        """The run; a draft only for those who plan."""
        row = queries.run_row(run, with_drafts=self.viewer.may(Right.PLAN))
        if row is None:
            raise Missing("unknown_run", "There is no such run.")
        return self.tagged(_run(row), row["revision"])


class Sessions(Endpoint):
    """The dated meetings of a run."""

    needs: ClassVar = {"GET": PUBLIC}

    @describe("listSessions", "List a run's sessions", answer=SessionsOut, errors=[404])
    def get(self, request: Request, run: UUID) -> Response:
        """All of them, in order."""
        with_drafts = self.viewer.may(Right.PLAN)
        rows = queries.session_rows(run, with_drafts=with_drafts)
        if not rows and queries.run_row(run, with_drafts=with_drafts) is None:
            raise Missing("unknown_run", "There is no such run.")
        return Response({"items": rows})


def _run(row: dict[str, Any]) -> dict[str, Any]:
    shown = {name: value for name, value in row.items() if name not in SEATS}
    return {**shown, "seats": {name: row[name] for name in SEATS}}


def _add_sessions(runs: list[dict[str, Any]], *, with_drafts: bool) -> None:
    """The meetings of all these runs, asked for at once."""
    for run in runs:
        run["sessions"] = []
    by_run = {run["id"]: run["sessions"] for run in runs}
    for row in queries.sessions_of(list(by_run), with_drafts=with_drafts):
        by_run[row["run"]].append(row)


def _planned(run: Run) -> dict[str, Any]:
    row = queries.run_row(run.public_id, with_drafts=True)
    warnings = [clash.sentence for clash in clashes_of(run)]
    return {**_run(row), "warnings": warnings} if row else {}


def _moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)
