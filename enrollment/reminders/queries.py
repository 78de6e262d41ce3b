"""What is true now about the subjects of messages, read in batches, and who must be told."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from academy.access.models import Deputy
from academy.messages.registry import Answer, Claimed, Holds, Kind, Untrue
from academy.people.models import Appointment, Person
from courses.planning.enums import ASKING, NoAnswer, RunState
from courses.planning.models import Interest, Run
from enrollment.certificates.models import Certificate
from enrollment.decisions.enums import StepState
from enrollment.decisions.models import Decision
from enrollment.reminders import answer_links, phrases, rules
from enrollment.reminders.enums import TRUE_WHILE, URGENT, Letter
from enrollment.reminders.rules import Standing
from enrollment.seats.enums import ACTIVE, Source, State
from enrollment.seats.models import Enrollment

HOME, DESK = "/", "/desk/"

RUN_COLUMNS = {
    "public_id": "public_id",
    "course_code": "course__code",
    "code": "code",
    "state": "state",
    "starts_at": "starts_at",
    "ends_at": "ends_at",
    "time_zone": "time_zone",
    "link": "link",
    "cancel_reason": "cancel_reason",
    "no_answer": "no_answer",
    "title": "version__title",
    "venue": "venue__names",
    "city": "venue__city",
    "address": "venue__address",
}


def run_facts(row: Mapping[str, Any]) -> dict[str, object]:
    """What a mail says of a run, from the columns above."""
    return {
        "course": row["run_title"],
        "run": row["run_code"],
        "starts": row["run_starts_at"],
        "ends": row["run_ends_at"],
        "venue": row["run_venue"] or "",
        "city": row["run_city"] or "",
        "address": row["run_address"] or "",
        "link": row["run_link"],
        "run_cancelled": row["run_state"] == RunState.CANCELLED,
    }


def run_columns(prefix: str) -> dict[str, F]:
    """The columns of a run as annotations of a row that reaches it by that path."""
    return {f"run_{name}": F(f"{prefix}{path}") for name, path in RUN_COLUMNS.items()}


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


def about_certificates(messages: Sequence[Claimed], _now: datetime) -> Mapping[int, Answer]:
    """Told while the certificate is valid."""
    found = Certificate.objects.filter(public_id__in=_subjects(messages)).annotate(
        **run_columns("outcome__enrollment__run__")
    )
    rows = {
        row["public_id"]: row
        for row in found.values("public_id", "end_reason", *(f"run_{name}" for name in RUN_COLUMNS))
    }
    return {
        message.id: Untrue("certificate_ended")
        if row["end_reason"]
        else Holds(run_facts(row), HOME, row["run_time_zone"])
        for message in messages
        if (row := rows.get(message.subject_id))
    }


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
    deputies = _deputies_on(now.date(), {court for court, _head in heads})
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


def about_teaching(messages: Sequence[Claimed], _now: datetime) -> Mapping[int, Answer]:
    """Told while the reader teaches the run and the run stands as the event said."""
    found = Run.objects.filter(public_id__in=_subjects(messages)).annotate(
        **{f"run_{name}": F(path) for name, path in RUN_COLUMNS.items()}
    )
    names = [f"run_{name}" for name in RUN_COLUMNS]
    rows = {row["public_id"]: row for row in found.values("public_id", "sequence", *names)}
    return {
        message.id: _about_teaching(message, row)
        for message in messages
        if (row := rows.get(message.subject_id))
    }


def _about_teaching(message: Claimed, row: Mapping[str, Any]) -> Answer:
    state, said = row["run_state"], message.facts["change"]
    still = state == said if said != "moved" else RunState(state) in {*TELL_TRAINERS_MOVED}
    if not still:
        return Untrue(f"run_is_{state}")
    return Holds(run_facts(row) | {"change": said}, DESK, row["run_time_zone"])


def about_interest(messages: Sequence[Claimed], now: datetime) -> Mapping[int, Answer]:
    """Told while one can ask for a place and the reader has not taken the wish back."""
    found = Run.objects.filter(public_id__in=_subjects(messages)).annotate(
        **{f"run_{name}": F(path) for name, path in RUN_COLUMNS.items()}
    )
    names = ("public_id", "course_id", "course__code", "enrollment_closes_at")
    columns = [*names, *(f"run_{name}" for name in RUN_COLUMNS)]
    rows = {row["public_id"]: row for row in found.values(*columns)}
    wishes = set(
        Interest.objects.filter(
            person__in={message.person_id for message in messages},
            course__in={row["course_id"] for row in rows.values()},
        ).values_list("person_id", "course_id")
    )
    return {
        message.id: _about_interest(
            row, now, wished=(message.person_id, row["course_id"]) in wishes
        )
        for message in messages
        if (row := rows.get(message.subject_id))
    }


def _about_interest(row: Mapping[str, Any], now: datetime, *, wished: bool) -> Answer:
    if not wished:
        return Untrue("no_longer_wished")
    if row["run_state"] not in ASKING:
        return Untrue(f"run_is_{row['run_state']}")
    if row["enrollment_closes_at"] <= now:
        return Untrue("enrollment_closed")
    facts = run_facts(row) | {"closes": row["enrollment_closes_at"]}
    return Holds(facts, f"/courses/{row['course__code']}/", row["run_time_zone"])


TELL_TRAINERS_MOVED = (RunState.PUBLISHED, RunState.GOING_AHEAD, RunState.RUNNING)


# --- Who must be told --------------------------------------------------------------------------


def person_keys(public_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Inner keys of persons by their public ids."""
    return dict(Person.objects.filter(public_id__in=set(public_ids)).values_list("public_id", "id"))


