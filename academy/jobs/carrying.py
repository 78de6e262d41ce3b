"""The worker's way through an upload: claim it, look at its rows, import the good ones by slices.

Not an action: nothing here may run in somebody else's transaction. How far it is stands in the
transaction that imports a slice, so a worker that is killed anywhere leaves a file that the next
one continues, and no row is imported twice.
"""

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from academy.core import clock
from academy.core.actor import Actor, ActorKind
from academy.core.errors import Refused
from academy.jobs import matching, uploads
from academy.jobs.actions import finish_job
from academy.jobs.imports import report_of
from academy.jobs.models import Job, Upload
from academy.jobs.registry import Importer
from academy.jobs.rules import ImportPlan, Problem, Row, RowOutcome, RowPlan, Table
from academy.ledger.actions import Fact, record

LEASE = timedelta(minutes=2)
TURN = 40.0  # seconds, then another file or task has its turn
AT_ONCE = 1_000  # rows that are looked at while somebody waits for the page
SHOWN = 30  # rows of each sort that the report keeps
Step = Upload.Step
TO_DO = (Step.CHECK, Step.APPLY)

log = structlog.get_logger(__name__)


def carry_on_all() -> int:
    """Carry on every upload that waits or was left behind; how many were looked at."""
    looked, until = 0, time.monotonic() + TURN / 2
    while time.monotonic() < until and (upload := claim(clock.now())):
        carry_on(upload)
        looked += 1
    return looked


def at_once(upload: Upload, *, rows: int = AT_ONCE) -> None:
    """Do it while the person waits, where that is short; otherwise a worker does it in a moment."""
    if len(uploads.table_of(upload).rows) <= rows and (mine := claim(clock.now(), only=upload.pk)):
        carry_on(mine)


def claim(now: datetime, *, only: int | None = None) -> Upload | None:
    """The oldest upload that a worker should go on with, taken for two minutes."""
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    rows = Upload.objects.filter(free, step__in=TO_DO).order_by("pk")
    with transaction.atomic():
        rows = rows.filter(pk=only) if only else rows
        row = rows.select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            return None
        Upload.objects.filter(pk=row.pk).update(lease_until=now + LEASE)
        Job.objects.filter(pk=row.pk, started_at=None).update(started_at=now)
        Job.objects.filter(pk=row.pk).update(state=Job.State.RUNNING)
    return Upload.objects.select_related("job").get(pk=row.pk)


def carry_on(upload: Upload) -> None:
    """The next step of an upload, at most for a turn; what goes wrong ends it and says so."""
    with translation.override(upload.actor.get("language") or None):
        try:
            if upload.step == Step.CHECK:
                _check(upload)
            else:
                _import(upload)
        except Refused as refusal:
            _fail(upload, str(refusal.sentence))
        except Exception as error:
            log.exception("imports.failed", job=str(upload.job.public_id))
            _fail(upload, _("The work stopped (%(error)s).") % {"error": type(error).__name__})


def _check(upload: Upload) -> None:
    """Look what each row would do; nothing is changed."""
    importer = uploads.importer_for(upload)
    plan = importer.plan(matching.matched(uploads.table_of(upload), upload.matching))
    bad = [row for row in plan.rows if row.outcome == RowOutcome.ERROR]
    rest = [row for row in plan.rows if row.outcome in {RowOutcome.NEW, RowOutcome.CHANGED}]
    shown = ImportPlan(plan.kind, (*bad[:SHOWN], *rest[:SHOWN]), plan.table)
    params = {**upload.job.params, "counts": _counted(plan)}
    with transaction.atomic():
        Upload.objects.filter(pk=upload.pk, step=Step.CHECK).update(
            step=Step.READY, refused=[_refused(row) for row in bad], lease_until=None
        )
        Job.objects.filter(pk=upload.pk).update(params=params)
        upload.job.params, upload.job.total = params, len(plan.rows)
        finish_job(upload.job, report=report_of(shown))
        Job.objects.filter(pk=upload.pk).update(done=len(plan.rows), total=len(plan.rows))


def _counted(plan: ImportPlan[Any]) -> dict[str, int]:
    return {str(outcome): count for outcome, count in plan.counts.items()}


def _refused(row: RowPlan[Any]) -> dict[str, Any]:
    problems = [{"column": one.column, "reason": str(one.reason)} for one in row.problems]
    return {"line": row.line, "problems": problems}


def _import(upload: Upload) -> None:
    importer = uploads.importer_for(upload)
    table = matching.matched(uploads.table_of(upload), upload.matching)
    size, until = importer.slice or len(table.rows), time.monotonic() + TURN
    while upload.applied < len(table.rows):
        stop = min(upload.applied + size, len(table.rows))
        if not _take(upload, importer, table, upload.applied, stop):
            return  # somebody else is at it
        if time.monotonic() > until:
            Upload.objects.filter(pk=upload.pk).update(lease_until=None)
            return
    _finish(upload)


