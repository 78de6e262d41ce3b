"""The kinds of message about an enrolment, and which facts make each of them true."""

from collections.abc import Mapping
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from courses.planning.enums import RunState
from enrollment.seats.enums import State


class Letter(StrEnum):
    """What we tell people. The subject is an enrollment unless the name says otherwise."""

    REQUESTED = "enrollment.requested"
    WAITLISTED = "enrollment.waitlisted"
    OFFERED = "enrollment.offered"
    CONFIRMED = "enrollment.confirmed"
    PROMOTED = "enrollment.promoted"
    RECONFIRM = "enrollment.reconfirm"
    REJECTED = "enrollment.rejected"
    EXPIRED = "enrollment.expired"
    WITHDRAWN = "enrollment.withdrawn"
    CANCELLED = "enrollment.cancelled"
    TRANSFERRED = "enrollment.transferred"  # subject: the enrollment in the other run
    RUN_POSTPONED = "run.postponed"
    RUN_MOVED = "run.moved"
    OUTCOME = "outcome.frozen"
    CERTIFICATE = "certificate.issued"  # subject: the certificate
    CERTIFICATE_REVOKED = "certificate.revoked"  # subject: the certificate
    CERTIFICATE_REPLACED = "certificate.replaced"  # subject: the one that takes its place
    DECISION = "decision.opened"  # subject: the decision; to every head of the court
    DEPUTY = "deputy.named"  # subject: the naming; to the deputy
    TEACHING = "teaching.changed"  # subject: the run; to its trainers
    PLANNED = "course.planned"  # subject: the run; to who asked to be told
    FELL_SHORT = "run.fell_short"  # subject: the run; to the registrars


URGENT = frozenset(
    {
        Letter.OFFERED,
        Letter.PROMOTED,
        Letter.RECONFIRM,
        Letter.CANCELLED,
        Letter.TRANSFERRED,
    }
)
"""These overtake: somebody must act soon, or would travel for nothing."""

TRUE_WHILE: dict[Letter, frozenset[State]] = {
    Letter.REQUESTED: frozenset({State.REQUESTED}),
    Letter.WAITLISTED: frozenset({State.WAITLISTED}),
    Letter.OFFERED: frozenset({State.OFFERED}),
    Letter.CONFIRMED: frozenset({State.CONFIRMED}),
    Letter.PROMOTED: frozenset({State.CONFIRMED}),
    Letter.RECONFIRM: frozenset({State.RECONFIRM}),
    Letter.REJECTED: frozenset({State.REJECTED}),
    Letter.EXPIRED: frozenset({State.EXPIRED}),
    Letter.WITHDRAWN: frozenset({State.WITHDRAWN}),
    Letter.CANCELLED: frozenset({State.CANCELLED}),
    Letter.TRANSFERRED: frozenset({State.REQUESTED, State.WAITLISTED, State.CONFIRMED}),
    Letter.RUN_POSTPONED: frozenset(
        {State.REQUESTED, State.WAITLISTED, State.OFFERED, State.CONFIRMED, State.RECONFIRM}
    ),
    # Who must confirm again is told so by RECONFIRM, which says the new dates too.
    Letter.RUN_MOVED: frozenset(
        {State.REQUESTED, State.WAITLISTED, State.OFFERED, State.CONFIRMED}
    ),
    Letter.OUTCOME: frozenset({State.CLOSED}),
}
"""A message about an enrolment is dropped when the enrolment has left these states."""

DATED = frozenset({RunState.PUBLISHED, RunState.GOING_AHEAD})
HELD = frozenset({RunState.PUBLISHED, RunState.GOING_AHEAD, RunState.RUNNING, RunState.FINISHED})
"""A session that has ended counts as held, also while the run's own timers lag behind."""


class Anchor(TextChoices):
    """The moment that a reminder counts from."""

    RUN_START = "run_start", _("the run begins")
    SESSION_START = "session_start", _("a later session begins")
    ENROLLMENT_OPENS = "enrollment_opens", _("enrolment opens")
    ENROLLMENT_DEADLINE = "enrollment_deadline", _("enrolment closes")
    OFFER_EXPIRY = "offer_expiry", _("the offer of a seat ends")
    RECONFIRM_DUE = "reconfirm_due", _("the time to confirm again ends")
    DECISION_DUE = "decision_due", _("a decision is due")
    MARKS_MISSING = "marks_missing", _("a session has ended without all marks")
    MINIMUM_AT_RISK = "minimum_at_risk", _("the go or no-go date of a run below its minimum")
    QUESTIONNAIRE_OPEN = "questionnaire_open", _("the questionnaire about a course opens")
    FOLLOW_UP = "follow_up", _("a questionnaire three or six months later opens")
    REQUIREMENT_DUE = "requirement_due", _("required training is due and not done")
    CERTIFICATE_EXPIRY = "certificate_expiry", _("a certificate expires and there is no newer one")
    REVIEW_OPENED = "review_opened", _("the turn of a body to review a proposal begins")
    REVIEW_DUE = "review_due", _("the day by which a body decides on a proposal")


