"""Files that come in: sent, matched, looked at row by row, imported; what stayed out goes home."""

from typing import Any
from uuid import UUID

from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from academy.access.enums import Right
from academy.core.errors import Refused
from academy.jobs import carrying, uploads
from academy.jobs.models import Job, Upload
from academy.jobs.registry import importers
from academy.jobs.tables import SAMPLE, readings_of
from enrollment.pages.desk.frame import actor_of, at_desk, render, see
from enrollment.pages.desk.import_forms import (
    ALPHABETS,
    OUTCOMES,
    SEPARATORS,
    MatchingForm,
    ReadingForm,
    UploadForm,
)

SHOWN = 30
FIRST, MOST_CELLS = 10, 6  # of the rows that would change something
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Step = Upload.Step
BUSY = {Step.CHECK, Step.APPLY}
STEPS = (
    ({Step.READ, Step.MATCH}, gettext_lazy("Columns")),
    ({Step.CHECK, Step.READY}, gettext_lazy("Trial")),
    ({Step.APPLY}, gettext_lazy("Import")),
    ({Step.OVER}, gettext_lazy("Report")),
)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.REGISTER)
def listing(request: HttpRequest) -> HttpResponse:
    """Send a file; below, the files so far."""
    files = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*files, initial={"kind": request.GET.get("kind", "")})
    if request.method == "POST" and form.is_valid():
        try:
            sent = form.cleaned_data["file"]
            upload = uploads.receive(
                kind=form.cleaned_data["kind"],
                name=sent.name or "",
                content=sent.read(),
                actor=actor_of(request),
                language=get_language() or "",
            )
            return see("import", upload=upload.job.public_id)
        except Refused as refusal:
            form.add_error("file", str(refusal.sentence))
    rows = Upload.objects.select_related("job").defer("content")[:SHOWN]
    context = {"form": form, "imports": [_line(row) for row in rows], "kinds": importers().values()}
    return render(request, "desk/imports.html", context)


def _line(upload: Upload) -> dict[str, Any]:
    importer = importers().get(uploads.kind_of(upload))
    counts = upload.job.params.get("done") or upload.job.params.get("counts") or {}
    return {
        "upload": upload,
        "job": upload.job,
        "title": importer.title if importer else upload.job.kind,
        "counts": [(label, counts[code]) for code, label in OUTCOMES.items() if counts.get(code)],
    }


@require_safe
@at_desk(Right.REGISTER)
def show(request: HttpRequest, upload: UUID) -> HttpResponse:
    """The file where it stands: what to choose, what would come of it, what came of it."""
    row = uploads.upload_of(upload)
    if request.headers.get("HX-Request") == "true":
        return _progress(request, row)
    return _page(request, row)


def _progress(request: HttpRequest, row: Upload) -> HttpResponse:
    """How far it is, for the page that asks every other second; the whole page once it is done."""
    if row.step not in BUSY:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "desk/_import_progress.html", _line(row) | {"how_far": _how_far(row)})


def _how_far(row: Upload) -> str:
    return _("%(done)s of %(total)s rows") % {"done": row.job.done, "total": row.job.total}


def _page(request: HttpRequest, row: Upload, form: Any = None) -> HttpResponse:
    context: dict[str, Any] = {
        **_line(row),
        "steps": _steps(row),
        "how_far": _how_far(row),
        "is_busy": row.step in BUSY,
        "form": form,
        "failed": row.job.state == Job.State.FAILED,
    }
    if row.step in {Step.READ, Step.MATCH}:
        context |= _choices(row, form)
    elif row.step in {Step.READY, Step.OVER}:
        context |= _outcome(row)
    return render(request, "desk/import.html", context)


def _steps(row: Upload) -> list[dict[str, Any]]:
    at = next(place for place, (steps, _label) in enumerate(STEPS) if row.step in steps)
    return [
        {
            "label": label,
            "state": "done" if place < at else "current" if place == at else "todo",
        }
        for place, (_some, label) in enumerate(STEPS)
    ]