def active_on(runs: Iterable[UUID]) -> list[tuple[UUID, int, UUID]]:
    """Everybody with an active enrolment on these runs: run, person, enrolment."""
    rows = Enrollment.objects.filter(run__public_id__in=set(runs), state__in=ACTIVE)
    return list(rows.values_list("run__public_id", "person_id", "public_id").order_by("id"))


def asked_since(enrollments: Iterable[UUID]) -> dict[UUID, datetime]:
    """Since when these are asked whether they still come; those only who are."""
    rows = Enrollment.objects.filter(public_id__in=list(enrollments), state=State.RECONFIRM)
    return dict(rows.values_list("public_id", "state_since"))


def courses_of(runs: Iterable[UUID]) -> list[tuple[int, UUID]]:
    """The courses of these runs: course, run."""
    found = Run.objects.filter(public_id__in=set(runs))
    return list(found.values_list("course_id", "public_id"))


def interested_in(runs: Iterable[UUID]) -> list[tuple[UUID, int, datetime]]:
    """Who waits to hear of the courses of these runs: run, person, since when."""
    runs_of = dict(courses_of(runs))
    wishes = Interest.objects.filter(course__in=runs_of, told_at__isnull=True).order_by("pk")
    return [
        (runs_of[course], person, at)
        for course, person, at in wishes.values_list("course_id", "person_id", "at")
    ]


def trainers_of(runs: Iterable[UUID]) -> list[tuple[UUID, int]]:
    """Who teaches these runs: run, person."""
    rows = Run.objects.filter(public_id__in=set(runs), assignments__isnull=False)
    return list(rows.values_list("public_id", "assignments__person_id").order_by("assignments__id"))


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


def deputy_named(naming: UUID) -> int | None:
    """Who was named."""
    return Deputy.objects.filter(public_id=naming).values_list("deputy_id", flat=True).first()


def heads_asked(decisions: Iterable[UUID], now: datetime) -> list[tuple[UUID, int, datetime]]:
    """Every present head of a court that is asked, and their deputies: decision, person, due.

    Not the one concerned, and not the deputy of the one concerned.
    """
    rows = Decision.objects.filter(
        public_id__in=set(decisions),
        court__appointments__position__is_head=True,
        court__appointments__period__contains=now.date(),
    ).values_list(
        *("public_id", "court__appointments__person_id", "due_at"),
        *("enrollment__person_id", "court_id"),
    )
    heads = [row for row in rows.distinct() if row[1] != row[3]]
    deputies = _deputies_on(now.date(), {row[4] for row in heads})
    asked = {(step, head, due_at) for step, head, due_at, _asker, _court in heads}
    for step, head, due_at, asker, court in heads:
        asked |= {(step, one, due_at) for one in deputies[court, head] if one != asker}
    return sorted(asked, key=lambda one: (one[2], one[1]))


def _deputies_on(day: date, courts: set[int]) -> dict[tuple[int, int], list[int]]:
    """Who stands in on that day, by court and head."""
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    rows = Deputy.objects.filter(court_id__in=courts, period__contains=day)
    for court, head, deputy in rows.values_list("court_id", "head_id", "deputy_id"):
        found[court, head].append(deputy)
    return found


# --- The kinds ---------------------------------------------------------------------------------

OTHER_SUBJECTS = {
    Letter.CERTIFICATE: about_certificates,
    Letter.DECISION: about_decisions,
    Letter.DEPUTY: about_deputies,
    Letter.TEACHING: about_teaching,
    Letter.PLANNED: about_interest,
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
