"""Nominations: many people of a court for one run, dry by default; what became of each."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access.enums import Right
from academy.access.queries import Viewer
from academy.core import clock
from academy.rest.endpoint import Endpoint, PageQuery
from academy.rest.pagination import decode, page
from academy.rest.permissions import any_of
from academy.rest.schema import ON_BEHALF_OF, describe, page_of
from enrollment.requests import access, naming, nominations, nominee_queries
from enrollment.requests.models import Nomination, Nominee
from enrollment.requests.naming import Named
from enrollment.requests.nominations import MOST

NOMINATORS = any_of(Right.NOMINATE, Right.REGISTER, scope="enrollments:write")
READERS = any_of(Right.NOMINATE, Right.REGISTER, Right.READ_ALL, scope="enrollments:write")


class NominationInput(serializers.Serializer[Any]):
    """Whom to nominate, by id or by the number of the HR system."""

    run = serializers.UUIDField()
    people = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=MOST)
    external_ids = serializers.ListField(
        child=serializers.CharField(max_length=64), default=list, max_length=MOST
    )
    dry_run = serializers.BooleanField(default=True)


class NothingInput(serializers.Serializer[Any]):
    """A command that needs no more than its address."""


class NomineeOut(serializers.Serializer[Any]):
    """What would come, or came, of one person's nomination."""

    person = serializers.UUIDField(allow_null=True)
    written = serializers.CharField(help_text="What was sent and is nobody of the caller's.")
    fate = serializers.CharField(help_text="planned, done or refused")
    state = serializers.CharField(
        help_text="State of the enrolment: foreseen while planned, reached when done."
    )
    state_now = serializers.CharField(allow_null=True)
    code = serializers.CharField(help_text="Why it is refused.")
    detail = serializers.CharField()
    enrollment = serializers.UUIDField(allow_null=True)


class NominationOut(serializers.Serializer[Any]):
    """A list and how far it is."""

    id = serializers.UUIDField()
    run = serializers.UUIDField()
    run_code = serializers.CharField()
    dry_run = serializers.BooleanField()
    state = serializers.CharField(help_text="waiting, running, done or failed")
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    error = serializers.CharField()
    asked_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class NominationInFullOut(NominationOut):
    """A list with a row per person."""

    rows = NomineeOut(many=True)


class Nominations(Endpoint):
    """Name people for a run."""

    needs: ClassVar = {"GET": READERS, "POST": NOMINATORS}

    @describe(
        "listNominations",
        "List nominations",
        answer=page_of(NominationOut),
        query=PageQuery,
    )
    def get(self, request: Request) -> Response:
        """One page, the newest first: own ones and those of the own court."""
        asked = self.query(PageQuery)
        rows = access.nominations_seen_by(self.viewer)
        if after := decode(asked["cursor"], UUID):
            last = Nomination.objects.filter(public_id=after[0]).values_list("pk", flat=True)
            rows = rows.filter(pk__lt=last.first() or 0)
        shown = [_head(row) for row in rows[: asked["limit"] + 1]]
        return Response(page(request, shown, asked["limit"], lambda row: (row["id"],)))

    @describe(
        "nominate",
        "Nominate people for a run, dry by default",
        body=NominationInput,
        answer=NominationInFullOut,
        status=201,
        errors=[404],
        headers=[ON_BEHALF_OF],
        description="A dry run says for each person what would come of it. Otherwise the list is "
        "carried out in the background, each person in a transaction of their own: some may be "
        "refused. Read the nomination again to see how far it is.",
    )
    def post(self, request: Request) -> Response:
        """Write the list down with what would come of it and, unless dry, let it be done."""
        sent = self.body(NominationInput)
        viewer, actor = self.right_used()
        run = access.run_to_nominate_for(viewer, sent["run"])
        return self.command(
            lambda keyed: nominations.plan(
                run=run.public_id,
                named=_named(viewer, sent),
                viewer=viewer,
                actor=actor,
                is_dry_run=sent["dry_run"],
                keyed=keyed,
            ),
            _in_full,
            status=201,
        )


class OneNomination(Endpoint):
    """A list that was made."""

    needs: ClassVar = {"GET": READERS}

    @describe(
        "getNomination",
        "Read what became of a nomination",
        answer=NominationInFullOut,
        errors=[404],
    )
    def get(self, request: Request, nomination: UUID) -> Response:
        """How far it is, and a row per person with the state as of now."""
        row = access.nomination_for(self.viewer, nomination)
        shown = _in_full(row)
        people = [line["person"] for line in shown["rows"] if line["person"]]
        self.disclosed("nomination", people)
        return Response(shown)


class Apply(Endpoint):
    """Carry out a list that was tried."""

    needs: ClassVar = {"POST": NOMINATORS}

    @describe(
        "applyNomination",
        "Carry out a nomination that was a dry run",
        body=NothingInput,
        answer=NominationInFullOut,
        errors=[404],
        headers=[ON_BEHALF_OF],
    )
    def post(self, request: Request, nomination: UUID) -> Response:
        """Let it be done in the background; said twice, it is once."""
        viewer, actor = self.right_used()
        row = access.nomination_to_apply(viewer, nomination, by=actor.id)
        return self.command(
            lambda _keyed: nominations.apply(nomination=row.public_id, actor=actor), _in_full
        )


def _named(viewer: Viewer, sent: dict[str, Any]) -> Named:
    return naming.named_by_numbers(
        viewer, sent["external_ids"], ticked=sent["people"], day=clock.now().date()
    )


def _head(row: Nomination) -> dict[str, Any]:
    job = row.job
    return {
        "id": row.public_id,
        "run": row.run.public_id,
        "run_code": row.run.code,
        "dry_run": job.is_dry_run,
        "state": job.state,
        "done": 0 if job.is_dry_run else job.done,
        "total": job.total,
        "error": job.error,
        "asked_at": job.asked_at,
        "finished_at": job.finished_at,
    }


def _in_full(row: Nomination) -> dict[str, Any]:
    return {**_head(row), "rows": [_line(line) for line in nominee_queries.nominees_of(row)]}


def _line(line: Nominee) -> dict[str, Any]:
    return {
        "person": line.person.public_id if line.person else None,
        "written": line.written,
        "fate": line.fate,
        "state": line.state,
        "state_now": line.enrollment.state if line.enrollment else None,
        "code": line.code,
        "detail": line.sentence,
        "enrollment": line.enrollment.public_id if line.enrollment else None,
    }
