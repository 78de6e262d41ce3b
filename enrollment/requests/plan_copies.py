"""Copies of runs and of whole plan years, as jobs: first the real thing taken back, then for good.

The job's report has a row per run of the old plan, with its fate. The deed takes the rows one
slice at a time, each slice in a transaction that also marks it, so carrying on after a crash copies
only what is missing; the database keeps a run from being copied into the same year twice.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from academy.core import clock
from academy.core.actor import Actor, ActorKind
from academy.core.errors import Missing, Refused
from academy.jobs.actions import fail_job, finish_job, start_job
from academy.jobs.models import Job
from courses.planning import bookings, copying, year_queries
from courses.planning.copying import Copy, Wish
from courses.planning.enums import NotCopied, RunState
from courses.planning.models import CopiedRun, Run
from courses.planning.phrases import Clash
from courses.planning.relative import same_week
from courses.planning.year_queries import Wanted
from enrollment.decisions.actions import copy_steps
from enrollment.requests.plan_copy_rules import Fate, Row
from enrollment.seats.models import Enrollment

log = structlog.get_logger(__name__)

KIND = "plan.copy"
AT_ONCE, SLICE = 60, 200


def ask_year_copy(
    *, year: int, to: int, wanted: Wanted, actor: Actor, at: datetime | None = None
) -> Job:
    """Try what copying the plan of one year, or a part of it, into another would come to."""
    if to == year:
        raise Refused("same_year", _("Choose another year than the one that is copied."))
    keys = [row.id for row in year_queries.planned(year, wanted)]
    params = {"from": year, "to": to, "wanted": dict(wanted), "runs": keys}
    return _ask(params, actor=actor, at=at or clock.now())


def ask_run_copy(*, run: UUID, first: date, actor: Actor, at: datetime | None = None) -> Job:
    """Try what copying one run to begin on that day would come to."""
    row = Run.objects.filter(public_id=run).first()
    if row is None:
        raise Missing("unknown_run", _("There is no such run."))
    params = {"first": first.isoformat(), "runs": [row.pk], "run": str(run)}
    return _ask(params, actor=actor, at=at or clock.now())


def _ask(params: dict[str, Any], *, actor: Actor, at: datetime) -> Job:
    if not params["runs"]:
        raise Refused("nothing_to_copy", _("There is nothing to copy: no run is planned there."))
    with transaction.atomic(durable=True):
        job = start_job(kind=KIND, actor=actor, is_dry_run=True, params=params, at=at)
        job.state, job.started_at, job.total = Job.State.WAITING, None, len(params["runs"])
        job.save(update_fields=["state", "started_at", "total"])
    if job.total <= AT_ONCE:
        _carry_on_or_fail(job.pk, at)
    return Job.objects.get(pk=job.pk)


def copy_of(public_id: UUID) -> Job:
    """One copy, tried or made."""
    row = Job.objects.filter(kind=KIND, public_id=public_id).first()
    if row is None:
        raise Missing("unknown_copy", _("There is no such copy."))
    return row


def apply(*, copy: UUID, actor: Actor) -> Job:
    """Let a copy that was tried be made. Said twice, it is once."""
    with transaction.atomic(durable=True):
        job = Job.objects.select_for_update().filter(kind=KIND, public_id=copy).first()
        if job is None:
            raise Missing("unknown_copy", _("There is no such copy."))
        if job.is_dry_run and job.state == Job.State.DONE:
            job.is_dry_run, job.state, job.done = False, Job.State.WAITING, 0
            job.total = sum(row["fate"] == Fate.PLANNED for row in job.report)
            job.asked_by, job.moved_at = actor.id, clock.now()
            job.save(update_fields=["is_dry_run", "state", "done", "total", "asked_by", "moved_at"])
    _carry_on_or_fail(job.pk, None, limit=AT_ONCE)
    return copy_of(copy)


def carry_on_all(*, at: datetime | None = None) -> int:
    """Carry on the copies that wait or stopped in the middle; how many runs were dealt with."""
    open_states = [Job.State.WAITING, Job.State.RUNNING]
    rows = Job.objects.filter(kind=KIND, state__in=open_states).order_by("pk")
    return sum(_carry_on_or_fail(pk, at) for pk in rows.values_list("pk", flat=True)[:20])


def _carry_on_or_fail(job: int, at: datetime | None, *, limit: int | None = None) -> int:
    """What a slice cannot do is said on the page of the copy; what was copied before stays."""
    try:
        return carry_on(job=job, limit=limit, at=at)
    except IntegrityError:  # another copy was faster: the next look leaves its runs out
        return 0
    except Exception:
        log.exception("plan_copies.failed", job=job)
        row = Job.objects.get(pk=job)
        sentence = _("The copy could not be finished. What was copied so far can be undone.")
        fail_job(row, error=str(sentence), report=row.report, at=at)
        return 0


def carry_on(*, job: int, limit: int | None = None, at: datetime | None = None) -> int:
    """Try a copy, or make the next runs of one; how many. One worker at a time has it."""
    at, dealt = at or clock.now(), 0
    while limit is None or dealt < limit:
        with transaction.atomic(durable=True):
            rows = Job.objects.select_for_update(skip_locked=True).filter(
                pk=job, state__in=[Job.State.WAITING, Job.State.RUNNING]
            )
            row = rows.first()
            if row is None:
                return dealt
            Job.objects.filter(pk=job).update(state=Job.State.RUNNING)
            if row.is_dry_run:
                report = _tried(row, at)
                row.done = len(report)
                finish_job(row, report=report, at=at)
                return len(report)
            size = SLICE if limit is None else min(SLICE, limit - dealt)
            dealt += _copy_next(row, size, at)
    return dealt


def _tried(job: Job, at: datetime) -> list[dict[str, Any]]:
    """The whole copy with what stands against it, and all of it taken back."""
    with transaction.atomic():
        sources = list(copying.to_copy().filter(pk__in=job.params["runs"]))
        rows = [_planned(job, source) for source in _in_order(sources)]
        _note_copied_before(job, rows)
        wishes = _wishes(rows, sources)
        copies = _copied(wishes, actor=_actor(job), at=at)
        told = _against(copies)
        for row in rows:
            if row.source in copies:
                _tell(row, copies[row.source], told)
        transaction.set_rollback(True)
    return [row.as_json() for row in rows]


def _in_order(sources: Sequence[Run]) -> list[Run]:
    return sorted(sources, key=lambda run: (str(run.starts_at or "9"), run.pk))


def _planned(job: Job, source: Run) -> Row:
    row = Row(
        source=source.pk,
        run=str(source.public_id),
        code=source.code,
        was=source.revision,
        time_zone=source.time_zone,
    )
    reason = copying.why_not(source)
    if reason is not None:
        row.fate, row.reason = Fate.LEFT_OUT, reason
    else:
        row.first = _first(job, source).isoformat()
    return row


def _first(job: Job, source: Run) -> date:
    if "first" in job.params:
        return date.fromisoformat(job.params["first"])
    day = copying.first_day(source)
    return same_week(day, job.params["to"] + (day.year - job.params["from"]))


def _note_copied_before(job: Job, rows: Sequence[Row]) -> None:
    """A run is copied into a year once; as often as wanted when it is chosen by itself."""
    if "to" not in job.params:
        return
    made = CopiedRun.objects.filter(
        source__in=[row.source for row in rows], year=job.params["to"]
    ).values_list("source_id", flat=True)
    copied = set(made)
    for row in rows:
        if row.source in copied and row.fate == Fate.PLANNED:
            row.fate, row.reason = Fate.LEFT_OUT, NotCopied.ALREADY


def _wishes(rows: Sequence[Row], sources: Sequence[Run]) -> list[Wish]:
    by_key = {source.pk: source for source in sources}
    return [
        Wish(by_key[row.source], date.fromisoformat(row.first))
        for row in rows
        if row.fate == Fate.PLANNED
    ]


def _copied(wishes: Sequence[Wish], *, actor: Actor, at: datetime) -> dict[int, Copy]:
    copies = copying.copy_runs(wishes, actor=actor, at=at)
    copy_steps({copy.source.pk: copy.run.pk for copy in copies})
    return {copy.source.pk: copy for copy in copies}


def _against(copies: dict[int, Copy]) -> dict[int, dict[str, Any]]:
    """What stands against each new run: who and what is taken then, days off that it keeps."""
    keys = [copy.run.pk for copy in copies.values()]
    clashes, off = bookings.clashes_among(keys), year_queries.off_days(keys)
    return {
        key: {
            "clashes": [_clash(clash) for clash in clashes.get(key, [])],
            "off": [[day.day.isoformat(), day.names] for day in off.get(key, [])],
        }
        for key in keys
    }


def _clash(clash: Clash) -> list[Any]:
    return [clash.trainer, clash.venue, clash.run, clash.starts_at.isoformat(), clash.time_zone]


def _tell(row: Row, copy: Copy, told: dict[int, dict[str, Any]]) -> None:
    run = copy.run
    row.new_code = run.code
    row.starts_at, row.ends_at = _iso(run.starts_at), _iso(run.ends_at)
    row.moved = [[meant.isoformat(), new.isoformat()] for meant, new in copy.moved]
    row.without = copy.without
    row.clashes, row.off = told[run.pk]["clashes"], told[run.pk]["off"]


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _copy_next(job: Job, size: int, at: datetime) -> int:
    """The next slice of a copy, in the transaction of the caller; the last one ends the job."""
    rows = [Row(**row) for row in job.report]
    turn = [row for row in rows if row.fate == Fate.PLANNED][:size]
    sources = list(copying.to_copy().filter(pk__in=[row.source for row in turn]))
    _leave_out_changed(turn, sources)
    _note_copied_before(job, turn)
    copies = _copied(_wishes(turn, sources), actor=_actor(job), at=at)
    CopiedRun.objects.bulk_create(
        CopiedRun(job=job, source=copy.source, run=copy.run, year=job.params.get("to"))
        for copy in copies.values()
    )
    for row in turn:
        if row.source in copies:
            row.fate, row.made = Fate.COPIED, str(copies[row.source].run.public_id)
    job.done += len(turn)
    job.report = [row.as_json() for row in rows]
    if job.done >= job.total:
        finish_job(job, report=job.report, at=at)
    else:
        job.moved_at = at
        job.save(update_fields=["done", "report", "moved_at"])
    return len(turn)


def _leave_out_changed(turn: Sequence[Row], sources: Sequence[Run]) -> None:
    """What has changed since it was shown is not copied unseen."""
    now = {source.pk: source for source in sources}
    for row in turn:
        source = now.get(row.source)
        if source is None or source.revision != row.was or copying.why_not(source):
            row.fate, row.reason = Fate.LEFT_OUT, NotCopied.CHANGED


def undo(*, copy: UUID, actor: Actor, at: datetime | None = None) -> int:
    """Take the drafts of a copy out of the plan; how many. Not once one of them was published."""
    at = at or clock.now()
    with transaction.atomic(durable=True):
        job = Job.objects.select_for_update().filter(kind=KIND, public_id=copy).first()
        if job is None:
            raise Missing("unknown_copy", _("There is no such copy."))
        runs = list(
            Run.objects.select_for_update(of=("self",)).filter(copy_of__job=job).order_by("pk")
        )
        _check_drafts(job, runs)
        try:
            copying.discard_drafts(runs, actor=actor, at=at)
        except ProtectedError as error:  # something was written to one of them by hand
            raise _in_use([]) from error
        job.params["undone_at"] = at.isoformat()
        job.save(update_fields=["params"])
        return len(runs)


def _check_drafts(job: Job, runs: Sequence[Run]) -> None:
    if job.state in {Job.State.WAITING, Job.State.RUNNING}:
        raise Refused("copy_goes_on", _("The copy is still being made. Wait until it is done."))
    public = [run.code for run in runs if run.state != RunState.DRAFT]
    if public or Enrollment.objects.filter(run__in=runs).exists():
        raise _in_use(public)


def _in_use(codes: Sequence[str]) -> Refused:
    sentence = _("Some of the copied runs are in use (%(codes)s). Cancel what you do not want.")
    return Refused("copy_in_use", sentence % {"codes": ", ".join(codes[:5]) or "…"})


def _actor(job: Job) -> Actor:
    """Who asked for the copy, also when a worker makes it."""
    if job.asked_by is None:
        return Actor.system("requests.copy_plans")
    return Actor(ActorKind.ACCOUNT, id=job.asked_by)
