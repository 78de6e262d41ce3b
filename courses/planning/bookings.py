"""Trainers and places of runs: one thing at a time, for runs that are before the public.

A draft books nothing; it is only warned. What publishing books, the database keeps single: two
exclusion constraints refuse what two registrars do at the same moment.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from academy.core.errors import Refused
from courses.planning.enums import RunState
from courses.planning.models import Run, Session, TrainerAssignment
from courses.planning.phrases import Clash

BOOKED = (RunState.PUBLISHED, RunState.GOING_AHEAD, RunState.RUNNING)
"""Runs in these states have their trainers and places to themselves."""
PLANNED = (RunState.DRAFT, *BOOKED)

TRAINERS = """
SELECT DISTINCT ON (run.id, theirs.person_id, other.id)
       run.id AS of, concat_ws(' ', person.family_name, person.given_name) AS trainer,
       NULL::json AS venue,
       other.code AS run, lower(mine.period * booked.period) AS starts_at, run.time_zone
  FROM courses_run run
  JOIN courses_trainerassignment teaches ON teaches.run_id = run.id
  JOIN courses_trainerassignment theirs
    ON theirs.person_id = teaches.person_id AND theirs.run_id <> run.id
  JOIN courses_run other
    ON other.id = theirs.run_id AND other.state = ANY(%(states)s) AND other.busy && run.busy
  JOIN academy_person person ON person.id = theirs.person_id
  JOIN courses_session mine ON mine.run_id = run.id AND NOT mine.is_cancelled
  JOIN courses_session booked ON booked.run_id = other.id AND NOT booked.is_cancelled
   AND booked.period && mine.period
 WHERE run.id = ANY(%(runs)s)
 ORDER BY run.id, theirs.person_id, other.id, starts_at
"""
VENUES = """
SELECT DISTINCT ON (run.id, venue.id, other.id)
       run.id AS of, '' AS trainer, venue.names::json AS venue,
       other.code AS run, lower(mine.period * booked.period) AS starts_at, run.time_zone
  FROM courses_run run
  JOIN courses_session mine ON mine.run_id = run.id AND NOT mine.is_cancelled
  JOIN courses_venue venue ON venue.id = mine.venue_id AND NOT venue.is_shared
  JOIN courses_session booked ON booked.venue_id = venue.id AND NOT booked.is_cancelled
   AND booked.period && mine.period AND booked.run_id <> run.id
  JOIN courses_run other ON other.id = booked.run_id AND other.state = ANY(%(states)s)
 WHERE run.id = ANY(%(runs)s)
 ORDER BY run.id, venue.id, other.id, starts_at
"""


def clashes_of(run: Run, *, states: Iterable[RunState] = PLANNED) -> list[Clash]:
    """Where other runs in these states want the same trainer or place, the first hour of each."""
    return clashes_among([run.pk], states=states).get(run.pk, [])


def clashes_among(
    runs: Sequence[int], *, states: Iterable[RunState] = PLANNED
) -> dict[int, list[Clash]]:
    """The same of many runs by their keys, those without a clash left out; one statement."""
    values: dict[str, Any] = {"runs": list(runs), "states": [state.value for state in states]}
    found: dict[int, list[Clash]] = {}
    with connection.cursor() as cursor:
        cursor.execute(f"({TRAINERS}) UNION ALL ({VENUES})", values)
        for run, *clash in cursor.fetchall():
            found.setdefault(run, []).append(Clash(*clash))
    return found


def book(run: Run) -> None:
    """Keep the trainers and places of a run for it alone; refuses where another run has them."""
    clashes = clashes_of(run, states=BOOKED)
    if clashes:
        code = "trainer_busy" if clashes[0].trainer else "venue_busy"
        raise Refused(code, " ".join(clash.sentence for clash in clashes))
    TrainerAssignment.objects.filter(run=run).update(busy=run.busy)
    held = Session.objects.filter(run=run, is_cancelled=False, venue__is_shared=False)
    held.update(holds_venue=True)


def give_back(run: Run) -> None:
    """Others may have the trainers and places of this run."""
    TrainerAssignment.objects.filter(run=run).update(busy=None)
    Session.objects.filter(run=run, holds_venue=True).update(holds_venue=False)
