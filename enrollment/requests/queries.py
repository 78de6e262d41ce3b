"""The facts that answer "may this person have a place in this run?", in one statement."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from courses.planning.rules import Placement, Pool, Window
from enrollment.decisions.enums import Decider, Silence, StepKind
from enrollment.decisions.rules import Step
from enrollment.requests.rules import AskingFacts
from enrollment.seats.rules import PriorityFact

FACTS = """
SELECT run.id, run.public_id, run.enrollment_mode, run.capacity IS NOT NULL, run.busy::text,
       coalesce(court.time_zone, run.time_zone), run.hold_while_pending,
       CASE WHEN run.waiting_list_limit IS NOT NULL THEN run.waiting_list_limit <=
            (SELECT count(*) FROM enrollment_enrollment
              WHERE run_id = run.id AND state = 'waitlisted') ELSE false END,
       run.state, run.enrollment_opens_at,
       CASE WHEN run.selected_at IS NULL THEN run.enrollment_closes_at
            ELSE coalesce(run.starts_at, run.enrollment_closes_at) END, run.starts_at,
       person.id, person.public_id, coalesce(person.left_on <= %(today)s
            OR person.left_on < (run.starts_at AT TIME ZONE run.time_zone)::date, false),
       post.id, court.id, court.parent_id,
       EXISTS (SELECT FROM academy_appointment leads
                 JOIN academy_position top ON top.id = leads.position_id AND top.is_head
                WHERE leads.person_id = person.id AND leads.court_id = court.id
                  AND leads.period @> %(today)s::date),
       court.region_id, coalesce(position.category, ''), run.language,
       (SELECT coalesce(json_agg(json_build_array(id, scope, court_id, region_id, value)), '[]')
          FROM courses_seatpool WHERE run_id = run.id),
       (SELECT coalesce(json_agg(json_build_array(kind, decider, days, silence) ORDER BY number),
                        '[]')
          FROM enrollment_steprule WHERE run_id = run.id),
       (SELECT state FROM enrollment_enrollment
         WHERE run_id = run.id AND person_id = person.id AND state IN
               ('requested', 'waitlisted', 'offered', 'confirmed', 'reconfirm')),
       EXISTS (SELECT FROM enrollment_enrollment
                WHERE person_id = person.id AND busy && run.busy
                  AND state IN ('offered', 'confirmed', 'reconfirm') AND run_id <> run.id),
       EXISTS (SELECT FROM courses_trainerassignment
                WHERE run_id = run.id AND person_id = person.id),
       (SELECT max(id) FROM enrollment_enrollment
         WHERE run_id = run.id AND person_id = person.id),
       run.short_notice_hours, run.nominees_answer, run.selected_at,
       (SELECT json_agg(json_build_array(code, kind, step, CASE kind
            WHEN 'remote_court' THEN coalesce(court.is_remote, false)
            WHEN 'never_served' THEN NOT EXISTS (
                SELECT FROM enrollment_enrollment past
                  JOIN enrollment_outcome outcome ON outcome.enrollment_id = past.id
                   AND outcome.is_current AND outcome.outcome = 'completed'
                 WHERE past.person_id = person.id AND past.state = 'closed')
            WHEN 'refused_last_time' THEN coalesce((
                SELECT state IN ('rejected', 'expired') AND end_reason <> 'offer_lapsed'
                  FROM enrollment_enrollment WHERE person_id = person.id
                 ORDER BY id DESC LIMIT 1), false)
            WHEN 'mandatory_need' THEN EXISTS (
                SELECT FROM courses_courseversion_audiences link
                  JOIN courses_audience audience ON audience.id = link.audience_id
                 WHERE link.courseversion_id = run.version_id AND audience.basis = 'post'
                   AND lower(post.period) > (%(today)s::date
                       - make_interval(months => audience.max_months_in_post))
                   AND (audience.categories = '{{}}'
                        OR position.category = ANY(audience.categories))
                   AND (court.is_remote OR NOT audience.remote_only)
                   AND (NOT EXISTS (SELECT FROM courses_audience_positions
                                     WHERE audience_id = audience.id)
                        OR EXISTS (SELECT FROM courses_audience_positions WHERE position_id =
                                   position.id AND audience_id = audience.id))
                   AND (NOT EXISTS (SELECT FROM courses_audience_court_levels
                                     WHERE audience_id = audience.id)
                        OR EXISTS (SELECT FROM courses_audience_court_levels WHERE courtlevel_id =
                                   court.level_id AND audience_id = audience.id))
                   AND (NOT EXISTS (SELECT FROM courses_audience_court_kinds
                                     WHERE audience_id = audience.id)
                        OR EXISTS (SELECT FROM courses_audience_court_kinds WHERE courtkind_id =
                                   court.kind_id AND audience_id = audience.id)))
            ELSE false END))
          FROM enrollment_priorityrule WHERE is_active)
  FROM courses_run run
 CROSS JOIN academy_person person
  LEFT JOIN LATERAL (
        SELECT id, court_id, position_id, period FROM academy_appointment
         WHERE person_id = person.id AND period @> %(today)s::date
           AND (%(appointment)s::uuid IS NULL OR public_id = %(appointment)s::uuid)
         ORDER BY kind <> 'permanent', id LIMIT 1) post ON true
  LEFT JOIN academy_court court ON court.id = post.court_id
  LEFT JOIN academy_position position ON position.id = post.position_id
 WHERE run.public_id = %(run)s AND person.{key} = %(person)s
