"""The subjects of reminders as they are now: one reader for each kind, one statement each."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from courses.development.enums import ProposalState
from courses.development.models import ReviewStep
from courses.planning.models import Run, Session
from enrollment.attendance.models import Mark
from enrollment.certificates.models import Certificate
from enrollment.credits.models import Obligation
from enrollment.decisions.models import Decision
from enrollment.feedback.models import AnswerInvitation
from enrollment.reminders import anchors
from enrollment.reminders.enums import Anchor, Recipient
from enrollment.reminders.models import ReminderRule
from enrollment.reminders.queries import RUN_COLUMNS, run_columns
from enrollment.seats.enums import HOLDING, State
from enrollment.seats.models import Enrollment

Row = dict[str, Any]
NAME = ("family", "given", "patronymic")


def subject_rows(rule: ReminderRule, subjects: Iterable[UUID]) -> dict[UUID, Row]:
    """What there is to say about these subjects of the rule, in one statement."""
    kind = anchors.subject_of(Anchor(rule.anchor), Recipient(rule.recipient))
    return {row["public_id"]: row for row in READERS[kind](subjects)}


RUN_NAMES = tuple(f"run_{name}" for name in RUN_COLUMNS)


def _enrollments(subjects: Iterable[UUID]) -> list[Row]:
    rows = Enrollment.objects.filter(public_id__in=subjects).annotate(**run_columns("run__"))
    found: list[Row] = list(rows.values("public_id", "state", "due_at", *RUN_NAMES))
    return found


def _runs(subjects: Iterable[UUID]) -> list[Row]:
    held = Count("enrollments", filter=Q(enrollments__state__in=HOLDING))
    rows = Run.objects.filter(public_id__in=subjects).annotate(
        held=held, decides_at=Coalesce("decide_by", "enrollment_closes_at"), **run_columns("")
    )
    columns = ("state", "minimum_size", "enrollment_opens_at", "enrollment_closes_at")
    found: list[Row] = list(rows.values("public_id", "held", "decides_at", *columns, *RUN_NAMES))
    return found


def _sessions(subjects: Iterable[UUID]) -> list[Row]:
    marked = Mark.objects.filter(enrollment=OuterRef("pk"), session=OuterRef(OuterRef("pk")))
    unmarked = (
        Enrollment.objects.filter(run=OuterRef("run"), state=State.CONFIRMED)
        .filter(~Exists(marked))
        .order_by()
        .values("run")
        .annotate(number=Count("id"))
        .values("number")
    )
    rows = Session.objects.filter(public_id__in=subjects).annotate(
        missing=Coalesce(Subquery(unmarked), 0), state=F("run__state"), **run_columns("run__")
    )
    columns = ("number", "period", "is_cancelled", "missing", "state")
    found: list[Row] = list(rows.values("public_id", *columns, *RUN_NAMES))
    return found


def _decisions(subjects: Iterable[UUID]) -> list[Row]:
    rows = Decision.objects.filter(public_id__in=subjects).annotate(
        family=F("enrollment__person__family_name"),
        given=F("enrollment__person__given_name"),
        patronymic=F("enrollment__person__patronymic"),
        **run_columns("enrollment__run__"),
    )
    columns = ("state", "due_at", "kind", "silence", "decider", *NAME)
    found: list[Row] = list(rows.values("public_id", *columns, *RUN_NAMES))
    return found


def _questionnaires(subjects: Iterable[UUID]) -> list[Row]:
    done = Case(When(answered=True, then=Value("answered")), default=Value("open"))
    rows = AnswerInvitation.objects.filter(public_id__in=subjects).annotate(
        state=done,
        kind=F("round__moment"),
        opens_at=F("round__opens_at"),
        closes_at=F("round__closes_at"),
        **run_columns("enrollment__run__"),
    )
    columns = ("state", "kind", "opens_at", "closes_at")
    found: list[Row] = list(rows.values("public_id", *columns, *RUN_NAMES))
    return found


NO_RUN: Row = {**dict.fromkeys(RUN_NAMES), "run_time_zone": settings.TIME_ZONE}


def _obligations(subjects: Iterable[UUID]) -> list[Row]:
    rows = Obligation.objects.filter(public_id__in=subjects).annotate(
        requirement_names=F("requirement__names"),
        unit=F("requirement__unit"),
        still_owed=F("needed") - F("earned"),
        family=F("person__family_name"),
        given=F("person__given_name"),
        patronymic=F("person__patronymic"),
    )
    columns = ("state", "due_at", "requirement_names", "unit", "still_owed", *NAME)
    return [NO_RUN | row for row in rows.values("public_id", *columns)]


def _certificates(subjects: Iterable[UUID]) -> list[Row]:
    path = "outcome__enrollment__run__"
    rows = Certificate.objects.filter(public_id__in=subjects).annotate(**run_columns(path))
    found: list[Row] = list(rows.values("public_id", "state", "expires_at", *RUN_NAMES))
    return found


def _review_steps(subjects: Iterable[UUID]) -> list[Row]:
    over = When(~Q(verdict=""), then=Value("decided"))
    ended = When(~Q(proposal__state=ProposalState.IN_REVIEW), then=F("proposal__state"))
    older = When(round__lt=F("proposal__round"), then=Value("earlier_round"))
    rows = ReviewStep.objects.filter(public_id__in=subjects).annotate(
        state=Case(over, ended, older, default=Value("open")),
        proposal_titles=F("version__texts__title"),
        body_names=F("body__names"),
        about=F("proposal__public_id"),
    )
    columns = ("state", "opened_at", "due_on", "proposal_titles", "body_names", "about")
    found = [NO_RUN | row for row in rows.values("public_id", *columns)]
    return [row | {"decide_by": _last_minute(row["due_on"])} for row in found]


def _last_minute(day: date | None) -> datetime | None:
    """Of the day by which a body decides, on the institution's clock; as the anchor has it."""
    return datetime.combine(day, time(23, 59), ZoneInfo(settings.TIME_ZONE)) if day else None


