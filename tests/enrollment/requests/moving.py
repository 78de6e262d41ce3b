"""Runs that are given other dates, for the tests of what follows."""

from academy.ledger.models import Event
from courses.planning.actions import SessionPlan
from enrollment.requests import run_changes
from tests.enrollment.stage import (
    MINUTE,
)
from tests.factories import ACTOR


def plan(start, *, venue=None, minutes=90):
    return SessionPlan(start, minutes, length=100 * MINUTE, venue=venue)


def move(run, *starts, **said):
    sessions = [plan(start) for start in starts]
    return run_changes.move_run(run=run.public_id, sessions=sessions, actor=ACTOR, **said)


def moved_by(run, shift, **said):
    return move(run, run.starts_at + shift, **said)


def events_of_run(run):
    rows = Event.objects.filter(subject_id=run.public_id).order_by("id")
    return list(rows.values_list("type", flat=True))
