"""What stands against the dates of a run, before they are taken: clashes, days off, busy people.

For dates that exist on a form only, the real command writes them, they are looked at, and all of it
is taken back.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from academy.core.actor import Actor
from courses.planning import actions as planning, bookings, year_queries
from courses.planning.enums import RunState
from courses.planning.models import Run
from courses.planning.phrases import Clash, OffDay
from enrollment.seats.enums import HOLDING

BUSY = """
SELECT count(DISTINCT enrolled.person_id)
  FROM courses_run run
  JOIN enrollment_enrollment enrolled ON enrolled.busy && run.busy AND enrolled.run_id <> run.id
       AND enrolled.state = ANY(%s)
 WHERE run.id = %s
"""


@dataclass(frozen=True, slots=True)
class Against:
    """What somebody should know before dates are taken. Only a clash will stop publishing."""

    clashes: Sequence[Clash] = ()
    off: Sequence[OffDay] = ()
    busy: int = 0  # people with a seat in other runs at these hours

    @property
    def sentences(self) -> list[str]:
        """Each clash and each day off. Busy people alone are no reason to ask again."""
        clashes = [clash.sentence for clash in self.clashes]
        return clashes + [day.sentence for day in self.off]

    @property
    def mark(self) -> str:
        """The same for the same warnings: who agreed to these, agreed to no others."""
        facts = [repr(one) for one in (*self.clashes, *self.off)]
        return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:32] if facts else ""


def of_run(run: Run) -> Against:
    """What stands against the dates that a run has."""
    return Against(
        bookings.clashes_of(run),
        year_queries.off_days([run.pk]).get(run.pk, ()),
        _busy_elsewhere(run),
    )


def of_plan(plan: planning.RunPlan, *, actor: Actor) -> Against:
    """What would stand against a run that is not planned yet."""
    with transaction.atomic(durable=True):
        found = of_run(planning.plan_run(plan=plan, actor=actor))
        transaction.set_rollback(True)
    return found


def of_move(run: Run, sessions: Sequence[planning.SessionPlan]) -> Against:
    """What would stand against new dates; refuses what the move itself would refuse."""
    with transaction.atomic(durable=True):
        row = Run.objects.select_for_update().get(pk=run.pk)
        planning.move_sessions(run=row, sessions=sessions)
        found = of_run(row)
        transaction.set_rollback(True)
    return found


def of_trainers(run: Run, trainers: Sequence[int], *, actor: Actor, at: datetime) -> Against:
    """What would stand against these trainers at the dates that the run has."""
    with transaction.atomic(durable=True):
        row = Run.objects.select_for_update().get(pk=run.pk)
        row.state = RunState.DRAFT  # a draft books nobody: the clash is told, not refused
        planning.set_trainers(run=row, trainers=trainers, actor=actor, at=at)
        found = of_run(row)
        transaction.set_rollback(True)
    return found


def _busy_elsewhere(run: Run) -> int:
    with connection.cursor() as cursor:
        cursor.execute(BUSY, [[state.value for state in HOLDING], run.pk])
        count: int = cursor.fetchone()[0]
    return count
