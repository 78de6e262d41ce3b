"""The worker's way through an export: claim it, write pieces, remember them, make the file.

Not an action: nothing here may run in somebody else's transaction. Each piece is on the disk before
the row says so, and what was told of people is written down with the piece, so a worker that is
killed anywhere leaves an export that the next one continues.
"""

import time
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from academy.clients import projections
from academy.clients.actions import disclose
from academy.core import clock
from academy.exports import files
from academy.exports.actions import PREFIX
from academy.exports.enums import Format
from academy.exports.models import Export
from academy.exports.registry import Exporter, Piece, Sheet, Wish, exporters
from academy.exports.rules import KEPT, LEASE
from academy.jobs.models import Job

ROWS = 2_000  # of a piece
TURN = 60.0  # seconds, then another export or task has its turn; the next look goes on
OPEN = (Job.State.WAITING, Job.State.RUNNING)

log = structlog.get_logger(__name__)


def write_exports() -> int:
    """Write every export that waits or was left behind; how many were finished."""
    finished, until = 0, time.monotonic() + TURN / 2
    while time.monotonic() < until and (export := claim(clock.now())):
        finished += write(export)
    return finished


def claim(now: datetime) -> Export | None:
    """The oldest export that nobody writes, taken for two minutes."""
    with transaction.atomic():
        free = Q(lease_until=None) | Q(lease_until__lt=now)
        rows = Export.objects.filter(free, job__state__in=OPEN).order_by("pk")
        export = rows.select_for_update(skip_locked=True, of=("self",)).first()
        if export is None:
            return None
        Export.objects.filter(pk=export.pk).update(lease_until=now + LEASE)
        Job.objects.filter(pk=export.pk, started_at=None).update(started_at=now)
        Job.objects.filter(pk=export.pk).update(state=Job.State.RUNNING)
    return Export.objects.select_related("job", "client").get(pk=export.pk)


def write(export: Export) -> bool:
    """Write an export from where it stands, at most for a minute; whether there is a file now."""
    exporter = exporters()[export.job.kind.removeprefix(PREFIX)]
    until = time.monotonic() + TURN
    try:
        for sheet in exporter.sheets:
            while _write_piece(export, sheet):
                if time.monotonic() > until:
                    Export.objects.filter(pk=export.pk).update(lease_until=None)
                    return False
        _finish(export, exporter)
    except Exception as error:
        log.exception("exports.failed", export=str(export.job.public_id))
        _fail(export, error)
        return False
    return True


def _write_piece(export: Export, sheet: Sheet) -> bool:
    """One more piece of a sheet; whether there may be another."""
    place = export.written.get(sheet.name, {"after": None, "bytes": 0, "is_whole": False})
    if place["is_whole"]:
        return False
    shown = projections.projection(export.projection)
    wish = Wish(shown, export.job.params["filters"], export.since, export.until)
    piece = sheet.piece(wish, place["after"], ROWS)
    rows = [shown.cut(sheet.resource, row) if sheet.resource else row for row in piece.rows]
    size = files.append(export.job.public_id, sheet.name, rows, at=place["bytes"])
    export.written[sheet.name] = {
        "after": piece.after,
        "bytes": size,
        "is_whole": piece.after is None,
    }
    _remember(export, piece)
    return piece.after is not None


def _remember(export: Export, piece: Piece) -> None:
    export.job.done += len(piece.rows)
    with transaction.atomic():
        Export.objects.filter(pk=export.pk).update(
            written=export.written, lease_until=clock.now() + LEASE
        )
        moved = {"done": export.job.done, "moved_at": clock.now()}
        Job.objects.filter(pk=export.pk).update(**moved)
        if export.client:
            disclose(
                client=export.client.public_id,
                resource=export.job.kind,
                projection=export.projection,
                people=piece.people,
                request_id=str(export.job.public_id),
            )


def _finish(export: Export, exporter: Exporter) -> None:
    size = files.assemble(
        export.job.public_id,
        Format(export.format),
        {sheet.name: _columns(export, sheet) for sheet in exporter.sheets},
        compressed=export.is_compressed,
        beside=exporter.opening(),
    )
    now = clock.now()
    with transaction.atomic():
        Export.objects.filter(pk=export.pk).update(
            bytes=size, expires_at=now + KEPT, lease_until=None
        )
        Job.objects.filter(pk=export.pk).update(
            state=Job.State.DONE, finished_at=now, done=export.job.done, total=export.job.done
        )


def _columns(export: Export, sheet: Sheet) -> list[str]:
    """The columns that this reader may see at all."""
    shown = projections.projection(export.projection)
    if sheet.resource is None or shown.is_full:
        return list(sheet.columns)
    return [name for name in sheet.columns if name in shown.fields.get(sheet.resource, ())]


def _fail(export: Export, error: Exception) -> None:
    files.remove(export.job.public_id)
    sentence = _("The file could not be written (%(error)s). Ask for it again.")
    Job.objects.filter(pk=export.pk).update(
        state=Job.State.FAILED,
        error=sentence % {"error": type(error).__name__},
        finished_at=clock.now(),
    )
    Export.objects.filter(pk=export.pk).update(lease_until=None)
