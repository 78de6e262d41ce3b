"""The anchors as SQL: one set-based source each, read for planning, for previews and for truth.

A source yields (person_id, court_id, subject_kind, subject_id, moment, revision, until, since):
whom, where that person serves (empty: look it up), about what, the anchor's moment and what tells
its revisions apart, until when telling makes sense, since when the fact has stood. Its condition on
`moment` uses an index, so that the cost follows what lies in the window.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from enrollment.reminders.enums import Anchor, Recipient

ROLE = """
  JOIN academy_rolegrant role ON role.role = '{role}'
   AND (role.period IS NULL OR role.period @> %(now)s) {more}
  JOIN academy_account account ON account.id = role.account_id AND account.is_active
   AND account.person_id IS NOT NULL"""
COORDINATORS = ROLE.format(role="coordinator", more="")
OF_THE_COURT = ROLE.format(role="coordinator", more="AND role.court_id = step.court_id")
REGISTRARS = ROLE.format(role="registrar", more="")
TRAINERS = "JOIN courses_trainerassignment trainer ON trainer.run_id = run.id"
SEATED = """
  JOIN enrollment_enrollment enrollment
    ON enrollment.run_id = run.id AND enrollment.state = 'confirmed'"""
# Who said that the course interests them, and has not asked for a place in this run.
INTERESTED = """
  JOIN courses_interest wish ON wish.course_id = run.course_id
   AND NOT EXISTS (SELECT FROM enrollment_enrollment mine
                    WHERE mine.run_id = run.id AND mine.person_id = wish.person_id)"""
# Who was told of the run just before it opened need not hear it again.
TOLD_LONG_AGO = f"""{INTERESTED}
   AND (wish.told_at IS NULL OR wish.told_at < run.enrollment_opens_at - interval '1 day')"""
# Every present head of the court and every present deputy, but the one concerned.
HEADS = """
  JOIN LATERAL (
       SELECT post.person_id FROM academy_appointment post
         JOIN academy_position position ON position.id = post.position_id AND position.is_head
        WHERE post.court_id = step.court_id AND post.period @> %(today)s::date
        UNION
       SELECT deputy_id FROM academy_deputy
        WHERE court_id = step.court_id AND period @> %(today)s::date) asked
    ON asked.person_id <> enrollment.person_id"""


@dataclass(frozen=True, slots=True)
class People:
    """Who is told in one role: how they are joined, who they are, at which court."""

    join: str
    person: str
    subject: str = ""  # where it is not the source's own
    court: str = "NULL::bigint"
    has_enrollment: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """One anchor: rows, its moment, until when it makes sense to tell."""

    rows: str
    where: str
    moment: str
    until: str
    subject: str
    people: Mapping[Recipient, People]
    since: str = "NULL::timestamptz"


BY_ENROLLMENT = People(
    SEATED, "enrollment.person_id", "enrollment", "enrollment.court_id", has_enrollment=True
)
OWN = People("", "enrollment.person_id", "enrollment", "enrollment.court_id", has_enrollment=True)
AT_SESSION = People(
    SEATED, "enrollment.person_id", "session", "enrollment.court_id", has_enrollment=True
)
TRAINER = People(TRAINERS, "trainer.person_id")
REGISTRAR = People(REGISTRARS, "account.person_id")
EVERY_COORDINATOR = People(COORDINATORS, "account.person_id", court="role.court_id")

RUNS = "courses_run run"
SESSIONS = "courses_session session JOIN courses_run run ON run.id = session.run_id"
CLAIMS = "enrollment_enrollment enrollment JOIN courses_run run ON run.id = enrollment.run_id"
STEPS = """enrollment_decision step
  JOIN enrollment_enrollment enrollment ON enrollment.id = step.enrollment_id
  JOIN courses_run run ON run.id = enrollment.run_id"""
ASKING = "run.state IN ('published', 'going_ahead')"
GO_OR_NO_GO = "coalesce(run.decide_by, run.enrollment_closes_at)"
BELOW_MINIMUM = """run.state = 'published' AND run.minimum_size > 0
   AND coalesce(run.decide_by, run.enrollment_closes_at) > %(now)s
   AND run.minimum_size > (SELECT count(*) FROM enrollment_enrollment claim
                            WHERE claim.run_id = run.id
                              AND claim.state IN ('offered', 'confirmed', 'reconfirm'))"""

SOURCES: Mapping[Anchor, Source] = {
    Anchor.RUN_START: Source(
        RUNS,
        f"{ASKING} AND run.starts_at > %(now)s",
        "run.starts_at",
        "run.starts_at",
        "run",
        {Recipient.TRAINEE: BY_ENROLLMENT, Recipient.TRAINER: TRAINER},
    ),
    # The first session is covered by the start of the run.
    Anchor.SESSION_START: Source(
        SESSIONS,
        "NOT session.is_cancelled AND run.state IN ('published', 'going_ahead', 'running')"
        " AND lower(session.period) > %(now)s AND lower(session.period) > run.starts_at",
        "lower(session.period)",
        "lower(session.period)",
        "session",
        {Recipient.TRAINEE: AT_SESSION, Recipient.TRAINER: TRAINER},
    ),
    Anchor.ENROLLMENT_OPENS: Source(
        RUNS,
        f"{ASKING} AND run.enrollment_closes_at > %(now)s",
        "run.enrollment_opens_at",
        "run.enrollment_closes_at",
        "run",
        {
            Recipient.TRAINEE: People(TOLD_LONG_AGO, "wish.person_id"),
            Recipient.COORDINATOR: EVERY_COORDINATOR,
        },
    ),
    Anchor.ENROLLMENT_DEADLINE: Source(
        RUNS,
        f"{ASKING} AND run.enrollment_closes_at > %(now)s",
        "run.enrollment_closes_at",
        "run.enrollment_closes_at",
        "run",
        {
            Recipient.TRAINEE: People(INTERESTED, "wish.person_id"),
            Recipient.COORDINATOR: EVERY_COORDINATOR,
        },
    ),
    # An offer or a question that is younger than its own reminder has just said the same.
    Anchor.OFFER_EXPIRY: Source(
        CLAIMS,
        "enrollment.state = 'offered' AND enrollment.due_at > %(now)s",
        "enrollment.due_at",
        "enrollment.due_at",
        "enrollment",
        {Recipient.TRAINEE: OWN},
        since="enrollment.state_since",
    ),
    Anchor.RECONFIRM_DUE: Source(
        CLAIMS,
        "enrollment.state = 'reconfirm' AND enrollment.due_at > %(now)s",
        "enrollment.due_at",
        "enrollment.due_at",
        "enrollment",
        {Recipient.TRAINEE: OWN},
        since="enrollment.state_since",
    ),
    Anchor.DECISION_DUE: Source(
        STEPS,
        "step.state = 'open' AND step.due_at > %(now)s",
        "step.due_at",
        "step.due_at",
        "step",
        {
            Recipient.HEAD: People(HEADS, "asked.person_id", court="step.court_id"),
            Recipient.COORDINATOR: People(OF_THE_COURT, "account.person_id", court="role.court_id"),
            Recipient.REGISTRAR: REGISTRAR,
        },
    ),
    Anchor.MARKS_MISSING: Source(
        SESSIONS,
        """NOT session.is_cancelled
   AND run.state IN ('published', 'going_ahead', 'running', 'finished')
   AND EXISTS (SELECT FROM enrollment_enrollment enrollment
                WHERE enrollment.run_id = run.id AND enrollment.state = 'confirmed'
                  AND NOT EXISTS (SELECT FROM enrollment_mark mark
                                   WHERE mark.session_id = session.id
                                     AND mark.enrollment_id = enrollment.id))""",
        "upper(session.period)",
        "NULL::timestamptz",
        "session",
        {Recipient.TRAINER: TRAINER, Recipient.REGISTRAR: REGISTRAR},
    ),
    Anchor.MINIMUM_AT_RISK: Source(
        RUNS,
        BELOW_MINIMUM,
        GO_OR_NO_GO,
        GO_OR_NO_GO,
        "run",
        {Recipient.REGISTRAR: REGISTRAR, Recipient.TRAINER: TRAINER},
    ),
}

SUBJECT_KINDS = {"step": "decision"}

FOUND = """
SELECT {person} AS person_id, {court} AS court_id, '{kind}' AS subject_kind,
       {subject}.public_id AS subject_id, {moment} AS moment, run.sequence AS revision,
       {until} AS until, {since} AS since
  FROM {rows} {join}
 WHERE {where} {more}
