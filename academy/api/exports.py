"""Files of whole lists: asked for, watched while they are written, fetched by a link that ends."""

from typing import Any, ClassVar
from uuid import UUID

from django.http import FileResponse
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access.enums import Right
from academy.api.export_shapes import ExportInput, ExportOut
from academy.exports import actions, queries
from academy.exports.actions import PREFIX, Order
from academy.exports.enums import MEDIA_TYPES, Format
from academy.exports.models import Export
from academy.rest.endpoint import Endpoint
from academy.rest.permissions import PUBLIC, any_of
from academy.rest.schema import answered, asked, describe

EXPORTERS = any_of(Right.REGISTER, scope="exports:write")
WISH = {"kind": "enrollments", "format": "csv", "gzip": True, "filters": {"court": "ALA-01"}}
EXAMPLE = {
    "id": "2f9d3a5e-9a6e-4a55-8f4b-7f1f0b6f3c10",
    "kind": "enrollments",
    "format": "csv",
    "gzip": True,
    "filters": {"court": "ALA-01"},
    "since": None,
    "until": 4711,
    "state": "done",
    "rows": 13000,
    "bytes": 240512,
    "error": "",
    "asked_at": "2026-11-23T21:00:00Z",
    "finished_at": "2026-11-23T21:00:04Z",
    "expires_at": "2026-11-30T21:00:04Z",
    "file": "/api/v1/exports/files/opaque-signed-token",
}


class Exports(Endpoint):
    """Ask for a file."""

    needs: ClassVar = {"POST": EXPORTERS}

    @describe(
        "askExport",
        "Ask for a file of a whole list",
        body=ExportInput,
        answer=ExportOut,
        status=202,
        examples=[asked("Enrolments of a court", WISH)],
        description="A worker writes the file; ask for the export until its `state` is `done`. "
        "`until` is the position of the feed up to which the file is complete: keep a copy up to "
        "date by the events behind it, or by the next export with `since` set to it, which holds "
        "only what has changed. Systems need the scope of the kind as well, and get the fields of "
        "their projection.",
    )
    def post(self, request: Request) -> Response:
        """Accepted, or refused with what to mend."""
        sent = self.body(ExportInput)
        order = Order(
            sent["kind"], Format(sent["format"]), sent["gzip"], sent["filters"], sent["since"]
        )
        return self.command(
            lambda keyed: actions.ask_export(
                order, client=self.viewer.client_id, actor=self.actor, keyed=keyed
            ),
            shown,
            status=202,
        )


class OneExport(Endpoint):
    """An export that the caller has asked for."""

    needs: ClassVar = {"GET": EXPORTERS}

    @describe(
        "getExport",
        "How far an export is",
        answer=ExportOut,
        errors=[404],
        examples=[answered("Ready", EXAMPLE)],
        description="`file` is a link that works for a quarter of an hour, without a token: each "
        "call gives a new one for as long as the file lies ready.",
    )
    def get(self, request: Request, job: UUID) -> Response:
        """The job, and a link where the file is ready."""
        return Response(shown(queries.export_of(job, self.actor.id)))


class ExportFile(Endpoint):
    """The file behind a link."""

    needs: ClassVar = {"GET": PUBLIC}

    @describe(
        "getExportFile",
        "Fetch the file of an export",
        answer=bytes,
        errors=[404],
        description="The link is the key; it opens this one file for a quarter of an hour.",
    )
    def get(self, request: Request, token: str) -> Any:
        """The bytes."""
        return file_response(token)


def file_response(token: str) -> FileResponse:
    """The file as a download, flowing past the process's one turn."""
    export, path = queries.file_behind(token)
    kind = export.job.kind.removeprefix(PREFIX)
    form = "application/gzip" if export.is_compressed else MEDIA_TYPES[Format(export.format)]
    name = f"{kind}-{export.job.asked_at:%Y-%m-%d}{''.join(path.suffixes)}"
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=form)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def shown(export: Export) -> dict[str, Any]:
    """An export as its owner sees it."""
    job = export.job
    ready = queries.is_ready(export)
    return {
        "id": job.public_id,
        "kind": job.kind.removeprefix(PREFIX),
        "format": export.format,
        "gzip": export.is_compressed,
        "filters": job.params["filters"],
        "since": export.since,
        "until": export.until,
        "state": job.state,
        "rows": job.done,
        "bytes": export.bytes,
        "error": job.error,
        "asked_at": job.asked_at,
        "finished_at": job.finished_at,
        "expires_at": export.expires_at,
        "file": reverse("academy_api:export-file", args=[queries.link_token(export)])
        if ready
        else None,
    }
