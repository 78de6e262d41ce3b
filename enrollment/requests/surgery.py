"""Runs of one course become one, or share their people anew: many moves in one transaction.

Both runs are locked in the order of their ids. Who held a promised seat keeps one where it can be
had (T19) and is asked again where the dates differ; everybody else stands in the other run's queue
under new numbers, drawn in the old order. Each person gets one letter.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Missing, Stale
from academy.core.keyed import Keyed
from academy.core.revisions import check_revision
from courses.planning import actions as planning, seat_rows
from courses.planning.enums import RunState
from courses.planning.models import Run
from courses.planning.rules import reconfirm_deadline
from enrollment.decisions import actions as decisions
from enrollment.decisions.rules import steps_for
from enrollment.requests import moving_rules, queries
from enrollment.requests.asking import asking_of, open_steps_of
from enrollment.requests.letters import ASKED_AGAIN, MOVED_FROM, MOVED_TO
from enrollment.requests.moving_rules import PROMISED
from enrollment.requests.rules import AskingFacts, Wishes
from enrollment.seats import actions as seats, entering, locks, queue
from enrollment.seats.enums import ACTIVE, Source, State
from enrollment.seats.models import Enrollment

MERGED, SPLIT = "merged", "split"


def merge_runs(
    *,
    run: UUID,
    into: UUID,
    actor: Actor,
    revision: int | None = None,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Run:
    """Move everybody of a thin run into another of the same course; the emptied run is cancelled.

    All of it or nothing. Promised seats first, then the queue, then open requests, each under a
    new row that is linked to the old one; nobody who waits in the other run is overtaken.
    """
    at = at or clock.now()
    with locks.refusing_conflicts(), transaction.atomic(durable=True):
        here, there = _both(run, into, revision=revision)
        for row in _in_old_order(here):
            _carry(row, there, reason=MERGED, actor=actor, at=at)
        planning.set_state(run=here, state=RunState.CANCELLED, actor=actor, at=at, reason=MERGED)
        queue.promote(there, cause=MERGED, actor=actor, at=at)
        if keyed:
            keyed.keep(here)
        return here


def split_run(
    *,
    run: UUID,
    into: UUID,
    actor: Actor,
    enrollments: Collection[UUID] = (),
    revision: int | None = None,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Run:
    """Move some people of a full run into another one of the same course.

    The named ones; without names those who wait, in their order, as far as seats are free there.
    Seats that come free in the first run go to its queue.
    """
    at = at or clock.now()
    with locks.refusing_conflicts(), transaction.atomic(durable=True):
        here, there = _both(run, into, revision=revision)
        for row in _chosen(here, there, set(enrollments)):
            _carry(row, there, reason=SPLIT, actor=actor, at=at)
        for either in (here, there):
            queue.promote(either, cause=SPLIT, actor=actor, at=at)
        if keyed:
            keyed.keep(here)
        return here


def _chosen(here: Run, there: Run, named: set[UUID]) -> list[Enrollment]:
    rows = _in_old_order(here)
    if not named:
        waiting = [row for row in rows if row.state == State.WAITLISTED]
        return waiting[: _room(there)]
    chosen = [row for row in rows if row.public_id in named]
    if len(chosen) < len(named):
        raise Stale(
            "not_in_run",
            _("Somebody whom you chose is no longer in this run. Please look at the list again."),
        )
    return chosen


def _room(run: Run) -> int | None:
    return None if run.capacity is None else seat_rows.count_free_seats(run.pk)


def _both(source: UUID, target: UUID, *, revision: int | None) -> tuple[Run, Run]:
    """Both runs, locked in the order of their ids; refuses what cannot be brought together."""
    found = dict(Run.objects.filter(public_id__in=[source, target]).values_list("public_id", "pk"))
    if source not in found or target not in found:
        raise Missing("unknown_run", _("There is no such run."))
    locks.hold_runs(found.values())
    rows = Run.objects.select_for_update(of=("self",)).order_by("pk")
    runs = {run.public_id: run for run in rows.filter(pk__in=found.values())}
    here, there = runs[source], runs[target]
    check_revision(here.revision, revision)
    moving_rules.check_can_join(
        same_run=source == target,
        same_course=here.course_id == there.course_id,
        source_state=here.state,
        target_state=there.state,
    )
    return here, there


ORDER = (State.CONFIRMED, State.RECONFIRM, State.OFFERED, State.WAITLISTED, State.REQUESTED)


def _in_old_order(run: Run) -> list[Enrollment]:
    """Holders as they came, then the queue as it stands, then open requests."""
    rows = list(
        Enrollment.objects.select_for_update(of=("self",))
        .filter(run=run, state__in=ACTIVE)
        .select_related("person", "court", "appointment")
    )
    for row in rows:
        row.run = run
    return sorted(rows, key=_place)


def _place(row: Enrollment) -> tuple[int, int, int]:
    if row.state in PROMISED:
        return 0, 0, row.pk
    return ORDER.index(State(row.state)), row.priority_class, row.queue_number or 0


def _carry(row: Enrollment, there: Run, *, reason: str, actor: Actor, at: datetime) -> None:
    """End the row here and begin a linked one there, unless the person stands there already."""
    facts, was = _facts(row, there, at), State(row.state)
    twin = _twin(row, there) if facts.twin_state else None
    if facts.has_left or facts.teaches or (twin and not _is_better(row, twin)):
        _end(row, State.CANCELLED, reason=reason, actor=actor, at=at)
        return
    moved_to = {MOVED_TO: str(there.public_id)}
    end = State.TRANSFERRED if was in PROMISED else State.CANCELLED
    _end(row, end, reason=reason, actor=actor, at=at, data=moved_to)
    if twin:
        _end(twin, State.CANCELLED, reason=reason, actor=actor, at=at, data=moved_to)
    _begin(row, was, facts, there, actor=actor, at=at)


def _end(
    row: Enrollment,
    state: State,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
    data: dict[str, Any] | None = None,
) -> None:
    seats.move(row, state, actor=actor, at=at, reason=reason, data=data)
    decisions.close_open_steps(row, actor=actor, at=at)


def _facts(row: Enrollment, there: Run, at: datetime) -> AskingFacts:
    post = row.appointment.public_id if row.appointment else None
    asked: dict[str, Any] = {"run": there.public_id, "person": row.person_id, "today": at.date()}
    facts = queries.asking_facts(**asked, appointment=post)
    if facts and post and facts.appointment_id is None:
        facts = queries.asking_facts(**asked)  # that post has ended since
    if facts is None:
        raise Missing("unknown_run", _("There is no such run."))
    return facts


def _twin(row: Enrollment, there: Run) -> Enrollment | None:
    rows = Enrollment.objects.select_for_update(of=("self",)).select_related("run", "person")
    return rows.filter(run=there, person=row.person_id, state__in=ACTIVE).first()


def _is_better(row: Enrollment, twin: Enrollment) -> bool:
    """Whether a promised seat replaces a mere place in the other run's queue."""
    return row.state in PROMISED and twin.state not in PROMISED


