"""The locks of a run, in one place, with the order in which they are taken.

A claim holds the run's advisory lock shared: many claim side by side. Joining the queue, freeing,
promoting, capacity and release hold it exclusive, taken in a statement of its own before anything
is read, so that nobody slips in past a waiter and "full" is never said too early. Nobody upgrades
from shared to exclusive inside one transaction (two would deadlock): end it and start again.
Two runs are locked in the order of their ids.
"""

from collections.abc import Iterable
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, OperationalError, connection
from django.utils.translation import gettext_lazy as _

from academy.core.errors import Busy, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

RUN_LOCKS = 1 << 40  # the advisory keys of runs lie above all others of the service

CONFLICTS = {
    "enrollment_one_active": (
        "already_enrolled",
        _("There is already an active enrolment in this run."),
    ),
    "trainer_teaches_once": (
        "trainer_busy",
        _("A trainer of this run has just been booked for another one at the same time."),
    ),
    "venue_held_once": (
        "venue_busy",
        _("The venue has just been booked for another run at the same time."),
    ),
    "enrollment_no_clash": (
        "clash",
        _("This run is held at the same time as another one in which a seat is held."),
    ),
}


ASKING = f"""
SELECT alone, CASE WHEN alone THEN pg_advisory_xact_lock({RUN_LOCKS} + id)
                   ELSE pg_advisory_xact_lock_shared({RUN_LOCKS} + id) END
  FROM (SELECT id, %(alone)s OR capacity IS NOT NULL AND (hold_while_pending OR NOT EXISTS (
                    SELECT FROM courses_seatpool pool
                      JOIN courses_seat seat ON seat.pool_id = pool.id AND seat.free
                     WHERE pool.run_id = run.id)) AS alone
          FROM courses_run run WHERE public_id = %(run)s OFFSET 0) run
"""  # noqa: S608


def lock_for_asking(run: UUID, *, alone: bool) -> bool:
    """Take the run's lock before anything about a request is read; whether it is held alone.

    Shared while a seat seems free. Where none does, the request will end in the queue, and the
    lock is taken alone at once. The look is only a hint: what counts is read under the lock.
    """
    with connection.cursor() as cursor:
        cursor.execute(ASKING, {"run": run, "alone": alone})
        row = cursor.fetchone()
    return bool(row and row[0])


def hold_run(run_id: int) -> None:
    """Take the run's lock alone, until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [RUN_LOCKS + run_id])


def hold_runs(run_ids: Iterable[int]) -> None:
    """Take the locks of several runs alone, in the order of their ids."""
    for run_id in sorted(set(run_ids)):
        hold_run(run_id)


def broken_constraint(error: IntegrityError) -> str:
    """The name of the constraint that refused a statement."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""


@contextmanager
def refusing_conflicts() -> "Iterator[None]":
    """Turn what the database refuses into the refusal that people understand.

    Stands outside the transaction: a refused statement has ended it.
    """
    try:
        yield
    except IntegrityError as error:
        name = broken_constraint(error)
        if name in CONFLICTS:
            raise Refused(*CONFLICTS[name]) from error
        raise
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) in {"55P03", "40P01"}:
            raise Busy(
                "busy", _("Somebody else is changing the same right now. Please try again.")
            ) from error
        raise
