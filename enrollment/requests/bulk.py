"""Many runs at once: a dry run in each, then each in a transaction of its own, then the report.

The dry run is the command itself, taken back. What is carried out comes to exactly what was shown;
a run in which something has changed since is left alone and says so. The line is marked in the
transaction of the command, so carrying it out again after a crash does only what is missing.
"""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from academy.access.enums import Right
from academy.access.queries import Viewer, viewer_of
from academy.accounts.models import Account
from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Busy, Invalid, Missing, Refused
from academy.core.texts import in_each, worded
from academy.jobs.actions import fail_job, finish_job, note_progress
from academy.jobs.models import Job
from academy.ledger.actions import Fact, record
from courses.planning.models import Run
from enrollment.classroom import queries as classroom
from enrollment.classroom.actions import send_notice
from enrollment.requests.bulk_operations import OPERATIONS, Operation
from enrollment.requests.enums import Fate
from enrollment.requests.models import Bulk, BulkLine
from enrollment.requests.rehearsal import Foreseen, witnessed

MOST, FIRST_SLICE, SLICE = 200, 20, 50
PATIENCE = 1.0
"""Seconds for which a person waits before a button; then the rest goes on in the background."""
KIND = "bulk"
OPEN = (Job.State.WAITING, Job.State.RUNNING)
RIGHT_LOST, GIVEN_UP = "right_lost", "given_up"

log = structlog.get_logger(__name__)


def plan(
    *,
    operation: str,
    runs: Sequence[UUID],
    asked: Mapping[str, Any],
    viewer: Viewer,
    actor: Actor,
    at: datetime | None = None,
) -> Bulk:
    """Write down which runs the operation is to be tried in; `carry_on` tries it.

    Refuses an operation that does not exist, no runs, and more than two hundred.
    """
    if operation not in OPERATIONS:
        raise Missing("unknown_operation", _("There is no such operation."))
    rows = list(Run.objects.filter(public_id__in=runs).order_by("starts_at", "pk"))
    if not rows:
        raise Invalid("no_runs", _("Tick at least one run."))
    if len(rows) > MOST:
        sentence = worded(_("Up to %(most)s runs at once."), {"most": MOST})
        raise Invalid("too_many_runs", sentence)
    with transaction.atomic(durable=True):
        job = Job.objects.create(
            kind=f"{KIND}.{operation}",
            asked_by=actor.id,
            asked_at=at or clock.now(),
            total=len(rows),
        )
        bulk = Bulk.objects.create(
            job=job, operation=operation, asked=dict(asked), account_id=viewer.account_id or 0
        )
        BulkLine.objects.bulk_create(
            BulkLine(bulk=bulk, number=number, run=run) for number, run in enumerate(rows, start=1)
        )
    return bulk


def apply(*, bulk: UUID, actor: Actor, at: datetime | None = None) -> Bulk:
    """Let what was tried be carried out. Said twice, it is once; before all is tried, refused."""
    at = at or clock.now()
    with transaction.atomic(durable=True):
        row = Bulk.objects.get(public_id=bulk)
        row.job = Job.objects.select_for_update().get(pk=row.job_id)
        if not row.job.is_dry_run:
            return row
        if row.job.state != Job.State.DONE:
            raise Refused("not_tried_yet", _("Not every run has been looked at yet."))
        row.job.is_dry_run, row.job.state, row.job.done = False, Job.State.WAITING, 0
        row.job.finished_at, row.job.moved_at = None, at
        row.job.save(update_fields=["is_dry_run", "state", "done", "finished_at", "moved_at"])
        data = {"operation": row.operation, "runs": row.lines.filter(fate=Fate.PLANNED).count()}
        record([Fact("bulk.applied", "bulk", row.public_id, data=data)], actor=actor, at=at)
    return row


