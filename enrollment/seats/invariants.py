"""Every invariant of enrolment as one SQL query that finds what breaks it; no row is right.

Most are held by constraints as well. The monitor asks all the same: a constraint can be dropped, a
restore can be partial, and trust is better shown than claimed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from enrollment.seats.queries import held_beside

SAMPLE = 20
GRACE = timedelta(minutes=5)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Finds(StrEnum):
    """What the ids are that a query finds."""

    SEAT = "seat"
    ENROLLMENT = "enrollment"
    DECISION = "decision"
    RUN = "run"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Invariant:
    """What must hold, the query that finds the rows where it does not, and how to mend it.

    `every`: how often it is worth asking. Measured on a national year (150,000 enrolments, 450,000
    events): those of each minute take 20 ms together, the three that read all rows 0.6 s.
    """

    code: str
    says: str | Promise
    query: str
    repair: str | Promise
    finds: Finds = Finds.ENROLLMENT
    every: timedelta = MINUTE


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer of one query: how many rows break the invariant, and the first of them."""

    invariant: Invariant
    count: int
    sample: Sequence[Any]

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return self.count == 0


INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "seat_without_holder",
        _("A seat that is not free is held by somebody or retired."),
        """SELECT seat.id FROM courses_seat seat
            LEFT JOIN enrollment_enrollment holder ON holder.seat_id = seat.id
            WHERE NOT seat.free AND NOT seat.is_retired AND holder.id IS NULL""",
        _("Set the seat free; the sweep gives it to the queue."),
        finds=Finds.SEAT,
    ),
    Invariant(
        "free_seat_held",
        _("A free seat is held by nobody."),
        """SELECT seat.id FROM courses_seat seat
             JOIN enrollment_enrollment holder ON holder.seat_id = seat.id WHERE seat.free""",
        _("Mark the seat as taken."),
        finds=Finds.SEAT,
    ),
    Invariant(
        "holder_without_seat",
        _("Whoever holds a seat by state has exactly one, in the same run."),
        """SELECT enrolled.id FROM enrollment_enrollment enrolled
            LEFT JOIN courses_seat seat ON seat.id = enrolled.seat_id
            WHERE enrolled.state IN ('offered', 'confirmed', 'reconfirm') AND enrolled.needs_seat
              AND (seat.id IS NULL OR seat.run_id <> enrolled.run_id)""",
        _("Give the person a seat of the run, or put them at the head of the queue."),
    ),
    Invariant(
        "seat_held_twice",
        _("No seat is held by two enrolments."),
        """SELECT seat_id FROM enrollment_enrollment WHERE seat_id IS NOT NULL
            GROUP BY seat_id HAVING count(*) > 1""",
        _("Keep the earlier holder; give the other a seat or a place in the queue."),
        finds=Finds.SEAT,
    ),
    Invariant(
        "capacity_is_seats",
        _("The capacity of a run is the number of its seats."),
        """SELECT run.id FROM courses_run run
             LEFT JOIN courses_seat seat ON seat.run_id = run.id AND NOT seat.is_retired
            WHERE run.capacity IS NOT NULL
            GROUP BY run.id HAVING count(seat.id) <> run.capacity""",
        _("Add or retire seats with the change of capacity."),
        finds=Finds.RUN,
    ),
    Invariant(
        "one_active",
        _("Nobody has two active enrolments in one run."),
        """SELECT min(id) FROM enrollment_enrollment
            WHERE state IN ('requested', 'waitlisted', 'offered', 'confirmed', 'reconfirm')
            GROUP BY run_id, person_id HAVING count(*) > 1""",
        _("Cancel the later one with a reason."),
    ),
    Invariant(
        "no_clash",
        _("Nobody holds two seats at the same time, unless it was allowed."),
        # Whoever was once allowed drops out of the constraint; beside whom, only this asks.
        """SELECT one.id FROM enrollment_enrollment one
             JOIN enrollment_enrollment other ON other.person_id = one.person_id
              AND other.id > one.id AND other.busy && one.busy
            WHERE other.id <> ALL(one.clash_with) AND one.id <> ALL(other.clash_with)
              AND one.state IN ('offered', 'confirmed', 'reconfirm')
              AND other.state IN ('offered', 'confirmed', 'reconfirm')""",
        _("Ask the person which seat to keep; allow the clash or cancel one."),
    ),
    Invariant(
        "nobody_waits_beside_a_free_seat",
        _("No seat stays free while somebody without a clash waits for it."),
        f"""SELECT waiting.id FROM enrollment_enrollment waiting
             JOIN courses_run run ON run.id = waiting.run_id
            WHERE waiting.state = 'waitlisted' AND waiting.state_since < %(grace)s
              AND run.state IN ('published', 'going_ahead')
              AND least(run.starts_at, run.promote_until) > %(now)s
              AND (waiting.short_notice
                   OR %(now)s <= run.starts_at - run.short_notice_hours * interval '1 hour')
              AND EXISTS (SELECT FROM courses_seat seat
                           WHERE seat.pool_id = ANY(waiting.pool_ids) AND seat.free)
              AND NOT EXISTS ({held_beside("waiting")})""",  # noqa: S608
        _("Run the sweep: it promotes in order."),
    ),
    Invariant(
        "released_pool_keeps_nothing",
        _("No free seat lies in a pool that was released."),
        """SELECT seat.id FROM courses_seat seat
             JOIN courses_seatpool pool ON pool.id = seat.pool_id
            WHERE seat.free AND pool.released_at IS NOT NULL""",
        _("Move the seat to the parent of its pool; the sweep gives it to the queue."),
        finds=Finds.SEAT,
    ),
    Invariant(
        "deadline_not_stuck",
        _("No offer and no re-confirmation is left standing after its deadline."),
        """SELECT enrolled.id FROM enrollment_enrollment enrolled
             JOIN courses_run run ON run.id = enrolled.run_id AND run.state <> 'postponed'
            WHERE enrolled.state IN ('offered', 'reconfirm') AND enrolled.due_at < %(grace)s""",
        _("Run the timers; look whether the worker and the clock are alive."),
    ),
    Invariant(
        "decision_not_stuck",
        _("No decision is left open after its day, and none on an ended request."),
        """SELECT step.id FROM enrollment_decision step
             JOIN enrollment_enrollment asked ON asked.id = step.enrollment_id
            WHERE step.state = 'open'
              AND (step.due_at < %(grace)s OR asked.state <> 'requested')""",
        _("Run the timers; close the decision as moot where the request has ended."),
        finds=Finds.DECISION,
    ),
    Invariant(
        "closed_has_outcome",
        _("A closed enrolment has one current outcome, and only a closed one has."),
        """SELECT enrolled.id FROM enrollment_enrollment enrolled
             LEFT JOIN enrollment_outcome outcome
               ON outcome.enrollment_id = enrolled.id AND outcome.is_current
            WHERE (enrolled.state = 'closed') <> (outcome.id IS NOT NULL)""",
        _("Write the missing outcome as a correction."),
        every=HOUR,
    ),
    Invariant(
        "state_has_its_event",
        _("The last event of an enrolment says the state, the seat and the number of its row."),
        """SELECT enrolled.id FROM enrollment_enrollment enrolled
             LEFT JOIN LATERAL (
                  SELECT data FROM academy_event
                   WHERE subject_id = enrolled.public_id AND type LIKE 'enrollment.%%'
                   ORDER BY id DESC LIMIT 1) last ON true
            WHERE (last.data ->> 'to') IS DISTINCT FROM enrolled.state
               OR (last.data ->> 'seat')::bigint IS DISTINCT FROM enrolled.seat_id
               OR (last.data ->> 'queue_number')::bigint IS DISTINCT FROM enrolled.queue_number
               OR (last.data ->> 'priority_class')::int IS DISTINCT FROM
                  enrolled.priority_class""",
        _("Find who wrote past the service; the ledger says what was decided."),
        every=HOUR,
    ),
    Invariant(
        "ended_run_has_no_claims",
        _("A cancelled or finalised run has no active enrolment."),
        """SELECT enrolled.id FROM enrollment_enrollment enrolled
             JOIN courses_run run ON run.id = enrolled.run_id
            WHERE run.state IN ('cancelled', 'finalised') AND enrolled.state IN
                  ('requested', 'waitlisted', 'offered', 'confirmed', 'reconfirm')""",
        _("Cancel the enrolment with the reason of the run."),
    ),
    Invariant(
        "feed_moves",
        _("No event waits for its place in the feed."),
        """SELECT inbox.event_id FROM academy_inbox inbox
             JOIN academy_event event ON event.id = inbox.event_id WHERE event.time < %(grace)s""",
        _("Look whether the worker is alive: it numbers the events."),
        finds=Finds.EVENT,
    ),
    Invariant(
        "feed_without_gaps",
        _("The feed has no gap."),
        """SELECT max(position) FROM academy_feedentry HAVING max(position) <> count(*)""",
        _("Restore the missing rows from a copy; tell the systems that read the feed."),
        finds=Finds.EVENT,
        every=HOUR,
    ),
)


def check(invariant: Invariant, *, now: datetime) -> Finding:
    """Ask one query."""
    counted = f"SELECT count(*) OVER (), broken.* FROM ({invariant.query}) broken LIMIT {SAMPLE}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(counted, {"now": now, "grace": now - GRACE})
        rows = cursor.fetchall()
    return Finding(invariant, rows[0][0] if rows else 0, [row[1] for row in rows])


def check_all(*, now: datetime) -> list[Finding]:
    """Ask every query, in the order of the list."""
    return [check(invariant, now=now) for invariant in INVARIANTS]
