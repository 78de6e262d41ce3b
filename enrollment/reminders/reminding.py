"""Is a reminder still true at the moment of sending, and what does it say?

True means: the anchor's own source still finds this person, this subject and the same moment. Only
for what it does not find any more is looked up why.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.urls import reverse

from academy.messages.registry import Answer, Claimed, Holds, Kind, OwnWords, Untrue
from courses.planning.enums import RunState
from enrollment.certificates.models import Certificate
from enrollment.credits.enums import Duty
from enrollment.reminders import anchors, answer_links, rules
from enrollment.reminders.anchors import THESE_SUBJECTS
from enrollment.reminders.enums import (
    AFTERWARDS,
    DATED,
    EITHER_SIDE,
    HELD,
    MAY_BE_SWITCHED_OFF,
    QUESTIONNAIRES,
    REVIEWS,
    URGENT_ANCHORS,
    Anchor,
    Recipient,
    kind_of,
)
from enrollment.reminders.models import ReminderRule
from enrollment.reminders.queries import run_facts
from enrollment.reminders.rules import Now
from enrollment.reminders.subjects import LAST, MOMENTS, NAME, Row, subject_rows
from enrollment.seats.enums import State


def kinds() -> list[Kind]:
    """One kind of message per anchor."""
    return [
        Kind(
            name=kind_of(anchor),
            resolve=_resolver(anchor),
            template=f"reminder_{anchor}",
            urgent=anchor in URGENT_ANCHORS,
            duty=anchor not in MAY_BE_SWITCHED_OFF,
            is_confidential=anchor in QUESTIONNAIRES,
        )
        for anchor in Anchor
    ]


def _resolver(anchor: Anchor) -> Callable[[Sequence[Claimed], datetime], Mapping[int, Answer]]:
    def resolve(messages: Sequence[Claimed], now: datetime) -> Mapping[int, Answer]:
        by_rule: dict[str, list[Claimed]] = defaultdict(list)
        for message in messages:
            by_rule[message.facts["rule"]].append(message)
        found = ReminderRule.objects.filter(code__in=by_rule, anchor=anchor, is_active=True)
        answers: dict[int, Answer] = {message.id: Untrue("rule_inactive") for message in messages}
        for rule in found:
            answers.update(_of_rule(rule, by_rule[rule.code], now))
        return answers

    return resolve


def _of_rule(rule: ReminderRule, messages: Sequence[Claimed], now: datetime) -> dict[int, Answer]:
    subjects = [message.subject_id for message in messages]
    still, rows = _still(rule, subjects, now), subject_rows(rule, subjects)
    answers: dict[int, Answer] = {}
    for message in messages:
        row = rows.get(message.subject_id)
        planned_for = datetime.fromisoformat(message.facts["moment"])
        if row is None:
            answers[message.id] = Untrue("gone")
        elif still.get((message.person_id, message.subject_id)) == planned_for:
            answers[message.id] = holds(rule, row, now)
        else:
            answers[message.id] = Untrue(_why(rule, row, planned_for, now))
    return answers


def _still(
    rule: ReminderRule, subjects: list[UUID], now: datetime
) -> dict[tuple[int, UUID], datetime]:
    """Whom the anchor concerns at present, of these subjects, and its moment."""
    found = anchors.found(Anchor(rule.anchor), Recipient(rule.recipient), THESE_SUBJECTS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT person_id, subject_id, moment FROM ({found}) found",  # noqa: S608
            {"only": subjects, "now": now, "today": now.date()},
        )
        return {(person, subject): moment for person, subject, moment in cursor.fetchall()}


# --- Why not any more --------------------------------------------------------------------------

ALIVE = frozenset({*DATED, "running"})
RUN_STATES: Mapping[Anchor, frozenset[str] | frozenset[None]] = {
    Anchor.SESSION_START: ALIVE,
    Anchor.MARKS_MISSING: HELD,
    Anchor.OFFER_EXPIRY: ALIVE,
    Anchor.RECONFIRM_DUE: ALIVE,
    Anchor.DECISION_DUE: ALIVE,
    **dict.fromkeys(QUESTIONNAIRES, frozenset({RunState.FINALISED.value})),
    Anchor.REQUIREMENT_DUE: frozenset({None}),  # there is no run
    Anchor.CERTIFICATE_EXPIRY: frozenset(RunState),  # whatever the run has become
    **dict.fromkeys(REVIEWS, frozenset({None})),
}
STATES: Mapping[Anchor, frozenset[str]] = {
    Anchor.OFFER_EXPIRY: frozenset({State.OFFERED}),
    Anchor.RECONFIRM_DUE: frozenset({State.RECONFIRM}),
    Anchor.DECISION_DUE: frozenset({"open"}),
    **dict.fromkeys(QUESTIONNAIRES, frozenset({"open"})),
    Anchor.REQUIREMENT_DUE: frozenset({Duty.OWED}),
    **dict.fromkeys(REVIEWS, frozenset({"open"})),
    Anchor.CERTIFICATE_EXPIRY: frozenset({Certificate.State.VALID}),
}


def _why(rule: ReminderRule, row: Row, planned_for: datetime, now: datetime) -> str:
    anchor, recipient = Anchor(rule.anchor), Recipient(rule.recipient)
    wanted = STATES.get(anchor, frozenset({row["state"]}))
    if (anchor, recipient) == (Anchor.RUN_START, Recipient.TRAINEE):
        wanted = frozenset({State.CONFIRMED})
    stands = Now(
        state=row["state"],
        wanted=wanted,
        run_state=row["run_state"],
        run_wanted=RUN_STATES.get(anchor, DATED),
        moment=MOMENTS[anchor](row),
        planned_for=planned_for,
        settled=_settled(anchor, recipient, row),
        is_cancelled=row.get("is_cancelled", False),
    )
    return rules.why_not_any_more(stands, now=now, afterwards=anchor in AFTERWARDS | EITHER_SIDE)


def _settled(anchor: Anchor, recipient: Recipient, row: Row) -> str:
    if anchor == Anchor.MARKS_MISSING and not row["missing"]:
        return "marked"
    if anchor == Anchor.MINIMUM_AT_RISK and row["held"] >= row["minimum_size"]:
        return "minimum_reached"
    if anchor in QUESTIONNAIRES:
        return "questionnaire_closed"
    if anchor == Anchor.CERTIFICATE_EXPIRY:
        return "newer_certificate"
    if recipient == Recipient.TRAINEE:
        return "no_seat_any_more" if anchor == Anchor.SESSION_START else "asked_already"
    return f"not_{recipient}_any_more"


# --- What it says ------------------------------------------------------------------------------


def holds(rule: ReminderRule, row: Row, now: datetime) -> Holds:
    """The facts of the mail, where its link leads, and the registrar's own words."""
    anchor = Anchor(rule.anchor)
    zone = row["run_time_zone"]
    begins = row["period"].lower if "period" in row else row["run_starts_at"]
    facts = run_facts(row) | {
        "to": rule.recipient,
        "days": _days_until(begins, now, zone),
        "due": row.get("decide_by") or MOMENTS[anchor](row) or "",
        "who": " ".join(filter(None, (row.get(part, "") for part in NAME))),
        "kind": row.get("kind", ""),
        "silence": row.get("silence", ""),
        "session": row.get("number", ""),
        "session_starts": row["period"].lower if "period" in row else "",
        "ended": row["period"].upper if "period" in row else "",
        "missing": row.get("missing", ""),
        "held": row.get("held", ""),
        "minimum": row.get("minimum_size", ""),
        "opens": row.get("enrollment_opens_at", ""),
        "closes": row.get("closes_at", row.get("enrollment_closes_at", "")),
        "requirement": row.get("requirement_names", ""),
        "unit": row.get("unit", ""),
        "owed": _plain(row.get("still_owed")),
        "proposal": row.get("proposal_titles", ""),
        "body": row.get("body_names", ""),
        "is_overdue": (row.get("decide_by") or now) < now,
    }
    own = OwnWords(rule.titles, rule.texts) if rule.titles or rule.texts else None
    if anchor in (Anchor.OFFER_EXPIRY, Anchor.RECONFIRM_DUE):
        subject = row["public_id"]
        link = answer_links.path_for(subject, row["state"], row["due_at"])
        shown = answer_links.page_of(subject)
        return Holds(facts, link or shown, zone, own=own, shown_path=shown if link else "")
    return Holds(facts, _path(rule, row), zone, own=own)


