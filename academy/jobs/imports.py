"""Any file of any kind, as a job: what it would change or has changed, row by row."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from academy.core.actor import Actor
from academy.core.errors import Refused
from academy.jobs.actions import fail_job, finish_job, start_job
from academy.jobs.models import Job
from academy.jobs.registry import Importer
from academy.jobs.rules import ImportPlan, RowOutcome, RowPlan
from academy.jobs.tables import read_table


def run_import(
    *,
    kind: str,
    importer: Importer,
    name: str,
    content: bytes,
    is_dry_run: bool,
    actor: Actor,
    at: datetime | None = None,
) -> Job:
    """Plan a file, carry the plan out unless the run is dry, and keep the report as a job.

    A file that cannot be read, or has wrong columns, is refused and leaves no job. A row that
    cannot be taken fails the job, which names it; nothing was imported then.
    """
    plan = importer.plan(read_table(name, content))
    counts = {str(outcome): count for outcome, count in plan.counts.items()}
    params = {"file": name, "counts": counts}
    job = start_job(kind=f"import.{kind}", actor=actor, is_dry_run=is_dry_run, params=params, at=at)
    job.done = job.total = len(plan.rows)
    error = "" if is_dry_run else _carried_out(importer, plan, actor)
    if error:
        fail_job(job, error=error, report=report_of(plan), at=at)
    else:
        finish_job(job, report=report_of(plan), at=at)
    return job


def _carried_out(importer: Importer, plan: ImportPlan[Any], actor: Actor) -> str:
    """What stopped the import; nothing when it is done."""
    if plan.has_errors:
        return str(_("Some rows have errors. Nothing was imported."))
    try:
        importer.apply(plan, actor=actor)
    except Refused as refusal:
        return str(refusal.sentence)
    return ""


def report_of(plan: ImportPlan[Any]) -> list[dict[str, Any]]:
    """The rows that are new, changed or bad; the others are only counted."""
    return [_told(row) for row in plan.rows if row.outcome != RowOutcome.UNCHANGED]


def _told(row: RowPlan[Any]) -> dict[str, Any]:
    return {
        "line": row.line,
        "key": row.key,
        "outcome": str(row.outcome),
        "changes": [
            {"column": column, "before": before, "after": after}
            for column, (before, after) in row.changes.items()
        ],
        "problems": [
            {"column": problem.column, "reason": str(problem.reason)} for problem in row.problems
        ],
    }
