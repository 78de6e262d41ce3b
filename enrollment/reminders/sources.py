"""The anchors as a table: where each finds whom, at which moment, and while what holds.

Each is a piece of SQL whose condition on `moment` uses an index, so that the cost follows what lies
in the window. `anchors` puts the pieces together.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings

from enrollment.reminders.enums import Anchor, Recipient

ROLE = """
  JOIN academy_rolegrant role ON role.role = '{role}'
   AND (role.period IS NULL OR role.period @> %(now)s) {more}
  JOIN academy_account account ON account.id = role.account_id AND account.is_active
   AND account.person_id IS NOT NULL"""
COORDINATORS = ROLE.format(role="coordinator", more="")
OF_THE_COURT = ROLE.format(role="coordinator", more="AND role.court_id = step.court_id")
WHERE_ONE_SERVES = ROLE.format(role="coordinator", more="AND role.court_id = serves.court_id")
REGISTRARS = ROLE.format(role="registrar", more="")
# Who acts in the name of the body; in the academy's, whoever plans.
OF_THE_BODY = """
  JOIN academy_rolegrant role ON (role.period IS NULL OR role.period @> %(now)s)
   AND (role.role = 'partner' AND role.body = body.code
        OR role.role = 'registrar' AND body.is_issuer)
  JOIN academy_account account ON account.id = role.account_id AND account.is_active
   AND account.person_id IS NOT NULL"""
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
        WHERE post.court_id = {court} AND post.period @> %(today)s::date
        UNION
       SELECT deputy_id FROM academy_deputy
        WHERE court_id = {court} AND period @> %(today)s::date) asked
    ON asked.person_id <> {person}"""
SERVES = """
  JOIN academy_appointment serves ON serves.person_id = obligation.person_id
   AND serves.period @> %(today)s::date"""


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
    """One anchor: rows, its moment, until when it makes sense to tell, what tells two apart."""

    rows: str
    where: str
    moment: str
    until: str
    subject: str
    people: Mapping[Recipient, People]
    since: str = "NULL::timestamptz"
    revision: str = "run.sequence"
    has_run: bool = True  # a change of one run can make somebody due


BY_ENROLLMENT = People(
    SEATED, "enrollment.person_id", "enrollment", "enrollment.court_id", has_enrollment=True
)
OWN = People("", "enrollment.person_id", "enrollment", "enrollment.court_id", has_enrollment=True)
AT_SESSION = People(
    SEATED, "enrollment.person_id", "session", "enrollment.court_id", has_enrollment=True
)
INVITEE = People("", "enrollment.person_id", court="enrollment.court_id")
TRAINER = People(TRAINERS, "trainer.person_id")
REGISTRAR = People(REGISTRARS, "account.person_id")
EVERY_COORDINATOR = People(COORDINATORS, "account.person_id", court="role.court_id")

RUNS = "courses_run run"
SESSIONS = "courses_session session JOIN courses_run run ON run.id = session.run_id"
CLAIMS = "enrollment_enrollment enrollment JOIN courses_run run ON run.id = enrollment.run_id"
STEPS = """enrollment_decision step
  JOIN enrollment_enrollment enrollment ON enrollment.id = step.enrollment_id
  JOIN courses_run run ON run.id = enrollment.run_id"""
# Only who has not answered: what was answered is out of reach of any statement that knows a person.
INVITED = """enrollment_feedbackround asked
  JOIN enrollment_answerinvitation invitation
    ON invitation.round_id = asked.id AND NOT invitation.answered
  JOIN enrollment_enrollment enrollment ON enrollment.id = invitation.enrollment_id
  JOIN courses_run run ON run.id = asked.run_id"""
REVIEWS = """courses_reviewstep review
  JOIN courses_proposal proposal
    ON proposal.id = review.proposal_id AND proposal.round = review.round
   AND proposal.state = 'in_review'
  JOIN courses_organisation body ON body.id = review.body_id"""