def _plain(amount: Decimal | None) -> str:
    """An amount without zeros that say nothing; empty where only a topic is missing."""
    return format(amount.normalize(), "f") if amount and amount > 0 else ""


def example(rule: ReminderRule, now: datetime) -> Holds | None:
    """The facts of the last subject of that kind, whatever became of it; none in an empty house."""
    kind = anchors.subject_of(Anchor(rule.anchor), Recipient(rule.recipient))
    last = LAST[kind].objects.order_by("-pk").values_list("public_id", flat=True)[:1]
    rows = subject_rows(rule, list(last))
    return next((holds(rule, row, now) for row in rows.values()), None)


def _days_until(moment: datetime | None, now: datetime, zone: str) -> int:
    """Days of the calendar on the run's own clock: 0 is today, 1 tomorrow."""
    if moment is None:
        return 0
    clock = ZoneInfo(zone)
    return (moment.astimezone(clock).date() - now.astimezone(clock).date()).days


OVERVIEWS = {Recipient.COORDINATOR: "desk", Recipient.REGISTRAR: "decisions"}
"""Who does not decide alone is led to where the open decisions are listed."""
PAGES: Mapping[Anchor, Callable[[Row], str]] = {
    Anchor.MARKS_MISSING: lambda row: reverse(
        "enrollment:marks", args=(row["run_public_id"], row["public_id"])
    ),
    **dict.fromkeys(
        QUESTIONNAIRES,
        lambda row: reverse("enrollment:questionnaire", args=(row["public_id"],)),
    ),
    **dict.fromkeys(REVIEWS, lambda row: reverse("enrollment:proposal", args=(row["about"],))),
    **dict.fromkeys(
        (Anchor.ENROLLMENT_OPENS, Anchor.ENROLLMENT_DEADLINE, Anchor.CERTIFICATE_EXPIRY),
        lambda row: reverse("courses:course", args=(row["run_course_code"],)),
    ),
}
"""Where everybody who is told is led to the same page; elsewhere it follows the role."""


def _path(rule: ReminderRule, row: Row) -> str:
    """The one page on which the reader can act."""
    if page := PAGES.get(Anchor(rule.anchor)):
        return page(row)
    subject = row["public_id"]
    if rule.anchor == Anchor.DECISION_DUE:
        overview = OVERVIEWS.get(Recipient(rule.recipient))
        decide = reverse("enrollment:decide", kwargs={"decision": subject})
        return reverse(f"enrollment:{overview}") if overview else decide
    if rule.anchor == Anchor.REQUIREMENT_DUE:
        is_own = rule.recipient == Recipient.TRAINEE
        return reverse("enrollment:owed" if is_own else "enrollment:desk-owed")
    if rule.recipient != Recipient.TRAINEE:
        return reverse("enrollment:run", kwargs={"run": row["run_public_id"]})
    if "period" in row:
        return reverse("enrollment:my")
    return reverse("enrollment:enrollment", kwargs={"enrollment": subject})
