"""People who get into runs, and runs that move, for the tests of what calendars are told."""

from datetime import timedelta

from courses.planning.actions import SessionPlan
from enrollment.requests import actions as requests, run_changes
from tests.factories import ACTOR

DAY = timedelta(days=1)


REQUEST, CANCEL = "REQUEST", "CANCEL"


def enroll(run, person):
    return requests.enroll(run=run.public_id, person=person.pk, actor=ACTOR)


def move(run, *, days=7, sessions=1):
    first = run.sessions.get(number=1).period.lower + timedelta(days=days)
    plans = [
        SessionPlan(first + number * DAY, 90, length=timedelta(minutes=100))
        for number in range(sessions)
    ]
    run_changes.move_run(run=run.public_id, sessions=plans, actor=ACTOR)
