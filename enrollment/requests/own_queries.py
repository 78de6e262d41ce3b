"""What somebody sees of the own enrolments: where each stands and what is needed to say why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q

from academy.ledger.queries import history_within
from courses.planning.models import Session
from enrollment.calendars.models import Invitation
from enrollment.classroom.access import READERS
from enrollment.decisions.models import Decision
from enrollment.seats.enums import ACTIVE
from enrollment.seats.models import PromotionLook

ENDED_SHOWN = timedelta(days=45)
MOST = 100
Map = dict[str, str]


@dataclass(frozen=True, slots=True)
class OwnEnrollment:
    """One enrolment with its run, the next session, the open decision and what came of it."""

    id: int
    public_id: UUID
    person_public_id: UUID
    person_name: str
    state: str
    source: str
    due_at: datetime | None
    end_reason: str
    is_late: bool
    created_at: datetime
    state_since: datetime
    queue_place: int | None
    run_public_id: UUID
    run_code: str
    run_state: str
    starts_at: datetime | None
    ends_at: datetime | None
    time_zone: str
    language: str
    withdraw_until: datetime | None
    promote_until: datetime | None
    auto_accept: bool
    no_answer: str
    cancel_reason: str
    course_code: str
    title: Map
    online: bool
    next_session: UUID | None
    next_starts_at: datetime | None
    next_ends_at: datetime | None
    link: str
    venue: Map | None
    city: Map | None
    address: Map | None
    step_kind: str | None
    step_decider: str | None
    step_due_at: datetime | None
    step_silence: str | None
    step_court: Map | None
    outcome: str | None
    certificate: UUID | None
    certificate_state: str | None
    materials: list[Map] | None

    @property
    def is_active(self) -> bool:
        """Whether something can still become of it."""
        return self.state in ACTIVE


# One statement for a list as for one page: each lateral reads a few rows by an index.
OWN = """
SELECT e.id, e.public_id, e.state, e.source, e.due_at, e.end_reason, e.is_late, e.created_at,
       e.state_since,
       person.public_id AS person_public_id,
       concat_ws(' ', person.family_name, person.given_name) AS person_name,
       CASE WHEN e.state = 'waitlisted' THEN (
            SELECT count(*) + 1 FROM enrollment_enrollment ahead
             WHERE ahead.run_id = e.run_id AND ahead.state = 'waitlisted'
               AND ahead.pool_ids && e.pool_ids
               AND (ahead.priority_class, ahead.queue_number) < (e.priority_class, e.queue_number))
       END AS queue_place,
       run.public_id AS run_public_id, run.code AS run_code, run.state AS run_state,
       run.starts_at, run.ends_at, run.time_zone, run.language, run.withdraw_until,
       run.promote_until, run.auto_accept, run.no_answer, run.cancel_reason,
       course.code AS course_code, version.title::json AS title, format.online,
       session.public_id AS next_session, session.starts_at AS next_starts_at,
       session.ends_at AS next_ends_at,
       coalesce(nullif(session.link, ''), run.link) AS link,
       venue.names::json AS venue, venue.city::json AS city, venue.address::json AS address,
       step.kind AS step_kind, step.decider AS step_decider, step.due_at AS step_due_at,
       step.silence AS step_silence, step.court AS step_court,
       outcome.outcome, certificate.public_id AS certificate,
       certificate.state AS certificate_state,
       CASE WHEN e.state = ANY(%(readers)s) THEN (
            SELECT json_agg(json_build_object('public_id', public_id, 'name', name, 'url', url,
                                              'size', size) ORDER BY id)
              FROM enrollment_material WHERE run_id = run.id)
       END AS materials
  FROM enrollment_enrollment e
  JOIN academy_person person ON person.id = e.person_id
  JOIN courses_run run ON run.id = e.run_id
  JOIN courses_course course ON course.id = run.course_id
  JOIN courses_courseversion version ON version.id = run.version_id
  JOIN courses_format format ON format.id = run.format_id
  LEFT JOIN LATERAL (
       SELECT public_id, lower(period) AS starts_at, upper(period) AS ends_at, link, venue_id
         FROM courses_session
        WHERE run_id = run.id AND NOT is_cancelled AND upper(period) > %(now)s
        ORDER BY lower(period) LIMIT 1) session ON true
  LEFT JOIN courses_venue venue ON venue.id = coalesce(session.venue_id, run.venue_id)
  LEFT JOIN LATERAL (
       SELECT d.kind, d.decider, d.due_at, d.silence, court.names::json AS court
         FROM enrollment_decision d LEFT JOIN academy_court court ON court.id = d.court_id
        WHERE d.enrollment_id = e.id AND d.state = 'open'
        ORDER BY d.number LIMIT 1) step ON e.state = 'requested'
  LEFT JOIN enrollment_outcome outcome
    ON outcome.enrollment_id = e.id AND outcome.is_current AND e.state = 'closed'
  LEFT JOIN LATERAL (
       SELECT public_id, state FROM enrollment_certificate
        WHERE outcome_id = outcome.id ORDER BY id DESC LIMIT 1) certificate ON true
 WHERE {where}
