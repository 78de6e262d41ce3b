# ruff: noqa: N999  the command's name is what people type
"""`import courses|people|courts FILE`: what would happen, row by row; `--apply` does it."""

from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from django.core.management.base import BaseCommand, CommandError, CommandParser

from academy.core.actor import Actor
from academy.core.errors import Refused
from academy.courts import imports as courts
from academy.jobs.rules import ImportPlan, RowOutcome, RowPlan
from academy.jobs.tables import read_table
from academy.people import imports as people
from courses.catalogue import imports as courses

ACTOR = Actor.system("import")
LONGEST = 60  # characters of a value that are shown


class Kind(NamedTuple):
    """How one kind of file is planned and applied."""

    plan: Any
    apply: Any


KINDS = {
    "courses": Kind(courses.plan_courses, courses.apply),
    "people": Kind(people.plan_people, people.apply),
    "courts": Kind(courts.plan_courts, courts.apply),
}
SIGNS = {
    RowOutcome.NEW: "+",
    RowOutcome.CHANGED: "~",
    RowOutcome.UNCHANGED: "=",
    RowOutcome.ERROR: "!",
}


class Command(BaseCommand):
    help = (
        "Import a CSV or Excel file. Without --apply nothing is changed: every row is shown with"
        " what would happen to it. One bad row, and nothing is imported."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=sorted(KINDS))
        parser.add_argument("file", type=Path)
        parser.add_argument("--apply", action="store_true", help="really do it")

    def handle(self, *args: Any, **options: Any) -> None:
        kind = KINDS[options["kind"]]
        try:
            table = read_table(options["file"].name, options["file"].read_bytes())
            plan = kind.plan(table)
            self._show(plan)
            if options["apply"]:
                plan = kind.apply(plan, actor=ACTOR)
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read.") from error
        except Refused as refusal:
            raise CommandError(str(refusal.sentence)) from refusal
        self._sum_up(plan, is_applied=options["apply"])

    def _show(self, plan: ImportPlan[Any]) -> None:
        for row in plan.rows:
            self.stdout.write(f"{SIGNS[row.outcome]} line {row.line}: {row.key} {row.outcome}")
            for line in _details(row):
                self.stdout.write(f"      {line}")

    def _sum_up(self, plan: ImportPlan[Any], *, is_applied: bool) -> None:
        counts = Counter({str(outcome): count for outcome, count in plan.counts.items() if count})
        told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
        self.stdout.write(told or "no rows")
        if plan.has_errors:
            raise CommandError(
                "There are errors: nothing was imported. Mend the rows marked with !."
            )
        self.stdout.write(
            "Imported." if is_applied else "Nothing was changed. Add --apply to import this file."
        )


def _details(row: RowPlan[Any]) -> list[str]:
    problems = [
        f"{problem.column}: {problem.reason}" if problem.column else str(problem.reason)
        for problem in row.problems
    ]
    if row.outcome != RowOutcome.CHANGED:
        return problems
    changes = [
        f"{column}: {_short(before) or '(empty)'} -> {_short(after) or '(empty)'}"
        for column, (before, after) in row.changes.items()
    ]
    return problems + changes


def _short(value: str) -> str:
    return value if len(value) <= LONGEST else f"{value[:LONGEST]}…"