READERS: Mapping[str, Callable[[Iterable[UUID]], list[Row]]] = {
    "enrollment": _enrollments,
    "run": _runs,
    "session": _sessions,
    "decision": _decisions,
    "questionnaire": _questionnaires,
    "obligation": _obligations,
    "certificate": _certificates,
    "review_step": _review_steps,
}

MOMENTS: Mapping[Anchor, Callable[[Row], datetime | None]] = {
    Anchor.RUN_START: lambda row: row["run_starts_at"],
    Anchor.SESSION_START: lambda row: row["period"].lower,
    Anchor.ENROLLMENT_OPENS: lambda row: row["enrollment_opens_at"],
    Anchor.ENROLLMENT_DEADLINE: lambda row: row["enrollment_closes_at"],
    Anchor.OFFER_EXPIRY: lambda row: row["due_at"],
    Anchor.RECONFIRM_DUE: lambda row: row["due_at"],
    Anchor.DECISION_DUE: lambda row: row["due_at"],
    Anchor.MARKS_MISSING: lambda row: row["period"].upper,
    Anchor.MINIMUM_AT_RISK: lambda row: row["decides_at"],
    Anchor.QUESTIONNAIRE_OPEN: lambda row: row["opens_at"],
    Anchor.FOLLOW_UP: lambda row: row["opens_at"],
    Anchor.REQUIREMENT_DUE: lambda row: row["due_at"],
    Anchor.CERTIFICATE_EXPIRY: lambda row: row["expires_at"],
    Anchor.REVIEW_OPENED: lambda row: row["opened_at"],
    Anchor.REVIEW_DUE: lambda row: row["decide_by"],
}

LAST: Mapping[str, Any] = {
    "enrollment": Enrollment,
    "run": Run,
    "session": Session,
    "decision": Decision,
    "questionnaire": AnswerInvitation,
    "obligation": Obligation,
    "certificate": Certificate,
    "review_step": ReviewStep,
}