def _begin(
    row: Enrollment, was: State, facts: AskingFacts, there: Run, *, actor: Actor, at: datetime
) -> None:
    """The new row: a request where the other run asks for decisions, a seat, or the queue."""
    asking = _asking(row, facts, at)
    steps = steps_for(facts.mode, facts.own_steps)
    if was == State.REQUESTED and (steps or facts.is_gathering):
        new = entering.request(asking, holds_seat=facts.holds_seat, actor=actor, at=at)
        new.run, new.person = there, row.person
        if steps:
            open_steps_of(new, facts, steps, actor=actor, at=at)
        return
    if (was in PROMISED or not facts.is_limited) and _seat(row, asking, there, actor=actor, at=at):
        return
    entering.queue_up(asking, actor=actor, at=at)


def _asking(row: Enrollment, facts: AskingFacts, at: datetime) -> entering.Asking:
    """As the person stood: wishes, class and its reasons are frozen and come along."""
    wishes = Wishes(short_notice=row.short_notice, auto_accept=row.auto_accept)
    return replace(
        asking_of(facts, Source(row.source), wishes, at),
        previous_id=row.pk,
        answer_by=None,
        priority_class=row.priority_class,
        priority_reasons=row.priority_reasons,
        clash_allowed=False,
        nominated_by={MOVED_FROM: str(row.public_id)},
    )


def _seat(
    row: Enrollment, asking: entering.Asking, there: Run, *, actor: Actor, at: datetime
) -> bool:
    """Give a seat there if one can be had; where the dates differ the person is asked again.

    A clash that the move made stands until the person has answered.
    """
    clash = queries.clashes_with(run_id=there.pk, person_id=row.person_id, apart_from=row.pk)
    is_dated = there.starts_at is not None and there.busy != row.run.busy
    said = asking.nominated_by | ({ASKED_AGAIN: "yes"} if is_dated else {})
    claim = replace(asking, clash_allowed=clash, nominated_by=said)
    new = entering.claim(claim, actor=actor, at=at)
    if new is None:
        return False
    if is_dated:
        again = Enrollment.objects.select_related("run", "person").get(pk=new.pk)
        due_at = reconfirm_deadline(now=at, starts_at=there.starts_at)
        moved_from = {MOVED_FROM: str(row.public_id)}
        seats.move(again, State.RECONFIRM, actor=actor, at=at, due_at=due_at, data=moved_from)
    return True
