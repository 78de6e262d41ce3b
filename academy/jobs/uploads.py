"""A file on its way in, step by step as a person takes them: sent, read, matched, looked at, done.

Bad rows stay out and the good ones are imported; what stayed out goes home as a file to mend. Each
step says no when it was taken already, so a second click or a page left open does nothing.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _, gettext_lazy

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Invalid, Missing, Refused
from academy.jobs import matching
from academy.jobs.models import Job, Matching, Upload
from academy.jobs.registry import Importer, importer_of
from academy.jobs.rules import Table
from academy.jobs.tables import read_table, readings_of
from academy.jobs.workbooks import workbook
from academy.ledger.actions import Fact, record

PREFIX = "upload."  # an import by the API is a job of another kind, done whole or not at all
KEPT = timedelta(days=7)  # how long the bytes lie here; they name people
MOST_ROWS = 100_000
Step = Upload.Step


def receive(*, kind: str, name: str, content: bytes, actor: Actor, language: str) -> Upload:
    """Take a file in. Refuses what cannot be read; nothing of it is imported yet."""
    if importer_of(kind) is None:
        raise Missing("unknown_import", _("There is no such import."))
    ways = readings_of(name, content)
    upload = Upload(name=name[-200:], content=content, expires_at=clock.now() + KEPT)
    upload.actor = {"person": str(actor.person) if actor.person else None, "language": language}
    if len(ways) > 1:
        upload.step = Step.READ
    elif ways:
        upload.encoding, upload.delimiter = ways[0].encoding, ways[0].delimiter
    with transaction.atomic(durable=True):
        upload.job = Job.objects.create(
            kind=f"{PREFIX}{kind}",
            params={"file": name},
            state=Job.State.DONE,  # until somebody has matched it, no worker has anything to do
            asked_by=actor.id,
            asked_at=clock.now(),
        )
        if upload.step == Step.MATCH:
            _guess(upload, table_of(upload))
        upload.save(force_insert=True)
    return upload


def read_as(upload: Upload, *, encoding: str, delimiter: str) -> Upload:
    """Read the file as somebody chose; the columns are guessed anew."""
    with transaction.atomic(durable=True):
        row = _at(upload, Step.READ, Step.MATCH)
        row.encoding, row.delimiter = encoding, delimiter
        _guess(row, table_of(row))
        row.step = Step.MATCH
        row.save(update_fields=["encoding", "delimiter", "matching", "step"])
    return row


def _guess(upload: Upload, table: Table) -> None:
    """As the last time with these headings, or from headings and cells."""
    if not table.rows:
        raise Invalid("file_empty", _("The file has a header line and no rows."))
    if len(table.rows) > MOST_ROWS:
        sentence = _("The file has more than %(most)s rows. Send it in parts.")
        raise Invalid("file_too_long", sentence % {"most": MOST_ROWS})
    kind, fields = kind_of(upload), importer_for(upload).fields()
    known = Matching.objects.filter(kind=kind, headings=matching.fingerprint(table.columns))
    guess = matching.guessed(table, fields)
    if before := known.values_list("columns", flat=True).first():
        codes = {field.code for field in fields}
        guess |= {
            column: before[key]
            for column in table.columns
            if (key := matching.plain(column)) in before and before[key] in codes | {""}
        }
    upload.matching = guess


def match(upload: Upload, columns: Mapping[str, str]) -> Upload:
    """Say which column is which, remember it for such files, and have the rows looked at.

    Refuses a matching without the columns that must be there, or with one twice.
    """
    importer = importer_for(upload)
    fields = importer.fields()
    if lacking := matching.missing(columns, fields):
        names = ", ".join(field.name for field in lacking)
        raise Invalid("column_missing", _("Nothing is matched to: %(names)s.") % {"names": names})
    if doubled := matching.twice(columns, fields):
        names = ", ".join(field.name for field in doubled)
        raise Invalid("column_twice", _("Matched more than once: %(names)s.") % {"names": names})
    with transaction.atomic(durable=True):
        row = _at(upload, Step.MATCH)
        row.matching, row.step = dict(columns), Step.CHECK
        row.save(update_fields=["matching", "step"])
        Job.objects.filter(pk=row.pk).update(state=Job.State.WAITING)
        Matching.objects.update_or_create(
            kind=kind_of(row),
            headings=matching.fingerprint(list(columns)),
            defaults={"columns": {matching.plain(name): code for name, code in columns.items()}},
        )
    return row


def again(upload: Upload) -> Upload:
    """Back to the columns of a file that was only looked at."""
    with transaction.atomic(durable=True):
        row = _at(upload, Step.MATCH, Step.READY)
        row.step = Step.MATCH
        row.save(update_fields=["step"])
    return row


def apply(upload: Upload, *, at: datetime | None = None) -> Upload:
    """Have the good rows imported. Said twice, it is once."""
    with transaction.atomic(durable=True):
        row = _locked(upload)
        if row.step in {Step.APPLY, Step.OVER}:
            return row
        if row.step != Step.READY:
            raise _not_now()
        row.step = Step.APPLY
        row.save(update_fields=["step"])
        Job.objects.filter(pk=row.pk).update(
            is_dry_run=False,
            state=Job.State.WAITING,
            done=0,
            finished_at=None,
            moved_at=at or clock.now(),
        )
    return row


def resume(job: UUID, actor: Actor) -> None:
    """Take up again what stopped: the look at the rows, or the import behind what is in already."""
    with transaction.atomic(durable=True):
        row = _at(upload_of(job), Step.OVER)
        if row.job.state != Job.State.FAILED:
            raise _not_now()
        table_of(row)  # refuses a file that is no longer kept
        row.step = Step.CHECK if row.job.is_dry_run else Step.APPLY
        row.save(update_fields=["step"])
        Job.objects.filter(pk=row.pk).update(state=Job.State.WAITING, error="", finished_at=None)
        record([Fact("import.resumed", "import", job)], actor=actor, at=clock.now())


def drop(upload: Upload) -> None:
    """Forget a file of which nothing was imported, with everything that was read in it."""
    with transaction.atomic(durable=True):
        row = _at(upload, Step.READ, Step.MATCH, Step.READY)
        row.job.delete()


def _at(upload: Upload, *steps: Step) -> Upload:
    row = _locked(upload)
    if row.step not in steps:
        raise _not_now()
    return row


def _locked(upload: Upload) -> Upload:
    rows = Upload.objects.select_related("job").select_for_update(of=("self",))
    row = rows.filter(pk=upload.pk).first()
    if row is None:
        raise Missing("unknown_import", _("There is no such import."))
    return row


def _not_now() -> Refused:
    return Refused("import_step", gettext_lazy("This step was taken already."))


def kind_of(upload: Upload) -> str:
    """The noun of what is imported."""
    return upload.job.kind.removeprefix(PREFIX)


def importer_for(upload: Upload) -> Importer:
    """The import that this file is for."""
    importer = importer_of(kind_of(upload))
    if importer is None:
        raise Missing("unknown_import", _("There is no such import."))
    return importer


def table_of(upload: Upload) -> Table:
    """The file as it was read, with its own columns. Refuses one whose bytes are gone."""
    content = bytes(upload.content)
    if not content:
        raise Missing("import_forgotten", _("This file is no longer kept. Send it again."))
    return read_table(upload.name, content, encoding=upload.encoding, delimiter=upload.delimiter)


def upload_of(job: UUID) -> Upload:
    """One upload by its public id."""
    row = Upload.objects.select_related("job").filter(job__public_id=job).first()
    if row is None:
        raise Missing("unknown_import", _("There is no such import."))
    return row


def rows_to_mend(upload: Upload) -> bytes:
    """The rows that stayed out as a workbook: the same columns, and what to mend in each."""
    table = table_of(upload)
    why = {one["line"]: one["problems"] for one in upload.refused}
    return workbook(
        [*table.headings, _("What to mend")],
        [
            [*(row.cells.get(column, "") for column in table.columns), _told(upload, why[row.line])]
            for row in table.rows
            if row.line in why
        ],
    )


def _told(upload: Upload, problems: list[dict[str, str]]) -> str:
    headings = headings_of(upload)
    lines = [
        f"{headings.get(problem['column'], problem['column'])}: {problem['reason']}"
        if problem["column"]
        else problem["reason"]
        for problem in problems
    ]
    return " ".join(lines)


def headings_of(upload: Upload) -> dict[str, str]:
    """The import's columns by code, as the file calls them."""
    return {code: column for column, code in upload.matching.items() if code}