def resume(job: UUID, actor: Actor) -> None:
    """Go on with what stopped or stands still, in the right and at the hand of who says so.

    What was done stays, and the first of the other runs are dealt with at once.
    """
    with transaction.atomic(durable=True):
        row = _locked(job)
        if actor.id:
            row.account = Account.objects.get(public_id=actor.id)
            row.save(update_fields=["account"])
        row.job.state, row.job.error, row.job.finished_at = Job.State.WAITING, "", None
        row.job.moved_at = clock.now()
        row.job.save(update_fields=["state", "error", "finished_at", "moved_at"])
        _record("bulk.resumed", row, actor)
    begin(bulk=row.pk)


def give_up(job: UUID, actor: Actor) -> None:
    """Leave the runs alone that were not dealt with; the others stay as they were made."""
    with transaction.atomic(durable=True):
        row = _locked(job)
        if row.job.state not in OPEN:
            raise Refused("bulk_is_over", _("This is over already."))
        fail_job(row.job, error=GIVEN_UP)
        _record("bulk.given_up", row, actor)


def _locked(job: UUID) -> Bulk:
    row = Bulk.objects.filter(job__public_id=job).first()
    if row is None:
        raise Missing("unknown_bulk", _("There is no such page."))
    row.job = Job.objects.select_for_update().get(pk=row.job_id)
    return row


def _record(event: str, row: Bulk, actor: Actor) -> None:
    fates = Counter(row.lines.values_list("fate", flat=True))
    data = {"operation": row.operation, "done": fates[Fate.DONE], "left": fates[Fate.PLANNED]}
    record([Fact(event, "bulk", row.public_id, data=data)], actor=actor, at=clock.now())


def carry_on_all(*, at: datetime | None = None) -> int:
    """Carry on whatever waits or stopped in the middle; how many runs were dealt with."""
    waiting = Bulk.objects.filter(job__state__in=OPEN).order_by("pk").values_list("pk", flat=True)
    return sum(carry_on(bulk=pk, at=at) for pk in list(waiting[:20]))


def begin(*, bulk: int) -> int:
    """Try, or do, as many of the first runs as somebody has the patience to wait for."""
    return carry_on(bulk=bulk, limit=FIRST_SLICE, patience=PATIENCE)


def carry_on(
    *, bulk: int, limit: int = SLICE, patience: float | None = None, at: datetime | None = None
) -> int:
    """Try, or do, the next runs, each alone. A run that is busy right now is left for next time.

    The rights are those of now. Returns how many were dealt with. After `patience` seconds no other
    run is begun.
    """
    row = Bulk.objects.select_related("job").get(pk=bulk)
    if row.job.state not in OPEN:
        return 0
    now = at or clock.now()
    viewer = viewer_of(row.account_id, now=now, today=now.date())
    if not viewer.may(Right.REGISTER):
        fail_job(row.job, error=RIGHT_LOST, at=now)
        return 0
    left = _left(row).select_related("run__version")[:limit]
    began, dealt = time.monotonic(), 0
    for line in list(left):
        if not _is_open(row):  # somebody has given it up in the meantime
            break
        dealt += _deal(row, line, viewer, now)
        if patience is not None and time.monotonic() - began > patience:
            break
    _note(row, now)
    return dealt


def _deal(bulk: Bulk, line: BulkLine, viewer: Viewer, at: datetime) -> int:
    """One run; a fault in one keeps nobody from the others."""
    try:
        return _try(bulk, line, viewer, at) if bulk.job.is_dry_run else _do(bulk, line, viewer, at)
    except Exception:
        log.exception("bulk.failed", run=str(line.run.public_id))
        fault = Refused("fault", _("A fault of this service; please tell its operators."))
        return _say_no(line, fault, is_tried=True)


def _left(bulk: Bulk) -> Any:
    if bulk.job.is_dry_run:
        return bulk.lines.filter(is_tried=False)
    return bulk.lines.filter(fate=Fate.PLANNED)


def _is_open(bulk: Bulk) -> bool:
    return Job.objects.filter(pk=bulk.job_id, state__in=OPEN).exists()