"""
FACTS_BY = {int: FACTS.format(key="id"), UUID: FACTS.format(key="public_id")}


def asking_facts(
    *, run: UUID, person: int | UUID, today: date, appointment: UUID | None = None
) -> AskingFacts | None:
    """The facts about this person and this run; None when either does not exist.

    A person with two posts asks under the one named, else under the permanent one: pool and consent
    follow it.
    """
    values: dict[str, Any] = {
        "run": run,
        "person": person,
        "today": today,
        "appointment": appointment,
    }
    with connection.cursor() as cursor:
        cursor.execute(FACTS_BY[type(person)], values)
        row = cursor.fetchone()
    return _facts(row) if row else None


def _facts(row: tuple[Any, ...]) -> AskingFacts:
    return AskingFacts(
        run_id=row[0],
        run_public_id=row[1],
        mode=row[2],
        is_limited=row[3],
        busy=row[4],
        time_zone=row[5],
        holds_seat=row[6],
        waiting_list_is_full=row[7],
        window=Window(row[8], row[9], row[10], row[11]),
        person_id=row[12],
        person_public_id=row[13],
        has_left=row[14],
        appointment_id=row[15],
        court_id=row[16],
        court_parent_id=row[17],
        is_head=row[18],
        placement=Placement(row[16], row[19], row[20], row[21]),
        pools=[Pool(*pool) for pool in row[22]],
        own_steps=[
            Step(StepKind(kind), Decider(decider), days, Silence(silence))
            for kind, decider, days, silence in row[23]
        ],
        twin_state=row[24],
        has_clash=row[25],
        teaches=row[26],
        previous_id=row[27],
        short_notice_hours=row[28],
        nominees_answer=row[29],
        is_selected=row[30] is not None,
        priority=[PriorityFact(*fact) for fact in row[31] or ()],
    )


def queue_place(enrollment_id: int) -> int | None:
    """The place in the queue, counted among those who may use one of the same pools; 1 is next."""
    with connection.cursor() as cursor:
        cursor.execute(QUEUE_PLACE, [enrollment_id])
        row = cursor.fetchone()
    return row[0] if row else None


QUEUE_PLACE = """
SELECT count(ahead.id) + 1
  FROM enrollment_enrollment me
  LEFT JOIN enrollment_enrollment ahead
    ON ahead.run_id = me.run_id AND ahead.state = 'waitlisted' AND ahead.pool_ids && me.pool_ids
   AND (ahead.priority_class, ahead.queue_number) < (me.priority_class, me.queue_number)
 WHERE me.id = %s AND me.state = 'waitlisted'
 GROUP BY me.id
"""


def due_moments(now: datetime, *, limit: int = 200) -> list[tuple[int, int]]:
    """(enrolment, run) pairs whose own deadline has passed, oldest first.

    While a run is postponed its clocks stand still: nobody can answer to dates not known yet.
    """
    with connection.cursor() as cursor:
        cursor.execute(DUE, [now, limit])
        return [(row[0], row[1]) for row in cursor.fetchall()]


DUE = """
SELECT enrolled.id, enrolled.run_id
  FROM enrollment_enrollment enrolled
  JOIN courses_run run ON run.id = enrolled.run_id AND run.state <> 'postponed'
 WHERE enrolled.due_at <= %s AND enrolled.state IN ('offered', 'reconfirm')
 ORDER BY enrolled.due_at LIMIT %s
"""


def runs_to_sweep(now: datetime) -> list[int]:
    """Runs that have a free seat although somebody waits for them."""
    with connection.cursor() as cursor:
        cursor.execute(TO_SWEEP, {"now": now})
        return [row[0] for row in cursor.fetchall()]


TO_SWEEP = """
SELECT DISTINCT waiting.run_id
  FROM enrollment_enrollment waiting
  JOIN courses_run run ON run.id = waiting.run_id
 WHERE waiting.state = 'waitlisted' AND run.state IN ('published', 'going_ahead')
   AND run.starts_at > %(now)s
   AND (waiting.short_notice
        OR %(now)s <= run.starts_at - run.short_notice_hours * interval '1 hour')
   AND EXISTS (SELECT FROM courses_seat seat
                WHERE seat.pool_id = ANY(waiting.pool_ids) AND seat.free)
"""


CLASHES_WITH = """
SELECT EXISTS (
    SELECT FROM enrollment_enrollment held
      JOIN courses_run run ON run.id = %(run)s AND held.busy && run.busy
     WHERE held.person_id = %(person)s AND held.id <> %(apart_from)s AND held.run_id <> run.id
       AND held.state IN ('offered', 'confirmed', 'reconfirm'))
"""


def clashes_with(*, run_id: int, person_id: int, apart_from: int) -> bool:
    """Whether the person holds another seat at the run's hours, one enrolment left aside."""
    values = {"run": run_id, "person": person_id, "apart_from": apart_from}
    with connection.cursor() as cursor:
        cursor.execute(CLASHES_WITH, values)
        return bool(cursor.fetchone()[0])
