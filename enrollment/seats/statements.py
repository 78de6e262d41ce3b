"""How a row of an enrolment is written: one statement each way of coming in.

Column lists are constants of this file; every value travels as a parameter.
"""

from enrollment.seats.queries import held_beside

COLUMNS = """(public_id, run_id, person_id, appointment_id, court_id, state, seat_id, needs_seat,
    pool_ids, queue_number, priority_class, source, busy, clash_allowed, previous_id,
    created_at, state_since, revision, lapses, end_reason, is_late, due_at,
    priority_reasons, short_notice, auto_accept)"""
VALUES = """%(public_id)s, %(run)s, %(person)s, %(appointment)s, %(court)s, {state}, {seat},
    %(needs_seat)s, %(pools)s::bigint[], {queue_number}, %(priority)s, %(source)s,
    %(busy)s::tstzmultirange,
    %(clash_allowed)s, %(previous)s, %(at)s, %(at)s, 1, %(lapses)s, '', false, {due},
    %(reasons)s::jsonb, %(short_notice)s, %(auto_accept)s"""
RETURNING = "RETURNING id, state, seat_id, queue_number, due_at"
SEATED, DUE = "%(seated)s", "%(due)s::timestamptz"
NEXT_NUMBER = "nextval('enrollment_queue_number')"

# A seat of those pools for which nobody waits who could take it. Who waits but sits elsewhere at
# the same time holds nobody up, nor who wants no seat at short notice when it is too late for
# others; who waits for everyone's pool does not hold up a court's own seat.
SEAT = f"""
WITH open AS (
    SELECT array_agg(mine.pool ORDER BY mine.place) AS pools
      FROM unnest(%(pools)s::bigint[]) WITH ORDINALITY AS mine (pool, place)
     WHERE NOT EXISTS (
        SELECT FROM enrollment_enrollment waiting
         WHERE run_id = %(run)s AND state = 'waitlisted' AND mine.pool = ANY(pool_ids)
           AND (short_notice OR NOT %(is_short_notice)s)
           AND NOT EXISTS ({held_beside("waiting")}))
), seat AS (
    SELECT courses_take_seat(open.pools) AS id FROM open WHERE open.pools IS NOT NULL
)"""  # noqa: S608

# The whole claim, among many others at the same time: a seat, or no row.
CLAIM = f"""{SEAT}
INSERT INTO enrollment_enrollment {COLUMNS}
SELECT {VALUES.format(state=SEATED, seat="seat.id", queue_number="NULL", due=DUE)}
  FROM seat WHERE seat.id IS NOT NULL
{RETURNING}
"""  # noqa: S608

# The same alone: a seat, or the end of the queue.
CLAIM_OR_QUEUE = f"""{SEAT}
INSERT INTO enrollment_enrollment {COLUMNS}
SELECT {
    VALUES.format(
        state=f"CASE WHEN seat.id IS NULL THEN 'waitlisted' ELSE {SEATED} END",
        seat="seat.id",
        due=f"CASE WHEN seat.id IS NOT NULL THEN {DUE} END",
        queue_number=f"CASE WHEN seat.id IS NULL THEN {NEXT_NUMBER} END",
    )
}
  FROM (SELECT (SELECT id FROM seat) AS id) seat
{RETURNING}
"""  # noqa: S608

WITHOUT_SEAT = f"""
INSERT INTO enrollment_enrollment {COLUMNS}
VALUES ({VALUES.format(state=SEATED, seat="NULL", queue_number="NULL", due=DUE)})
{RETURNING}
"""  # noqa: S608

REQUEST = f"""
INSERT INTO enrollment_enrollment {COLUMNS}
VALUES ({VALUES.format(state="'requested'", seat="NULL", queue_number=NEXT_NUMBER, due="NULL")})
{RETURNING}
"""  # noqa: S608

# A request that keeps a seat while others decide; without one when none is to be had.
REQUEST_WITH_SEAT = f"""{SEAT}
INSERT INTO enrollment_enrollment {COLUMNS}
VALUES ({
    VALUES.format(
        state="'requested'", seat="(SELECT id FROM seat)", queue_number=NEXT_NUMBER, due="NULL"
    )
})
{RETURNING}
"""  # noqa: S608

# The very seat that somebody else handed over in this transaction.
TAKE_OVER = f"""
INSERT INTO enrollment_enrollment {COLUMNS}
VALUES ({VALUES.format(state="'confirmed'", seat="%(seat)s", queue_number="NULL", due="NULL")})
{RETURNING}
"""  # noqa: S608

QUEUE = f"""
INSERT INTO enrollment_enrollment {COLUMNS}
VALUES ({VALUES.format(state="'waitlisted'", seat="NULL", queue_number=NEXT_NUMBER, due="NULL")})
{RETURNING}
"""  # noqa: S608


# Beside which held seats a clash is allowed now: all that are there, and none that comes later.
ALLOW_CLASHES = """
UPDATE enrollment_enrollment me SET clash_with = ARRAY(
    SELECT held.id FROM enrollment_enrollment held
     WHERE held.person_id = me.person_id AND held.busy && me.busy AND held.id <> me.id
       AND held.state IN ('offered', 'confirmed', 'reconfirm'))
 WHERE id = %s RETURNING clash_with
"""