def _note(bulk: Bulk, at: datetime) -> None:
    """How far it is. What was given up in the meantime stays given up."""
    left = _left(bulk).count()
    with transaction.atomic():
        rows = Job.objects.select_for_update().filter(pk=bulk.job_id, state__in=OPEN)
        if (job := rows.first()) is None:
            return
        note_progress(job, done=job.total - left, total=job.total)
        if not left:
            finish_job(job, report=[], at=at)
        elif job.state != Job.State.RUNNING:
            rows.update(state=Job.State.RUNNING)


def _try(bulk: Bulk, line: BulkLine, viewer: Viewer, at: datetime) -> int:
    """What it would come to in one run; nothing of it stays."""
    operation = OPERATIONS[bulk.operation]
    try:
        found = _effect(bulk, line, operation, viewer, at)
    except Busy:
        return 0
    except Refused as refusal:
        return _say_no(line, refusal, is_tried=True)
    lines = BulkLine.objects.filter(pk=line.pk)
    return lines.update(is_tried=True, **found)


def _effect(
    bulk: Bulk, line: BulkLine, operation: Operation, viewer: Viewer, at: datetime
) -> dict[str, Any]:
    if operation.command is None:
        reached = classroom.reached_by_notices(line.run).count()
        if not reached:
            raise Refused("nobody_to_tell", _("Nobody has a seat in this run."))
        return {"touched": reached}
    foreseen = _witnessed(bulk, line, operation, viewer, at, dry_run=True)
    return {
        "mark": foreseen.mark,
        "touched": len(foreseen.effects),
        "states": Counter(one.after for one in foreseen.effects if one.after),
        "trainers": len(foreseen.trainers),
    }


def _witnessed(
    bulk: Bulk, line: BulkLine, operation: Operation, viewer: Viewer, at: datetime, **how: Any
) -> Foreseen:
    if operation.command is None:
        raise ValueError("A message is not witnessed.")
    return witnessed(
        operation.command,
        runs=[line.run.public_id],
        actor=viewer.actor(str(line.public_id)),
        run=line.run.public_id,
        at=at,
        **operation.asked(line.run, bulk.asked),
        **how,
    )


class _Done(Exception):
    """Somebody else has carried this line out: everything of this attempt is undone."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """Marks the line in the transaction of the command: both are there, or neither."""

    line: BulkLine

    def keep(self, _result: object) -> None:
        """The last write of the action."""
        lines = BulkLine.objects.filter(pk=self.line.pk, fate=Fate.PLANNED)
        if not lines.update(fate=Fate.DONE):
            raise _Done


def _do(bulk: Bulk, line: BulkLine, viewer: Viewer, at: datetime) -> int:
    """The operation in one run, once."""
    operation = OPERATIONS[bulk.operation]
    try:
        if operation.command is None:
            return _write_to(bulk, line, viewer, at)
        how = {"dry_run": False, "agreed": line.mark, "keyed": _Mark(line)}
        _witnessed(bulk, line, operation, viewer, at, **how)
    except (Busy, _Done):
        return 0
    except Refused as refusal:
        return _say_no(line, refusal)
    return 1


def _write_to(bulk: Bulk, line: BulkLine, viewer: Viewer, at: datetime) -> int:
    """The notice carries the line's id: sent again after a crash, it is the same notice."""
    send_notice(
        run=line.run,
        title=bulk.asked["title"],
        text=bulk.asked["text"],
        author=viewer.person_id,
        nonce=line.public_id,
        actor=viewer.actor(str(line.public_id)),
        at=at,
    )
    return BulkLine.objects.filter(pk=line.pk, fate=Fate.PLANNED).update(fate=Fate.DONE)


def _say_no(line: BulkLine, refusal: Refused, **more: Any) -> int:
    lines = BulkLine.objects.filter(pk=line.pk, fate=Fate.PLANNED)
    return lines.update(
        fate=Fate.REFUSED, code=refusal.code, said=in_each(refusal.sentence), **more
    )