"""

OF_PERSON = """
       e.person_id = %(person)s
   AND (e.state = ANY(%(active)s) OR e.state = 'closed' OR e.state_since > %(since)s)
   AND NOT EXISTS (SELECT FROM enrollment_enrollment later
                    WHERE later.run_id = e.run_id AND later.person_id = e.person_id
                      AND later.id > e.id)
 ORDER BY e.state = 'closed', coalesce(session.starts_at, run.starts_at), e.id DESC
 LIMIT %(most)s
"""


def enrollments_of(person: int, *, now: datetime) -> list[OwnEnrollment]:
    """A person's enrolments: active ones by the next session, then what ended lately or closed.

    Of several attempts at the same run only the last one counts.
    """
    values = {
        "person": person,
        "now": now,
        "active": sorted(ACTIVE),
        "since": now - ENDED_SHOWN,
        "most": MOST,
    }
    return _own(OF_PERSON, values)


def own_row(enrollment: int, *, now: datetime) -> OwnEnrollment:
    """One enrolment, by its key; the door has been passed."""
    return _own("e.id = %(enrollment)s", {"enrollment": enrollment, "now": now})[0]


def _own(where: str, values: dict[str, Any]) -> list[OwnEnrollment]:
    with connection.cursor() as cursor:
        cursor.execute(OWN.format(where=where), {**values, "readers": sorted(READERS)})
        names = [column.name for column in cursor.description]
        return [OwnEnrollment(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def sessions_of(own: OwnEnrollment) -> list[Session]:
    """The sessions of a run that are held, in order, with their places.

    `declined` says of each whether the person declined it in a calendar and has not answered since.
    """
    said_no = Invitation.objects.filter(
        session=OuterRef("pk"), enrollment=own.id, declined_at__isnull=False
    )
    rows = Session.objects.filter(run__public_id=own.run_public_id, is_cancelled=False)
    rows = rows.annotate(declined=Exists(said_no)).select_related("venue", "run__venue")
    return list(rows.order_by("period"))


def decisions_on(enrollment: int) -> list[Decision]:
    """Every step on a request, in order: the court that is asked, who answered for whom."""
    rows = Decision.objects.filter(enrollment=enrollment)
    return list(rows.select_related("court", "decided_by__person", "behalf_of"))


def looks_at(enrollment: int, *, most: int = 5) -> list[PromotionLook]:
    """The last looks along the queue that came to this enrolment, the newest first."""
    rows = PromotionLook.objects.filter(enrollment=enrollment).select_related("promotion_pass")
    return list(rows.order_by("-promotion_pass__at")[:most])


OF_THE_RUN = ("run.postponed", "run.moved", "run.cancelled", "run.going_ahead")


def story_of(enrollment: OwnEnrollment) -> list[dict[str, Any]]:
    """What happened to one enrolment and to its run since, newest first, with words meant for it.

    Notes of decisions and of the run are written to the participant; others stay inside.
    """
    mine = Q(person_id=enrollment.person_public_id)
    of_run = Q(type__in=OF_THE_RUN, time__gte=enrollment.created_at)
    rows = history_within(enrollment.run_public_id).filter(mine | of_run)
    events = rows.annotate(note=F("notes__text")).values(
        "type", "time", "subject_id", "data", "reason", "actor_kind", "actor_id", "note"
    )
    newest_first: list[dict[str, Any]] = [{**event} for event in reversed(events)]
    return [event for event in newest_first if _is_about(event, enrollment.public_id)]


def _is_about(event: dict[str, Any], enrollment: UUID) -> bool:
    named = event["data"].get("enrollment")
    if event["type"].startswith("enrollment."):
        return bool(event["subject_id"] == enrollment)
    return named is None or named == str(enrollment)


@dataclass(frozen=True, slots=True)
class OnRun:
    """What a run's line on a course's page needs: who waits, and the reader's own part in it."""

    run: int
    run_public_id: UUID
    waiting: int
    teaches: bool
    public_id: UUID | None
    state: str | None
    due_at: datetime | None
    queue_place: int | None


ON_RUNS = """
SELECT run.id, run.public_id,
       (SELECT count(*) FROM enrollment_enrollment
         WHERE run_id = run.id AND state = 'waitlisted')::int,
       EXISTS (SELECT FROM courses_trainerassignment
                WHERE run_id = run.id AND person_id = %(person)s),
       own.public_id, own.state, own.due_at,
       CASE WHEN own.state = 'waitlisted' THEN (
            SELECT count(*) + 1 FROM enrollment_enrollment ahead
             WHERE ahead.run_id = run.id AND ahead.state = 'waitlisted'
               AND ahead.pool_ids && own.pool_ids
               AND (ahead.priority_class, ahead.queue_number)
                   < (own.priority_class, own.queue_number))::int
       END
  FROM courses_run run
  LEFT JOIN LATERAL (
       SELECT * FROM enrollment_enrollment
        WHERE run_id = run.id AND person_id = %(person)s ORDER BY id DESC LIMIT 1) own ON true
 WHERE run.id = ANY(%(runs)s)
"""


def on_runs(person: int | None, runs: Sequence[int]) -> list[OnRun]:
    """The lines of these runs for a person, or for a reader who is signed out; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(ON_RUNS, {"person": person or 0, "runs": list(runs)})
        return [OnRun(*row) for row in cursor.fetchall()]