class _Overtaken(Exception):
    """Another worker has imported these rows: everything of this attempt is undone."""


@dataclass(slots=True)
class _Progress:
    """Marks the rows as dealt with in the transaction that imports them: both, or neither."""

    upload: Upload
    start: int
    stop: int
    refused: list[dict[str, Any]] = field(default_factory=list)

    def keep(self, result: object) -> None:
        """The last write of the import's transaction."""
        counts = Counter(self.upload.job.params.get("done", {}))
        counts.update(_counted(result) if isinstance(result, ImportPlan) else {})
        params = {**self.upload.job.params, "done": dict(counts)}
        refused = [*self.upload.refused, *self.refused]
        open_rows = Upload.objects.filter(pk=self.upload.pk, applied=self.start, step=Step.APPLY)
        changed = {"applied": self.stop, "lease_until": clock.now() + LEASE}
        if not open_rows.update(**changed | ({"refused": refused} if self.refused else {})):
            raise _Overtaken
        moved = {"done": self.stop, "moved_at": clock.now()}
        Job.objects.filter(pk=self.upload.pk).update(params=params, **moved)
        self.upload.applied, self.upload.refused = self.stop, refused
        self.upload.job.params = params


def _take(upload: Upload, importer: Importer, table: Table, start: int, stop: int) -> bool:
    """Import the good rows of a slice; whether they were still to be imported.

    What was good when it was looked at may have become bad. If the slice as a whole is refused, its
    rows go in one by one, so that a single one of them stays out.
    """
    known = {one["line"] for one in upload.refused}
    rows = [row for row in table.rows[start:stop] if row.line not in known]
    plan, refused = _without_bad(importer, table, rows)
    progress = _Progress(upload, start, stop, refused)
    try:
        if not plan.rows:
            with transaction.atomic():
                progress.keep(plan)
        else:
            importer.apply(plan, actor=_actor(upload), keyed=progress)
    except _Overtaken:
        return False
    except Refused as refusal:
        upload.refresh_from_db(fields=["applied", "refused"])
        if stop - start > 1:
            return all(_take(upload, importer, table, at, at + 1) for at in range(start, stop))
        line = RowPlan[Any](
            rows[0].line, "", RowOutcome.ERROR, problems=(Problem("", refusal.sentence),)
        )
        with transaction.atomic():
            _Progress(upload, start, stop, [_refused(line)]).keep(None)
    return True


def _without_bad(
    importer: Importer, table: Table, rows: list[Row]
) -> tuple[ImportPlan[Any], list[dict[str, Any]]]:
    """A plan of the rows that can be taken; leaving one out may make another bad that needs it."""
    refused: list[dict[str, Any]] = []
    while True:
        plan = importer.plan(Table(table.columns, tuple(rows)))
        bad = [row for row in plan.rows if row.outcome == RowOutcome.ERROR]
        if not bad:
            return plan, refused
        refused += [_refused(row) for row in bad]
        lines = {row.line for row in bad}
        rows = [row for row in rows if row.line not in lines]


def _actor(upload: Upload) -> Actor:
    person = upload.actor.get("person")
    return Actor(
        ActorKind.ACCOUNT,
        id=upload.job.asked_by,
        person=UUID(person) if person else None,
        request_id=str(upload.job.public_id),
    )


def _finish(upload: Upload) -> None:
    """Say what came of it; the bytes stay for as long as there are rows to mend."""
    counts = dict(upload.job.params.get("done", {})) | {"error": len(upload.refused)}
    with transaction.atomic():
        forgotten = {} if upload.refused else {"content": b"", "expires_at": None}
        changed = {"step": Step.OVER, "lease_until": None, **forgotten}
        if not Upload.objects.filter(pk=upload.pk, step=Step.APPLY).update(**changed):
            return
        Job.objects.filter(pk=upload.pk).update(
            state=Job.State.DONE,
            finished_at=clock.now(),
            params={**upload.job.params, "done": counts},
            report=[],
        )
        data = {"kind": uploads.kind_of(upload), **counts}
        fact = Fact("import.finished", "import", upload.job.public_id, data=data)
        record([fact], actor=_actor(upload), at=clock.now())


def _fail(upload: Upload, error: str) -> None:
    """What was imported by then stays, and the job says how far that is."""
    Upload.objects.filter(pk=upload.pk).update(step=Step.OVER, lease_until=None)
    Job.objects.filter(pk=upload.pk).update(
        state=Job.State.FAILED, error=error, finished_at=clock.now()
    )


def forget(now: datetime) -> int:
    """Forget files whose time is over; of those that nobody imported, everything. How many went."""
    over = Upload.objects.filter(expires_at__lte=now).exclude(step__in=TO_DO)
    with transaction.atomic():
        unfinished = over.exclude(step=Step.OVER)
        gone = Job.objects.filter(pk__in=list(unfinished.values_list("pk", flat=True)))
        count = gone.count()
        gone.delete()
        return count + over.update(content=b"", expires_at=None)
