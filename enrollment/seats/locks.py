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
    "enrollment_no_clash": (
        "clash",
        _("This run is held at the same time as another one in which a seat is held."),
    ),
}


def share_run(run_id: int) -> None:
    """Take the run's lock together with other claims, until the end of the transaction."""
    _lock("SELECT pg_advisory_xact_lock_shared(%s)", run_id)


def hold_run(run_id: int) -> None:
    """Take the run's lock alone, until the end of the transaction."""
    _lock("SELECT pg_advisory_xact_lock(%s)", run_id)


def hold_runs(run_ids: Iterable[int]) -> None:
    """Take the locks of several runs alone, in the order of their ids."""
    for run_id in sorted(set(run_ids)):
        hold_run(run_id)


def _lock(statement: str, run_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [RUN_LOCKS + run_id])


@contextmanager
def refusing_conflicts() -> "Iterator[None]":
    """Turn what the database refuses into the refusal that people understand.

    Stands outside the transaction: a refused statement has ended it.
    """
    try:
        yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        if name in CONFLICTS:
            raise Refused(*CONFLICTS[name]) from error
        raise
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) in {"55P03", "40P01"}:
            raise Busy(
                "busy", _("Somebody else is changing the same right now. Please try again.")
            ) from error
        raise
