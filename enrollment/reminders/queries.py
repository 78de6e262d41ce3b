"""Who must be told of what happened, and the facts of a run that every mail may name."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from academy.access.enums import Role
from academy.access.models import Deputy, RoleGrant
from academy.people.models import Person
from courses.planning.enums import RunState
from courses.planning.models import Interest, Run
from enrollment.decisions.models import Decision
from enrollment.seats.enums import ACTIVE, State
from enrollment.seats.models import Enrollment

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
        "course": row["run_title"] or "",
        "run": row["run_code"] or "",
        "starts": row["run_starts_at"],
        "ends": row["run_ends_at"],
        "venue": row["run_venue"] or "",
        "city": row["run_city"] or "",
        "address": row["run_address"] or "",
        "link": row["run_link"] or "",
        "run_cancelled": row["run_state"] == RunState.CANCELLED,
    }


def run_columns(prefix: str) -> dict[str, F]:
    """The columns of a run as annotations of a row that reaches it by that path."""
    return {f"run_{name}": F(f"{prefix}{path}") for name, path in RUN_COLUMNS.items()}


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


def registrars(now: datetime) -> list[int]:
    """Who holds the office of registrar at present, and can sign in."""
    grants = RoleGrant.objects.filter(
        Q(period=None) | Q(period__contains=now),
        role=Role.REGISTRAR,
        account__is_active=True,
        account__person__isnull=False,
    )
    return list(
        grants.order_by("account__person").values_list("account__person", flat=True).distinct()
    )


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
    deputies = deputies_on(now.date(), {row[4] for row in heads})
    asked = {(step, head, due_at) for step, head, due_at, _asker, _court in heads}
    for step, head, due_at, asker, court in heads:
        asked |= {(step, one, due_at) for one in deputies[court, head] if one != asker}
    return sorted(asked, key=lambda one: (one[2], one[1]))


def deputies_on(day: date, courts: set[int]) -> dict[tuple[int, int], list[int]]:
    """Who stands in on that day, by court and head."""
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    rows = Deputy.objects.filter(court_id__in=courts, period__contains=day)
    for court, head, deputy in rows.values_list("court_id", "head_id", "deputy_id"):
        found[court, head].append(deputy)
    return found
