"""The letters about enrolments: is each still true at the moment of sending, and what it says."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from academy.access.models import Deputy
from academy.messages.registry import Answer, Claimed, Holds, Kind, Untrue
from academy.people.models import Appointment
from courses.planning.enums import NoAnswer, RunState
from enrollment.certificates.models import Certificate
from enrollment.decisions.enums import StepState
from enrollment.decisions.models import Decision
from enrollment.reminders import answer_links, phrases, rules, run_letters
from enrollment.reminders.enums import TRUE_WHILE, URGENT, Letter
from enrollment.reminders.queries import (
    RUN_COLUMNS,
    deputies_on,
    run_columns,
    run_facts,
)
from enrollment.reminders.rules import Standing
from enrollment.seats.enums import Source, State
from enrollment.seats.models import Enrollment

HOME, DESK = "/", "/desk/"


def _subjects(messages: Sequence[Claimed]) -> list[UUID]:
    return [message.subject_id for message in messages]


# --- Messages about an enrolment ---------------------------------------------------------------


def _ahead() -> QuerySet[Any, Any]:
    """Who stands before an enrolment on its waiting list, the enrolment itself included."""
    return (
        Enrollment.objects.filter(run=OuterRef("run"), state=State.WAITLISTED)
        .filter(
            Q(priority_class__lt=OuterRef("priority_class"))
            | Q(
                priority_class=OuterRef("priority_class"),
                queue_number__lte=OuterRef("queue_number"),
            )
        )
        .order_by()
        .values("run")
        .annotate(number=Count("id"))
        .values("number")
    )


def _enrollments(letter: Letter, subjects: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    rows = Enrollment.objects.filter(public_id__in=subjects).annotate(**run_columns("run__"))
    extra = ["public_id", "state", "source", "due_at", "end_reason"]
    if letter == Letter.WAITLISTED:
        rows = rows.annotate(place=Coalesce(Subquery(_ahead()), 0))
        extra.append("place")
    if letter == Letter.OUTCOME:
        valid = Certificate.objects.filter(
            outcome__enrollment=OuterRef("pk"), state=Certificate.State.VALID
        )
        current = F("outcomes__outcome")
        rows = rows.filter(outcomes__is_current=True)
        rows = rows.annotate(has_certificate=Exists(valid), outcome=current)
        extra += ["has_certificate", "outcome"]
    names = [*extra, *(f"run_{name}" for name in RUN_COLUMNS)]
    return {row["public_id"]: row for row in rows.values(*names)}


def about_enrollments(
    letter: Letter,
) -> Callable[[Sequence[Claimed], datetime], Mapping[int, Answer]]:
    """The resolver of a kind whose subject is an enrolment."""

    def resolve(messages: Sequence[Claimed], now: datetime) -> Mapping[int, Answer]:
        rows = _enrollments(letter, _subjects(messages))
        return {
            message.id: _about_enrollment(letter, message, row, now)
            for message in messages
            if (row := rows.get(message.subject_id))
        }

    return resolve


def _about_enrollment(
    letter: Letter, message: Claimed, row: Mapping[str, Any], now: datetime
) -> Answer:
    standing = Standing(
        state=State(row["state"]),
        due_at=row["due_at"],
        run_state=RunState(row["run_state"]),
        starts_at=row["run_starts_at"],
        has_certificate=row.get("has_certificate", False),
    )
    reason = rules.why_untrue(letter, standing, now=now)
    if reason:
        return Untrue(reason)
    link = answer_links.path_for(row["public_id"], standing.state, row["due_at"])
    own_page = answer_links.page_of(row["public_id"])
    facts = run_facts(row) | {
        "due": row["due_at"] or "",
        "place": row.get("place", ""),
        "state": row["state"],
        "keeps": row["run_no_answer"] == NoAnswer.KEEP,
        "outcome": row.get("outcome", ""),
        "came_from": message.facts.get("from", ""),
        "nominated": _is_nominated(message, row),
        "ended_by": row["end_reason"],
        "reason": phrases.reason(row["run_cancel_reason"] or row["end_reason"]),
    }
    zone = row["run_time_zone"]
    return Holds(facts, link or own_page, zone, shown_path=own_page if link else "")


def _is_nominated(message: Claimed, row: Mapping[str, Any]) -> bool:
    """Whether others asked for the person; what the waiting list brought is told as that."""
    return row["source"] == Source.NOMINATION and message.facts.get("from") != State.WAITLISTED


# --- Messages about other subjects -------------------------------------------------------------


def about_certificates(
    state: Certificate.State, place: Callable[[Mapping[str, Any]], str]
) -> Callable[[Sequence[Claimed], datetime], Mapping[int, Answer]]:
    """The resolver of a kind that is told while the certificate is in this state."""

    def resolve(messages: Sequence[Claimed], _now: datetime) -> Mapping[int, Answer]:
        rows = _certificates(_subjects(messages))
        return {
            message.id: _about_certificate(row, place(row))
            if row["state"] == state
            else Untrue("certificate_ended")
            for message in messages
            if (row := rows.get(message.subject_id))
        }

    return resolve


def _about_certificate(row: Mapping[str, Any], path: str) -> Answer:
    facts = run_facts(row) | {"reason": phrases.reason(row["end_reason"])}
    return Holds(facts, path, row["run_time_zone"])


def _certificates(subjects: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    rows = Certificate.objects.filter(public_id__in=subjects).annotate(
        enrollment=F("outcome__enrollment__public_id"),
        **run_columns("outcome__enrollment__run__"),
    )
    names = [f"run_{name}" for name in RUN_COLUMNS]
    columns = ("public_id", "state", "end_reason", "enrollment", *names)
    return {row["public_id"]: row for row in rows.values(*columns)}


def _home(_row: Mapping[str, Any]) -> str:
    return HOME


def _paper(row: Mapping[str, Any]) -> str:
    return f"/certificates/{row['public_id']}.pdf"


def _story(row: Mapping[str, Any]) -> str:
    return answer_links.page_of(row["enrollment"])


def about_decisions(messages: Sequence[Claimed], now: datetime) -> Mapping[int, Answer]:
    """Told while the step is open and the reader still heads the court, or stands in there."""
    subjects = _subjects(messages)
    found = Decision.objects.filter(public_id__in=subjects).select_related("enrollment__person")
    columns = found.annotate(**run_columns("enrollment__run__"))
    rows = {row.public_id: row for row in columns}
    heads = set(
        Appointment.objects.filter(
            position__is_head=True,
            period__contains=now.date(),
            court__in={row.court_id for row in rows.values() if row.court_id},
        ).values_list("court_id", "person_id")
    )
    deputies = deputies_on(now.date(), {court for court, _head in heads})
    heads |= {(court, one) for (court, head), named in deputies.items() for one in named}
    return {
        message.id: _about_decision(message, row, now, heads)
        for message in messages
        if (row := rows.get(message.subject_id))
    }


def _about_decision(
    message: Claimed, row: Decision, now: datetime, heads: set[tuple[int, int]]
) -> Answer:
    if row.state != StepState.OPEN:
        return Untrue(f"is_{row.state}")
    if row.due_at <= now:
        return Untrue("deadline_passed")
    if (row.court_id, message.person_id) not in heads:
        return Untrue("not_head_any_more")
    facts = run_facts(vars(row)) | {
        "who": row.enrollment.person.full_name,
        "kind": row.kind,
        "silence": row.silence,
        "due": row.due_at,
    }
    return Holds(facts, DESK, vars(row)["run_time_zone"])


def about_deputies(messages: Sequence[Claimed], now: datetime) -> Mapping[int, Answer]:
    """Told while the deputy's time has not ended."""
    found = Deputy.objects.filter(public_id__in=_subjects(messages))
    rows = {row.public_id: row for row in found.select_related("head", "court")}
    return {
        message.id: _about_deputy(row, now)
        for message in messages
        if (row := rows.get(message.subject_id))
    }


