"""The letters about runs: to trainers, to who asked to be told, to the registrars."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q

from academy.messages.registry import Answer, Claimed, Holds, Untrue
from courses.planning.enums import ASKING, RunState
from courses.planning.models import Interest, Run
from enrollment.reminders.queries import RUN_COLUMNS, registrars, run_facts
from enrollment.seats.enums import HOLDING

TELL_TRAINERS_MOVED = (RunState.PUBLISHED, RunState.GOING_AHEAD, RunState.RUNNING)


def _subjects(messages: Sequence[Claimed]) -> list[UUID]:
    return [message.subject_id for message in messages]


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
    return Holds(run_facts(row) | {"change": said}, "/desk/", row["run_time_zone"])


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


def about_shortage(messages: Sequence[Claimed], now: datetime) -> Mapping[int, Answer]:
    """Told while people are missing, the run has not begun, and the reader is still registrar."""
    held = Count("enrollments", filter=Q(enrollments__state__in=HOLDING))
    found = Run.objects.filter(public_id__in=_subjects(messages)).annotate(
        held=held, **{f"run_{name}": F(path) for name, path in RUN_COLUMNS.items()}
    )
    names = [f"run_{name}" for name in RUN_COLUMNS]
    rows = {
        row["public_id"]: row for row in found.values("public_id", "held", "minimum_size", *names)
    }
    readers = set(registrars(now))
    return {
        message.id: _about_shortage(row, now, is_registrar=message.person_id in readers)
        for message in messages
        if (row := rows.get(message.subject_id))
    }


def _about_shortage(row: Mapping[str, Any], now: datetime, *, is_registrar: bool) -> Answer:
    if not is_registrar:
        return Untrue("not_registrar_any_more")
    if row["run_state"] not in ASKING:
        return Untrue(f"run_is_{row['run_state']}")
    if row["run_starts_at"] is None or row["run_starts_at"] <= now:
        return Untrue("run_began")
    if row["held"] >= row["minimum_size"]:
        return Untrue("minimum_reached")
    facts = run_facts(row) | {"held": row["held"], "minimum": row["minimum_size"]}
    return Holds(facts, f"/desk/runs/{row['public_id']}/", row["run_time_zone"])
