"""Past enrolments from other systems: what was completed before this service knew of it.

Set-based from one end to the other: rows are copied in, then enrolments, outcomes, credit and their
events follow in four statements, under the same constraints as everything else.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from academy.core.actor import Actor
from academy.core.errors import Invalid
from academy.ledger.actions import record_selected
from enrollment.attendance.enums import OutcomeKind

STAGE = """
CREATE TEMPORARY TABLE past_enrollment (
    run text NOT NULL, person text NOT NULL, outcome text NOT NULL, minutes integer NOT NULL,
    asked_at timestamptz NOT NULL
) ON COMMIT DROP
"""
COPY = "COPY past_enrollment (run, person, outcome, minutes, asked_at) FROM STDIN"

RESOLVE = """
CREATE TEMPORARY TABLE past ON COMMIT DROP AS
SELECT gen_random_uuid() AS enrollment_key, gen_random_uuid() AS outcome_key,
       gen_random_uuid() AS credit_key,
       run.id AS run_id, run.public_id AS run_key, run.course_id, run.ends_at,
       (run.ends_at AT TIME ZONE run.time_zone)::date AS ended_on,
       coalesce(version.minutes_per_hour, 45) AS minutes_per_hour, planned.minutes AS planned,
       person.id AS person_id, person.public_id AS person_key,
       post.id AS appointment_id, post.court_id, told.outcome, told.minutes, told.asked_at,
       nextval('enrollment_enrollment_id_seq') AS enrollment_id,
       nextval('enrollment_outcome_id_seq') AS outcome_id
  FROM past_enrollment told
  LEFT JOIN courses_run run ON run.code = told.run
  LEFT JOIN courses_courseversion version ON version.id = run.version_id
  LEFT JOIN (SELECT run_id, sum(minutes)::int AS minutes FROM courses_session
              WHERE NOT is_cancelled GROUP BY run_id) planned ON planned.run_id = run.id
  LEFT JOIN academy_person person ON person.external_id = told.person
  LEFT JOIN LATERAL (
       SELECT id, court_id FROM academy_appointment
        WHERE person_id = person.id AND period @> run.starts_at::date
        ORDER BY kind <> 'permanent', id LIMIT 1) post ON true
 WHERE NOT EXISTS (SELECT FROM enrollment_enrollment known
                    WHERE known.run_id = run.id AND known.person_id = person.id)
 ORDER BY run.id, person.id
"""

CHECK = """
SELECT count(*) FILTER (WHERE run_id IS NULL), count(*) FILTER (WHERE person_id IS NULL),
       count(*) FILTER (WHERE run_id IS NOT NULL AND ends_at IS NULL OR ends_at > %(at)s),
       count(*) FILTER (WHERE outcome <> ALL(%(outcomes)s)),
       count(*) - count(DISTINCT (run_id, person_id))
  FROM past
"""

ENROLLMENTS = """
INSERT INTO enrollment_enrollment (id, public_id, run_id, person_id, appointment_id, court_id,
       state, needs_seat, pool_ids, priority_class, source, lapses, clash_allowed, end_reason,
       is_late, created_at, state_since, revision)
SELECT enrollment_id, enrollment_key, run_id, person_id, appointment_id, court_id, 'closed', false,
       '{}', 0, 'import', 0, false, '', false, asked_at, ends_at, 1
  FROM past
"""
OUTCOMES = """
INSERT INTO enrollment_outcome (id, public_id, enrollment_id, revision, outcome, minutes_attended,
       minutes_planned, frozen_at, is_current, reason)
SELECT outcome_id, outcome_key, enrollment_id, 1, outcome, minutes, greatest(planned, minutes),
       ends_at, true, 'import'
  FROM past
"""
CREDITS = """
INSERT INTO enrollment_creditentry (public_id, person_id, course_id, outcome_id, kind, year,
       earned_on, minutes, minutes_per_hour)
SELECT credit_key, person_id, course_id, outcome_id, 'course', extract(year FROM ended_on),
       ended_on, minutes, minutes_per_hour
  FROM past WHERE outcome = 'completed' AND minutes > 0
"""

# The same three facts that a finalised run leaves behind for each person, in their order.
FACTS = """
SELECT 'enrollment.closed' AS type, ends_at AS time, 'enrollment' AS subject_kind,
       enrollment_key AS subject_id, run_key AS context_id, person_key AS person_id,
       '{"from": null, "to": "closed", "revision": 1, "seat": null, "queue_number": null,
         "priority_class": 0, "source": "import"}'::jsonb AS data
  FROM past
UNION ALL
SELECT 'outcome.frozen', ends_at, 'outcome', outcome_key, run_key, person_key,
       jsonb_build_object('enrollment', enrollment_key, 'outcome', outcome, 'revision', 1,
                          'minutes_attended', minutes, 'minutes_planned', planned)
  FROM past
UNION ALL
SELECT 'credit.earned', ends_at, 'credit', credit_key, run_key, person_key,
       jsonb_build_object('outcome', outcome_key, 'kind', 'course', 'minutes', minutes,
                          'year', extract(year FROM ended_on)::int,
                          'minutes_per_hour', minutes_per_hour)
  FROM past WHERE outcome = 'completed' AND minutes > 0
"""


class PastEnrollment(NamedTuple):
    """Who took part in which past run, and what came of it; run and person by outside keys."""

    run: str
    person: str
    outcome: OutcomeKind
    minutes: int
    asked_at: datetime


def load_history(*, past: Iterable[PastEnrollment], actor: Actor, at: datetime) -> int:
    """Bring in past enrolments with their outcomes, credit and events; how many.

    All or nothing; who is in a run already is passed over, so that loading twice changes nothing.
    Refuses unknown runs and people, runs that have not ended, and a person named twice in a run.
    `past` may not ask the database: the connection is busy taking its rows.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(STAGE)
        with cursor.copy(COPY) as copy:
            for row in past:
                copy.write_row(row)
        cursor.execute("ANALYZE past_enrollment")
        cursor.execute(RESOLVE)
        cursor.execute(CHECK, {"at": at, "outcomes": list(OutcomeKind.values)})
        _refuse_bad(*cursor.fetchone())
        for statement in (ENROLLMENTS, OUTCOMES, CREDITS):
            cursor.execute(statement)
        cursor.execute("SELECT count(*) FROM past")
        count = int(cursor.fetchone()[0])
        record_selected(FACTS, {}, actor=actor)
    return count


def _refuse_bad(runs: int, people: int, open_runs: int, outcomes: int, twice: int) -> None:
    problems = {
        "run": (runs, _("%(count)s rows name a run that is not known.")),
        "person": (people, _("%(count)s rows name a person who is not known.")),
        "ends_at": (open_runs, _("%(count)s rows name a run that has not ended.")),
        "line": (twice, _("%(count)s rows name a person in a run a second time.")),
        "outcome": (outcomes, _("%(count)s rows have an outcome that is not known.")),
    }
    fields = {
        name: [sentence % {"count": count}] for name, (count, sentence) in problems.items() if count
    }
    if fields:
        raise Invalid("history_rows", _("Nothing was imported."), fields=fields)
