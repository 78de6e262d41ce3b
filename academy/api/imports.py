"""Files of people, courts and courses: first what they would change, then, if asked, the change."""

import hashlib
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access.enums import Right
from academy.api.shapes import ImportInput, ImportOut
from academy.core.errors import Missing
from academy.jobs import registry
from academy.jobs.imports import run_import
from academy.jobs.models import Job
from academy.jobs.tables import MAX_BYTES
from academy.rest.endpoint import Endpoint, unknown_value
from academy.rest.permissions import any_of
from academy.rest.schema import answered, describe

IMPORTERS = any_of(Right.REGISTER, scope="imports:write")
PREFIX = "import."
EXAMPLE = {
    "id": "2f9d3a5e-9a6e-4a55-8f4b-7f1f0b6f3c10",
    "kind": "people",
    "state": "done",
    "dry_run": True,
    "file": "people.csv",
    "counts": {"new": 0, "changed": 1, "unchanged": 411, "error": 0},
    "error": "",
    "asked_at": "2026-11-23T21:00:00Z",
    "finished_at": "2026-11-23T21:00:01Z",
    "rows": [
        {
            "line": 17,
            "key": "HR-00412",
            "outcome": "changed",
            "changes": [{"column": "language", "before": "ru", "after": "kk"}],
            "problems": [],
        }
    ],
}


class Imports(Endpoint):
    """Send a file."""

    needs: ClassVar = {"POST": IMPORTERS}
    parser_classes = (MultiPartParser,)

    @describe(
        "importFile",
        "Import a file, dry by default",
        body=ImportInput,
        answer=ImportOut,
        status=201,
        examples=[answered("A dry run", EXAMPLE, 201)],
        description="Whole or not at all: with one bad row the job has failed, names each of them, "
        "and nothing was imported. Sending the same file again changes nothing.",
    )
    def post(self, request: Request) -> Response:
        """Plan the file and, unless the run is dry, carry the plan out."""
        sent = self.body(ImportInput)
        importer = registry.importer_of(sent["kind"])
        if importer is None or not importer.is_for_systems:
            raise unknown_value("kind", _("Files of this kind are not imported."))
        if sent["file"].size > MAX_BYTES:
            raise unknown_value("file", _("The file is larger than 50 MB; send it in parts."))
        content = sent["file"].read()
        digest = hashlib.sha256(content).hexdigest()
        return self.command(
            lambda _keyed: run_import(
                kind=sent["kind"],
                importer=importer,
                name=sent["file"].name,
                content=content,
                is_dry_run=sent["dry_run"],
                actor=self.actor,
            ),
            self._shown,
            status=201,
            asked=[sent["kind"], sent["dry_run"], digest],
        )

    def _shown(self, job: Job) -> dict[str, Any]:
        return shown(self, job)


class OneImport(Endpoint):
    """An import that was asked for."""

    needs: ClassVar = {"GET": IMPORTERS}

    @describe(
        "getImport",
        "Read what came of an import",
        answer=ImportOut,
        errors=[404],
        examples=[answered("A dry run", EXAMPLE)],
    )
    def get(self, request: Request, job: UUID) -> Response:
        """The job; a system sees its own."""
        found = Job.objects.filter(public_id=job, kind__startswith=PREFIX)
        if self.viewer.client_id:
            found = found.filter(asked_by=self.viewer.client_id)
        row = found.first()
        if row is None:
            raise Missing("unknown_import", _("There is no such import."))
        return Response(shown(self, row))


def shown(view: Endpoint, job: Job) -> dict[str, Any]:
    """The job as this caller may see it: who sends values need not learn the present ones."""
    with_before = view.viewer.client_id is None
    return {
        "id": job.public_id,
        "kind": job.kind.removeprefix(PREFIX),
        "state": job.state,
        "dry_run": job.is_dry_run,
        **job.params,
        "error": job.error,
        "asked_at": job.asked_at,
        "finished_at": job.finished_at,
        "rows": job.report if with_before else [_without_before(row) for row in job.report],
    }


def _without_before(row: dict[str, Any]) -> dict[str, Any]:
    changes = [{**change, "before": None} for change in row["changes"]]
    return {**row, "changes": changes}
