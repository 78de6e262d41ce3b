"""Selection: requests are gathered until a date, then chosen from in one reproducible pass.

Order is the published one: priority class, then who was given fewest seats in the last year, then
the queue number (or a lot, where the registrar says so). A draw from the seed and the request's
public id settles what is still equal; seed and draw are stored, so the pass can be made again by
anybody and comes out the same. Who is not chosen waits in that very order, or is refused.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Missing
from academy.core.keyed import Keyed
from academy.ledger.actions import Fact, record
from courses.planning import seat_rows
from courses.planning.models import Run, Seat
from enrollment.decisions.rules import Verdict, verdict
from enrollment.requests.rules import Candidate, Choice, SelectionTerms, check_can_select, choose
from enrollment.seats import actions as seats, entering, locks, queue
from enrollment.seats.enums import State
from enrollment.seats.models import Enrollment, PromotionLook, PromotionPass

CAUSE = "selection"
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Selected:
    """What the pass decided about one request."""

    enrollment: Enrollment
    choice: Choice


@dataclass(frozen=True, slots=True)
class SelectionReport:
    """Everybody in the order of the pass, and the seed under which it comes out the same."""

    run: Run
    seed: int
    rows: Sequence[Selected]

    @property
    def chosen(self) -> int:
        """How many have a seat."""
        return sum(row.choice.is_chosen for row in self.rows)


def preview(*, run: UUID, terms: SelectionTerms, at: datetime | None = None) -> SelectionReport:
    """What a selection would come to now. Changes nothing."""
    at = at or clock.now()
    row = Run.objects.filter(public_id=run).first()
    if row is None:
        raise Missing("unknown_run", _("There is no such run."))
    return SelectionReport(row, terms.seed, _choices(row, terms, at))


def select(
    *,
    run: UUID,
    terms: SelectionTerms,
    actor: Actor,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> SelectionReport:
    """Choose from the gathered requests, once, after the enrolment window (T7, T8, T9).

    From now on the run is first come, first served. Requests whose decisions are still open keep
    their number and hold nobody up.
    """
    at = at or clock.now()
    with locks.refusing_conflicts(), transaction.atomic(durable=True):
        run_id = Run.objects.filter(public_id=run).values_list("pk", flat=True).first()
        if run_id is None:
            raise Missing("unknown_run", _("There is no such run."))
        locks.hold_run(run_id)
        row = Run.objects.select_for_update(of=("self",)).get(pk=run_id)
        check_can_select(
            row.enrollment_mode,
            row.state,
            selected_at=row.selected_at,
            closes_at=row.enrollment_closes_at,
            now=at,
        )
        report = SelectionReport(row, terms.seed, _choices(row, terms, at, lock=True))
        row.selected_at = at
        row.revision += 1
        row.save(update_fields=["selected_at", "revision"])
        _carry_out(report, terms, actor=actor, at=at)
        if keyed:
            keyed.keep(report)
    return report


def _choices(
    run: Run, terms: SelectionTerms, at: datetime, *, lock: bool = False
) -> list[Selected]:
    rows = Enrollment.objects.filter(run=run, state=State.REQUESTED).order_by("queue_number")
    if lock:
        rows = rows.select_for_update(of=("self",))
    asked = {row.pk: row for row in rows.select_related("person", "court")}
    for row in asked.values():
        row.run = run
    served = _seats_given(list(asked.values()), at)
    clashing = queue.with_clash(list(asked.values()))
    candidates = [
        Candidate(
            row.pk,
            row.priority_class,
            served.get(row.person_id, 0),
            row.queue_number or 0,
            _draw(terms.seed, row.public_id),
            tuple(row.pool_ids),
            holds_seat=row.seat_id is not None,
            is_decided=verdict(row.decisions.values_list("kind", "state")) == Verdict.YES,
            has_clash=row.pk in clashing,
        )
        for row in asked.values()
    ]
    free = _free_seats(run)
    return [Selected(asked[one.id], one) for one in choose(candidates, free, lot=terms.lot)]


def _draw(seed: int, request: UUID) -> str:
    """The lot of one request under a seed: nobody can steer it, everybody can check it."""
    return sha256(f"{seed}:{request}".encode()).hexdigest()[:16]


SERVED = """
SELECT person_id, count(*) FROM enrollment_enrollment enrolled
  JOIN courses_run run ON run.id = enrolled.run_id
 WHERE person_id = ANY(%s) AND enrolled.state IN ('confirmed', 'reconfirm', 'closed')
   AND run.starts_at BETWEEN %s AND %s
 GROUP BY person_id
"""


def _seats_given(asked: list[Enrollment], at: datetime) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(SERVED, [[row.person_id for row in asked], at - YEAR, at])
        return dict(cursor.fetchall())


def _free_seats(run: Run) -> dict[int, int] | None:
    if run.capacity is None:
        return None
    free: dict[int, int] = {}
    for pool in Seat.objects.filter(run=run, free=True).values_list("pool_id", flat=True):
        free[pool] = free.get(pool, 0) + 1
    return free


def _carry_out(
    report: SelectionReport, terms: SelectionTerms, *, actor: Actor, at: datetime
) -> None:
    for place, row in enumerate(report.rows, start=1):
        _settle(report.run, row, terms, place, actor=actor, at=at)
    _write_pass(report, at)
    data = {
        "seed": terms.seed,
        "lot": terms.lot,
        "offers": terms.offers,
        "rejects_rest": terms.rejects_rest,
        "asked": len(report.rows),
        "chosen": report.chosen,
    }
    public_id = report.run.public_id
    record(
        [Fact("run.selected", "run", public_id, context_id=public_id, data=data)],
        actor=actor,
        at=at,
    )
    queue.promote(report.run, cause=CAUSE, actor=actor, at=at)


def _settle(
    run: Run, row: Selected, terms: SelectionTerms, place: int, *, actor: Actor, at: datetime
) -> None:
    enrollment, choice = row.enrollment, row.choice
    if choice.is_chosen:
        seat_id = enrollment.seat_id
        if run.capacity is not None and seat_id is None:
            seat_id = seat_rows.take_seat(enrollment.pool_ids)
        queue.hand_over(run, enrollment, seat_id, actor=actor, at=at, asks=terms.offers)
    elif choice.reason == "undecided":
        return
    elif terms.rejects_rest or not enrollment.needs_seat:
        seats.move(enrollment, State.REJECTED, actor=actor, at=at, reason="not_selected")
    else:
        before = enrollment.queue_number
        entering.draw_again(enrollment)
        data = {"queue_number_before": before, "place": place}
        seats.move(enrollment, State.WAITLISTED, actor=actor, at=at, data=data)


def _write_pass(report: SelectionReport, at: datetime) -> None:
    made = PromotionPass.objects.create(
        run=report.run,
        at=at,
        cause=CAUSE,
        free_before=report.chosen,
        promoted=report.chosen,
        seed=report.seed,
    )
    PromotionLook.objects.bulk_create(
        PromotionLook(
            promotion_pass=made,
            enrollment=row.enrollment,
            position=position,
            verdict=queue.PROMOTED if row.choice.is_chosen else queue.SKIPPED,
            reason=row.choice.reason,
            facts=_facts(row.choice),
        )
        for position, row in enumerate(report.rows, start=1)
    )


def _facts(choice: Choice) -> dict[str, object]:
    names = ("priority_class", "served", "queue_number", "draw")
    return {name: value for name, value in asdict(choice).items() if name in names}
