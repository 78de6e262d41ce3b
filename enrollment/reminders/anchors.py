"""The one SELECT that planning, previews and truth share: who is concerned, when, told or not.

It yields (person_id, court_id, subject_kind, subject_id, moment, revision, until, since): whom,
where that person serves (empty: look it up), about what, the anchor's moment and what tells its
revisions apart, until when telling makes sense, since when the fact has stood.
"""

from collections.abc import Iterable, Sequence

from enrollment.reminders.enums import REVIEWS, Anchor, Recipient
from enrollment.reminders.sources import SOURCES, SUBJECT_KINDS

FOUND = """
SELECT {person} AS person_id, {court} AS court_id, '{kind}' AS subject_kind,
       {subject}.public_id AS subject_id, {moment} AS moment, {revision} AS revision,
       {until} AS until, {since} AS since
  FROM {rows} {join}
 WHERE {where} {more}
"""

IN_WINDOW = "AND {moment} > %(anchor_after)s AND {moment} <= %(anchor_until)s"
THESE_RUNS = "AND run.public_id = ANY(%(only)s)"
THESE_ENROLLMENTS = "AND enrollment.public_id = ANY(%(only)s)"
THESE_PROPOSALS = "AND proposal.public_id = ANY(%(only)s)"
THESE_SUBJECTS = "AND {subject}.public_id = ANY(%(only)s)"
THESE_PEOPLE = "AND {person} > %(person_after)s AND {person} <= %(person_until)s"


def found(anchor: Anchor, recipient: Recipient, *conditions: str) -> str:
    """The SELECT of who is concerned, with these conditions beside the anchor's own."""
    source = SOURCES[anchor]
    people = source.people[recipient]
    subject = people.subject or source.subject
    names = {"moment": source.moment, "subject": subject, "person": people.person}
    more = " ".join(condition.format(**names) for condition in conditions)
    return FOUND.format(
        person=people.person,
        court=people.court,
        kind=SUBJECT_KINDS.get(subject, subject),
        subject=subject,
        moment=source.moment,
        until=source.until,
        since=source.since,
        revision=source.revision,
        rows=source.rows,
        join=people.join,
        where=source.where,
        more=more,
    )


NEAR = """
SELECT {rule} WHERE EXISTS (
       SELECT FROM {rows}
        WHERE {where} AND {moment} > %(after_{rule})s AND {moment} <= %(until_{rule})s)
"""


def is_near(anchor: Anchor, rule: int) -> str:
    """The number of the rule, if any such anchor lies in its own span, whomever it concerns."""
    source = SOURCES[anchor]
    return NEAR.format(rule=rule, rows=source.rows, where=source.where, moment=source.moment)


def subject_of(anchor: Anchor, recipient: Recipient) -> str:
    """What the reminder is about: run, session, enrollment or decision."""
    source = SOURCES[anchor]
    subject = source.people[recipient].subject or source.subject
    return SUBJECT_KINDS.get(subject, subject)


def follows_runs(anchor: Anchor) -> bool:
    """Whether a change of one run can make somebody due."""
    return SOURCES[anchor].has_run


def follows_enrollments(anchor: Anchor, recipient: Recipient) -> bool:
    """Whether a change of one enrolment can make somebody due."""
    return SOURCES[anchor].people[recipient].has_enrollment


def follows_proposals(anchor: Anchor) -> bool:
    """Whether a step of one proposal can make somebody due."""
    return anchor in REVIEWS


MOMENTS = "SELECT '{anchor}' AS anchor, {moment} AS moment FROM {rows} {join} WHERE {where} {more}"


def moments(pairs: Iterable[tuple[Anchor, Recipient]], only: str) -> str:
    """The SELECT of the bare moments of these anchors, narrowed by one of the conditions above."""
    by_enrollment = only == THESE_ENROLLMENTS
    selects = {
        MOMENTS.format(
            anchor=anchor.value,
            moment=(source := SOURCES[anchor]).moment,
            rows=source.rows,
            join=source.people[recipient].join if by_enrollment else "",
            where=source.where,
            more=only,
        )
        for anchor, recipient in pairs
    }
    return " UNION ".join(sorted(selects))


DUE = """
WITH found AS ({found}),
placed AS {whole} (
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
WHOLE = "MATERIALIZED"
"""Who is meant is found once: nobody can tell how many days there are, and if it looks like one day
only, everybody would be looked for again on each."""

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
        whole=WHOLE if parts["due"] == BY_DAYS else "",
        needs_place=parts["in_digest"] if plain else "true",
        **parts,
    )