def _about_deputy(row: Deputy, now: datetime) -> Answer:
    last = row.last_day
    if last is None or last < now.date():
        return Untrue("ended")
    facts = {
        "head": row.head.full_name,
        "court": row.court.names,
        "first": row.period.lower,
        "last": last,
    }
    return Holds(facts, f"{DESK}decisions/", row.court.time_zone or "UTC")


# --- The kinds ---------------------------------------------------------------------------------

OTHER_SUBJECTS = {
    Letter.CERTIFICATE: about_certificates(Certificate.State.VALID, _home),
    Letter.CERTIFICATE_REPLACED: about_certificates(Certificate.State.VALID, _paper),
    Letter.CERTIFICATE_REVOKED: about_certificates(Certificate.State.REVOKED, _story),
    Letter.DECISION: about_decisions,
    Letter.DEPUTY: about_deputies,
    Letter.TEACHING: run_letters.about_teaching,
    Letter.PLANNED: run_letters.about_interest,
    Letter.FELL_SHORT: run_letters.about_shortage,
}


def kinds() -> list[Kind]:
    """Every kind of message about an enrolment, for the registry of messages."""
    return [
        Kind(
            name=letter.value,
            resolve=OTHER_SUBJECTS.get(letter) or about_enrollments(letter),
            template=letter.value.replace(".", "_"),
            urgent=letter in URGENT,
        )
        for letter in Letter
        if letter in TRUE_WHILE or letter in OTHER_SUBJECTS
    ]