"""

IN_WINDOW = "AND {moment} > %(anchor_after)s AND {moment} <= %(anchor_until)s"
THESE_RUNS = "AND run.public_id = ANY(%(only)s)"
THESE_ENROLLMENTS = "AND enrollment.public_id = ANY(%(only)s)"
THESE_SUBJECTS = "AND {subject}.public_id = ANY(%(only)s)"


def found(anchor: Anchor, recipient: Recipient, *conditions: str) -> str:
    """The SELECT of who is concerned, with these conditions beside the anchor's own."""
    source = SOURCES[anchor]
    people = source.people[recipient]
    subject = people.subject or source.subject
    names = {"moment": source.moment, "subject": subject}
    more = " ".join(condition.format(**names) for condition in conditions)
    return FOUND.format(
        person=people.person,
        court=people.court,
        kind=SUBJECT_KINDS.get(subject, subject),
        subject=subject,
        moment=source.moment,
        until=source.until,
        since=source.since,
        rows=source.rows,
        join=people.join,
        where=source.where,
        more=more,
    )


def subject_of(anchor: Anchor, recipient: Recipient) -> str:
    """What the reminder is about: run, session, enrollment or decision."""
    source = SOURCES[anchor]
    subject = source.people[recipient].subject or source.subject
    return SUBJECT_KINDS.get(subject, subject)