IN_TURN = "review.verdict = '' AND review.opened_at IS NOT NULL"
# A body has the whole of its last day, on the institution's clock.
END_OF_DAY = f"((review.due_on + time '23:59') AT TIME ZONE '{settings.TIME_ZONE}')"
REVIEWER = People(OF_THE_BODY, "account.person_id")
ASKING = "run.state IN ('published', 'going_ahead')"
GO_OR_NO_GO = "coalesce(run.decide_by, run.enrollment_closes_at)"
# Also where it goes ahead already: somebody may have left since.
BELOW_MINIMUM = """run.state IN ('published', 'going_ahead') AND run.minimum_size > 0
   AND coalesce(run.decide_by, run.enrollment_closes_at) > %(now)s
   AND run.minimum_size > (SELECT count(*) FROM enrollment_enrollment claim
                            WHERE claim.run_id = run.id
                              AND claim.state IN ('offered', 'confirmed', 'reconfirm'))"""

# Of the same course, and good for longer: nothing has to be done about the older one.
NEWER = """NOT EXISTS (
    SELECT FROM enrollment_enrollment again
      JOIN courses_run other ON other.id = again.run_id AND other.course_id = run.course_id
      JOIN enrollment_outcome led_to ON led_to.enrollment_id = again.id
      JOIN enrollment_certificate newer ON newer.outcome_id = led_to.id AND newer.state = 'valid'
     WHERE again.person_id = enrollment.person_id
       AND (newer.expires_at IS NULL OR newer.expires_at > certificate.expires_at))"""

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
            Recipient.HEAD: People(
                HEADS.format(court="step.court_id", person="enrollment.person_id"),
                "asked.person_id",
                court="step.court_id",
            ),
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
    Anchor.QUESTIONNAIRE_OPEN: Source(
        INVITED,
        "asked.moment = 'after_run' AND asked.closes_at > %(now)s",
        "asked.opens_at",
        "asked.closes_at",
        "invitation",
        {Recipient.TRAINEE: INVITEE},
    ),
    Anchor.FOLLOW_UP: Source(
        INVITED,
        "asked.moment <> 'after_run' AND asked.closes_at > %(now)s",
        "asked.opens_at",
        "asked.closes_at",
        "invitation",
        {Recipient.TRAINEE: INVITEE},
    ),
    Anchor.REQUIREMENT_DUE: Source(
        "enrollment_obligation obligation",
        "obligation.state = 'owed' AND obligation.due_at > %(now)s",
        "obligation.due_at",
        "obligation.due_at",
        "obligation",
        {
            Recipient.TRAINEE: People("", "obligation.person_id"),
            Recipient.HEAD: People(
                SERVES + HEADS.format(court="serves.court_id", person="obligation.person_id"),
                "asked.person_id",
                court="serves.court_id",
            ),
            Recipient.COORDINATOR: People(
                SERVES + WHERE_ONE_SERVES, "account.person_id", court="serves.court_id"
            ),
        },
        revision="0",
        has_run=False,
    ),
    Anchor.CERTIFICATE_EXPIRY: Source(
        """enrollment_certificate certificate
  JOIN enrollment_outcome outcome ON outcome.id = certificate.outcome_id
  JOIN enrollment_enrollment enrollment ON enrollment.id = outcome.enrollment_id
  JOIN courses_run run ON run.id = enrollment.run_id""",
        f"certificate.state = 'valid' AND certificate.expires_at > %(now)s AND {NEWER}",
        "certificate.expires_at",
        "certificate.expires_at",
        "certificate",
        {Recipient.TRAINEE: People("", "enrollment.person_id", court="enrollment.court_id")},
        revision="0",
        has_run=False,
    ),
    Anchor.REVIEW_OPENED: Source(
        REVIEWS,
        IN_TURN,
        "review.opened_at",
        END_OF_DAY,
        "review",
        {Recipient.REVIEWER: REVIEWER},
        revision="0",
        has_run=False,
    ),
    # Told before the day and after it: it stays true until somebody decides. A step that is younger
    # than its own reminder has just been announced.
    Anchor.REVIEW_DUE: Source(
        REVIEWS,
        IN_TURN,
        END_OF_DAY,
        "NULL::timestamptz",
        "review",
        {Recipient.REVIEWER: REVIEWER, Recipient.REGISTRAR: REGISTRAR},
        since="review.opened_at",
        revision="0",
        has_run=False,
    ),
}

SUBJECT_KINDS = {"step": "decision", "invitation": "questionnaire", "review": "review_step"}