class Recipient(TextChoices):
    """In which role somebody is reminded."""

    TRAINEE = "trainee", _("trainee")
    TRAINER = "trainer", _("trainer")
    HEAD = "head", _("head of court")  # and who deputises
    COORDINATOR = "coordinator", _("court coordinator")
    REGISTRAR = "registrar", _("registrar")
    REVIEWER = "reviewer", _("who decides for the body")  # for the academy, who plans


class Unit(TextChoices):
    """What the distance to the anchor is counted in."""

    HOURS = "hours", _("hours")
    DAYS = "days", _("calendar days")
    WORKING_DAYS = "working_days", _("working days")  # of the recipient's court


WHO: Mapping[Anchor, tuple[Recipient, ...]] = {
    Anchor.RUN_START: (Recipient.TRAINEE, Recipient.TRAINER),
    Anchor.SESSION_START: (Recipient.TRAINEE, Recipient.TRAINER),
    Anchor.ENROLLMENT_OPENS: (Recipient.TRAINEE, Recipient.COORDINATOR),
    Anchor.ENROLLMENT_DEADLINE: (Recipient.TRAINEE, Recipient.COORDINATOR),
    Anchor.OFFER_EXPIRY: (Recipient.TRAINEE,),
    Anchor.RECONFIRM_DUE: (Recipient.TRAINEE,),
    Anchor.DECISION_DUE: (Recipient.HEAD, Recipient.COORDINATOR, Recipient.REGISTRAR),
    Anchor.MARKS_MISSING: (Recipient.TRAINER, Recipient.REGISTRAR),
    Anchor.MINIMUM_AT_RISK: (Recipient.REGISTRAR, Recipient.TRAINER),
    # Nobody else: who has not answered is nobody else's business.
    Anchor.QUESTIONNAIRE_OPEN: (Recipient.TRAINEE,),
    Anchor.FOLLOW_UP: (Recipient.TRAINEE,),
    Anchor.REQUIREMENT_DUE: (Recipient.TRAINEE, Recipient.HEAD, Recipient.COORDINATOR),
    Anchor.CERTIFICATE_EXPIRY: (Recipient.TRAINEE,),
    Anchor.REVIEW_OPENED: (Recipient.REVIEWER,),
    Anchor.REVIEW_DUE: (Recipient.REVIEWER, Recipient.REGISTRAR),
}
"""Whom each anchor can tell: where the role has nobody, there is nothing to choose."""

QUESTIONNAIRES = frozenset({Anchor.QUESTIONNAIRE_OPEN, Anchor.FOLLOW_UP})

REVIEWS = frozenset({Anchor.REVIEW_OPENED, Anchor.REVIEW_DUE})

AFTERWARDS = frozenset({Anchor.MARKS_MISSING, Anchor.REVIEW_OPENED, *QUESTIONNAIRES})
"""These speak of what is over, and are told after it; all others before their moment."""

EITHER_SIDE = frozenset({Anchor.ENROLLMENT_OPENS, Anchor.REVIEW_DUE})

MAY_BE_SWITCHED_OFF = frozenset(
    {
        Anchor.RUN_START,
        Anchor.SESSION_START,
        Anchor.ENROLLMENT_OPENS,
        Anchor.ENROLLMENT_DEADLINE,
        *QUESTIONNAIRES,
        Anchor.CERTIFICATE_EXPIRY,
    }
)
"""Conveniences. The others ask for something that somebody else waits for: they are duty."""

PLACEHOLDERS = frozenset(
    {"course", "run", "starts", "ends", "venue", "city", "address", "link", "days", "due", "who"}
    | {"session", "session_starts", "missing", "held", "minimum", "opens", "closes"}
    | {"requirement", "owed", "proposal", "body"}
)
"""What the registrar's own words may name in braces; empty where the anchor does not know it."""


def kind_of(anchor: str) -> str:
    """The kind of message that reminders of this anchor are."""
    return f"reminder.{anchor}"


URGENT_ANCHORS = frozenset({Anchor.OFFER_EXPIRY, Anchor.RECONFIRM_DUE})
"""A place is lost without an answer: these overtake."""
