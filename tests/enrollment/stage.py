"""What tests of enrolment ask again and again: who sits where, what was written or refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.db import connection

from academy.core import clock
from academy.core.errors import Refused
from academy.ledger import actions as ledger
from academy.ledger.models import Event
from courses.planning.models import Run
from enrollment.requests import actions
from enrollment.seats import invariants
from enrollment.seats.enums import State
from enrollment.seats.models import Enrollment
from tests import factories
from tests.factories import ACTOR

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

# Everything that a refusal must leave alone, as one number each.
SIGHT = """
SELECT (SELECT count(*) FROM academy_event),
       (SELECT coalesce(sum(revision), 0) FROM enrollment_enrollment),
       (SELECT count(*) FROM enrollment_enrollment WHERE seat_id IS NOT NULL),
       (SELECT count(*) FROM enrollment_decision WHERE state = 'open'),
       (SELECT count(*) FROM courses_seat WHERE free),
       (SELECT coalesce(sum(revision), 0) FROM courses_run),
       (SELECT count(*) FROM enrollment_promotionpass)
"""


def sight() -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(SIGHT)
        row: tuple[int, ...] = cursor.fetchone()
    return row


@contextmanager
def refused(code: str) -> Iterator[None]:
    """The institution says no with this code, and nothing has changed."""
    before = sight()
    with pytest.raises(Refused) as refusal:
        yield
    assert refusal.value.code == code
    assert sight() == before


def ask(run: Run, person=None, **asked) -> Enrollment:
    """Somebody asks for a place."""
    person = person or factories.person()
    return actions.enroll(run=run.public_id, person=person.pk, actor=ACTOR, **asked)


def fill(run: Run, people: int) -> list[Enrollment]:
    return [ask(run, person) for person in factories.people(people)]


def now_is(enrollment: Enrollment) -> str:
    enrollment.refresh_from_db()
    return State(enrollment.state)


def states(*enrollments: Enrollment) -> list[str]:
    return [now_is(enrollment) for enrollment in enrollments]


def events_of(enrollment: Enrollment) -> list[str]:
    """The types of the events of one enrolment or decision; the states reached, marks left out."""
    types = Event.objects.filter(
        subject_id=enrollment.public_id, type__regex=r"^(enrollment|decision)\."
    ).order_by("id")
    return [kind.removeprefix("enrollment.") for kind in types.values_list("type", flat=True)]


def last_event(enrollment: Enrollment) -> Event:
    found = Event.objects.filter(subject_id=enrollment.public_id).latest("id")
    assert isinstance(found, Event)
    return found


def seats_of(run: Run) -> dict[str, int]:
    """How many seats are free, held and still counted, held but retired, and gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FILTER (WHERE free),
                      count(*) FILTER (WHERE NOT free AND NOT is_retired),
                      count(*) FILTER (WHERE is_retired AND holder.id IS NOT NULL),
                      count(*) FILTER (WHERE is_retired AND holder.id IS NULL)
                 FROM courses_seat seat
                 LEFT JOIN enrollment_enrollment holder ON holder.seat_id = seat.id
                WHERE seat.run_id = %s""",
            [run.pk],
        )
        row = cursor.fetchone()
    return dict(zip(("free", "held", "above", "gone"), row, strict=True))


def assert_sound(now: datetime | None = None) -> None:
    """Every invariant of the monitor holds."""
    ledger.sequence_all()
    findings = invariants.check_all(now=now or clock.now())
    broken = {each.invariant.code: list(each.sample) for each in findings if not each.holds}
    assert broken == {}