def follows_enrollments(anchor: Anchor, recipient: Recipient) -> bool:
    """Whether a change of one enrolment can make somebody due."""
    return SOURCES[anchor].people[recipient].has_enrollment


DUE = """
WITH found AS ({found}),
placed AS (
    SELECT found.*, {in_digest} AS in_digest, coalesce(place.time_zone, %(zone)s) AS zone,
           coalesce(place.region_id, 0) AS region
      FROM found
      LEFT JOIN academy_mailchoice choice ON choice.person_id = found.person_id
      LEFT JOIN LATERAL (
           SELECT court.time_zone, court.region_id FROM academy_court court
            WHERE court.id = CASE WHEN {needs_place} THEN coalesce(found.court_id, (
                  SELECT post.court_id FROM academy_appointment post
                   WHERE post.person_id = found.person_id AND post.period @> %(today)s::date
                   ORDER BY post.kind <> 'permanent', post.id LIMIT 1)) END) place ON true
),
timed AS (SELECT placed.*, {due} AS fell_due FROM placed {days}),
ready AS (
    SELECT timed.*, greatest(fell_due, %(now)s) AS ready_at,
           least(fell_due + %(useful)s, until) AS useless_after
      FROM timed
     WHERE fell_due > %(due_after)s AND fell_due <= %(due_until)s
       AND (since IS NULL OR fell_due > since)
),
awake AS (
    SELECT ready.*, CASE WHEN in_digest THEN {digest} ELSE {waits} END AS awake_at
      FROM ready, LATERAL (SELECT ready_at AT TIME ZONE zone AS local) clock
)
SELECT person_id, %(kind)s AS kind, subject_kind, subject_id,
       %(rule)s || '/' || revision || '/' || extract(epoch FROM moment)::bigint AS occurrence,
       jsonb_build_object('rule', %(rule)s::text, 'moment', moment) AS facts,
       CASE WHEN awake_at < useless_after THEN awake_at ELSE ready_at END AS due_at,
       useless_after, %(urgent)s AS urgent, in_digest AND awake_at < useless_after AS in_digest
  FROM awake WHERE useless_after > %(now)s
"""

BY_HOURS = "placed.moment + %(offset)s"
DAYS = """
  JOIN jsonb_to_recordset(%(days)s::jsonb)
       AS day(zone text, region bigint, anchor date, due timestamptz)
    ON day.zone = placed.zone AND day.region = placed.region
   AND day.anchor = (placed.moment AT TIME ZONE placed.zone)::date"""
BY_DAYS = "day.due"

NO_WAIT = "ready_at"
ALONE, TOGETHER = "false", "true"
AS_CHOSEN = "coalesce(choice.wants_digest, false)"
# Quiet hours over midnight, and within one day.
OVERNIGHT = """CASE
    WHEN local::time >= %(quiet_from)s THEN (local::date + 1 + %(quiet_until)s) AT TIME ZONE zone
    WHEN local::time < %(quiet_until)s THEN (local::date + %(quiet_until)s) AT TIME ZONE zone
    ELSE ready_at END"""
IN_THE_DAY = """CASE
    WHEN local::time >= %(quiet_from)s AND local::time < %(quiet_until)s
    THEN (local::date + %(quiet_until)s) AT TIME ZONE zone ELSE ready_at END"""
# The next morning's digest.
DIGEST = """(local::date + (local::time > %(digest_at)s)::int + %(digest_at)s) AT TIME ZONE zone"""


def due(anchor: Anchor, recipient: Recipient, conditions: Sequence[str], **parts: str) -> str:
    """The SELECT of messages that fall due.

    `parts`: the SQL of `due`, `days`, `waits` and `in_digest`. Where the reader serves is looked up
    only where the hour of the day or the calendar there matters.
    """
    plain = parts["due"] == BY_HOURS and parts["waits"] == NO_WAIT
    return DUE.format(
        found=found(anchor, recipient, *conditions),
        digest=DIGEST,
        needs_place=parts["in_digest"] if plain else "true",
        **parts,
    )