def _choices(row: Upload, form: Any) -> dict[str, Any]:
    """What the person chooses from: readings of the file, or columns with their first cells."""
    content = bytes(row.content)
    ways = [
        (number, ALPHABETS.get(way.encoding, way.encoding), SEPARATORS[way.delimiter], way.sample)
        for number, way in enumerate(readings_of(row.name, content))
    ]
    if row.step == Step.READ:
        return {"ways": ways}
    table = uploads.table_of(row)
    form = form or MatchingForm(columns=table.columns, initial_matching=row.matching, of=row)
    lines = [
        (heading, [one.cells.get(column, "") for one in table.rows[:SAMPLE]], bound)
        for heading, column, bound in zip(table.headings, table.columns, form, strict=False)
    ]
    return {
        "columns": lines,
        "form": form,
        "rows": len(table.rows),
        "reading": ReadingForm(initial={"encoding": row.encoding, "delimiter": row.delimiter})
        if ways
        else None,
    }


def _outcome(row: Upload) -> dict[str, Any]:
    """Counts and the first rows; who mends a row finds its line in the file."""
    counts = row.job.params.get("done" if row.step == Step.OVER else "counts", {})
    headings = uploads.headings_of(row)
    return {
        "tally": [(label, counts.get(code, 0)) for code, label in OUTCOMES.items()],
        "good": counts.get("new", 0) + counts.get("changed", 0),
        "bad": len(row.refused),
        "wrong": [
            (one["line"], [(headings.get(p["column"], ""), p["reason"]) for p in one["problems"]])
            for one in row.refused[:SHOWN]
        ],
        "changing": _changing(row, headings),
        "can_mend": bool(row.refused) and bool(row.content),
    }


def _changing(row: Upload, headings: dict[str, str]) -> list[tuple[dict[str, Any], list[Any]]]:
    """The first rows that would change something: what stands there now, and what would."""
    rows = [one for one in row.job.report if one["outcome"] != "error"][:FIRST]
    return [
        (one, [(headings.get(cell["column"], ""), cell["before"], cell["after"]) for cell in cells])
        for one in rows
        for cells in [one["changes"][:MOST_CELLS]]
    ]


@require_POST
@at_desk(Right.REGISTER)
def read(request: HttpRequest, upload: UUID) -> HttpResponse:
    """Read the file in another alphabet, or with another separator."""
    row = uploads.upload_of(upload)
    if (way := request.POST.get("way", "")).isdecimal():
        ways = readings_of(row.name, bytes(row.content))
        chosen = ways[min(int(way), len(ways) - 1)]
        uploads.read_as(row, encoding=chosen.encoding, delimiter=chosen.delimiter)
        return see("import", upload=upload)
    form = ReadingForm(request.POST)
    if form.is_valid():
        try:
            uploads.read_as(row, **form.cleaned_data)
        except Refused as refusal:
            notices.error(request, str(refusal.sentence))
    return see("import", upload=upload)


@require_POST
@at_desk(Right.REGISTER)
def match(request: HttpRequest, upload: UUID) -> HttpResponse:
    """Say which column is which; then each row is looked at."""
    row = uploads.upload_of(upload)
    if "columns" not in request.POST:  # back from the trial to the columns
        uploads.again(row)
        return see("import", upload=upload)
    columns = uploads.table_of(row).columns
    form = MatchingForm(request.POST, columns=columns, initial_matching=row.matching, of=row)
    if form.is_valid():
        try:
            carrying.at_once(uploads.match(row, form.matching))
            return see("import", upload=upload)
        except Refused as refusal:
            form.add_error(None, str(refusal.sentence))
    return _page(request, row, form)


@require_POST
@at_desk(Right.REGISTER)
def apply(request: HttpRequest, upload: UUID) -> HttpResponse:
    """Import the good rows: a short file at once, a long one in the background."""
    carrying.at_once(uploads.apply(uploads.upload_of(upload)))
    return see("import", upload=upload)


@require_POST
@at_desk(Right.REGISTER)
def drop(request: HttpRequest, upload: UUID) -> HttpResponse:
    """Forget a file of which nothing was imported."""
    uploads.drop(uploads.upload_of(upload))
    notices.success(request, _("The file is forgotten. Nothing of it was imported."))
    return see("imports")


@require_safe
@at_desk(Right.REGISTER)
def to_mend(request: HttpRequest, upload: UUID) -> HttpResponse:
    """The rows that stayed out, each with what to mend."""
    row = uploads.upload_of(upload)
    answer = HttpResponse(uploads.rows_to_mend(row), content_type=SHEET)
    answer["Content-Disposition"] = f'attachment; filename="to-mend-{row.job.public_id}.xlsx"'
    return answer
