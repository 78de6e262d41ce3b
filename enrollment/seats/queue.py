"""The queue: who gets a seat that came free, and why others were passed over.

Order is (priority class, queue number). The caller holds the run's lock alone. Work ends with the
last free seat, so its cost follows the seats that came free, not the length of the queue.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from academy.core.actor import Actor
from academy.core.errors import Refused
from academy.courts.models import Court
from academy.courts.queries import office_hours
from courses.planning import seat_rows
from courses.planning.enums import ASKING
from courses.planning.fields import MultiRangeField
from courses.planning.models import Run, Seat
from courses.planning.rules import is_short_notice, last_offer_moment, offer_deadline
from enrollment.seats import actions, locks
from enrollment.seats.enums import HOLDING, State
from enrollment.seats.models import Enrollment, PromotionLook, PromotionPass
from enrollment.seats.queries import held_beside

BATCH = 50
PROMOTED, SKIPPED = "promoted", "skipped"
FARTHEST = timedelta(days=60)  # no calendar is read beyond this for an answer window
SWEEP = "sweep"


@dataclass(frozen=True, slots=True)
class Look:
    """What one pass decided about one waiting person."""

    enrollment: Enrollment
    verdict: str
    reason: str = ""


def promote(run: Run, *, cause: str, actor: Actor, at: datetime) -> list[Look]:
    """Give free seats to those who wait, in order, and write down the look at each of them.

    After the promotion cut-off, and for a run that takes nobody, nothing happens. A seat is offered
    with a deadline, or given at once where the run says so (T11, T12).
    """
    if run.state not in ASKING or at >= _last_moment(run, at) or not _someone_waits(run.pk):
        return []
    free = seat_rows.count_free_seats(run.pk)
    soon = is_soon(run, at=at)
    looks: list[Look] = []
    while _left(run.pk) and (batch := _next_waiting(run.pk, after=looks)):
        clashing = with_clash(batch)
        for enrollment in batch:
            skip = _why_not(enrollment, clashes=enrollment.pk in clashing, soon=soon)
            look = skip or _consider(run, enrollment, actor=actor, at=at)
            looks.append(look)
            if look.verdict == PROMOTED and not _left(run.pk):
                break
    _write_pass(run, looks, cause=cause, free=free, at=at)
    return looks


def _why_not(enrollment: Enrollment, *, clashes: bool, soon: bool) -> Look | None:
    """Why no seat is tried for this person, if so."""
    if clashes:
        return Look(enrollment, SKIPPED, "clash")
    if soon and not enrollment.short_notice:
        return Look(enrollment, SKIPPED, "short_notice")
    return None


def is_soon(run: Run, *, at: datetime) -> bool:
    """Whether only those who said "short notice is fine" are offered a seat now."""
    return is_short_notice(now=at, hours=run.short_notice_hours, starts_at=run.starts_at)


def _consider(run: Run, enrollment: Enrollment, *, actor: Actor, at: datetime) -> Look:
    try:
        with transaction.atomic():
            is_seated = _seat(run, enrollment, actor=actor, at=at)
    except IntegrityError as error:  # seated elsewhere since we looked: that is their affair alone
        if locks.broken_constraint(error) != "enrollment_no_clash":
            raise
        enrollment.refresh_from_db()
        return Look(enrollment, SKIPPED, "clash")
    return Look(enrollment, PROMOTED) if is_seated else Look(enrollment, SKIPPED, "pool_exhausted")


def _seat(run: Run, enrollment: Enrollment, *, actor: Actor, at: datetime) -> bool:
    seat_id = seat_rows.take_seat(enrollment.pool_ids)
    if seat_id is None:
        return False
    hand_over(run, enrollment, seat_id, actor=actor, at=at)
    return True


def hand_over(
    run: Run,
    enrollment: Enrollment,
    seat_id: int | None,
    *,
    actor: Actor,
    at: datetime,
    reason: str = "",
    note: str = "",
    asks: bool | None = None,
) -> None:
    """Give the seat at once where the run or the person chose so (T12), else offer it (T11)."""
    if asks is None:
        asks = not (run.auto_accept or enrollment.auto_accept)
    due_at = offer_until(run, at=at, court=enrollment.court) if asks else None
    state = State.OFFERED if asks else State.CONFIRMED
    actions.move(
        enrollment,
        state,
        actor=actor,
        at=at,
        seat_id=seat_id,
        due_at=due_at,
        reason=reason,
        note=note,
    )


def offer_until(run: Run, *, at: datetime, court: Court | None = None) -> datetime:
    """Until when an offer made now is kept, in working hours of the person's court."""
    last = _last_moment(run, at)
    office = office_hours(
        at,
        min(last, at + FARTHEST),
        time_zone=court.time_zone if court else run.time_zone,
        region_id=court.region_id if court else None,
    )
    return offer_deadline(now=at, hours=run.offer_hours, last_moment=last, office=office)


def promote_out_of_order(
    run: Run, enrollment: Enrollment, *, reason: str, actor: Actor, at: datetime, note: str = ""
) -> None:
    """Give a free seat to one who waits, past the others: the registrar's act, marked as such.

    A seat of the person's own pools first, else any free one of the run. Refused after the
    promotion cut-off, at a clash, and where no seat is free.
    """
    if run.state not in ASKING or at >= _last_moment(run, at):
        raise Refused("too_late", _("No seat is given from the waiting list any more."))
    if has_clash(enrollment):
        raise Refused("clash", _("This person holds a seat elsewhere at the same time."))
    free = Seat.objects.filter(run_id=run.pk, free=True).order_by("pool_id")
    others = free.values_list("pool_id", flat=True).distinct()
    seat_id = seat_rows.take_seat([*enrollment.pool_ids, *others])
    if seat_id is None:
        raise Refused("no_free_seat", _("No seat is free in this run."))
    enrollment.out_of_order = True
    hand_over(run, enrollment, seat_id, actor=actor, at=at, reason=reason, note=note)


def _last_moment(run: Run, at: datetime) -> datetime:
    return last_offer_moment(promote_until=run.promote_until, starts_at=run.starts_at, now=at)


def _left(run_id: int) -> bool:
    return Seat.objects.filter(run_id=run_id, free=True).exists()


def _someone_waits(run_id: int) -> bool:
    return Enrollment.objects.filter(run_id=run_id, state=State.WAITLISTED).exists()


def _next_waiting(run_id: int, *, after: list[Look]) -> list[Enrollment]:
    waiting = (
        Enrollment.objects.select_for_update(of=("self",))
        .filter(run_id=run_id, state=State.WAITLISTED)
        .select_related("run", "person", "court")
        .order_by("priority_class", "queue_number")
    )
    skipped = [look.enrollment.pk for look in after if look.verdict == SKIPPED]
    return list(waiting.exclude(pk__in=skipped)[:BATCH])


CLASHES = f"""
SELECT waiting.id FROM enrollment_enrollment waiting
 WHERE waiting.id = ANY(%s) AND EXISTS ({held_beside("waiting")})
"""  # noqa: S608


def with_clash(batch: list[Enrollment]) -> set[int]:
    """Those of the batch who already hold a seat elsewhere at the same time.

    Their other enrolment may be taken between this look and the write; then the exclusion
    constraint refuses that one promotion.
    """
    with connection.cursor() as cursor:
        cursor.execute(CLASHES, [[enrollment.pk for enrollment in batch]])
        return {row[0] for row in cursor.fetchall()}


def has_clash(enrollment: Enrollment) -> bool:
    """Whether this person already holds a seat elsewhere at the same time."""
    return bool(with_clash([enrollment]))


def clashes_of(enrollment: Enrollment) -> list[int]:
    """The person's other held seats at the times now on the row, perhaps not yet written.

    A seat that was itself allowed beside this one is no clash.
    """
    held = (
        Enrollment.objects.filter(person_id=enrollment.person_id, state__in=HOLDING)
        .exclude(pk=enrollment.pk)
        .exclude(clash_with__contains=[enrollment.pk])
        .extra(where=["busy && %s"], params=[MultiRangeField().get_prep_value(enrollment.busy)])
    )
    return list(held.order_by("pk").values_list("pk", flat=True))


def allow_clashes(enrollment: Enrollment, clashes: list[int]) -> None:
    """Let the row stand beside these held seats and no others; the caller writes it."""
    enrollment.clash_allowed, enrollment.clash_with = bool(clashes), clashes


def pools_without_waiters_ahead(enrollment: Enrollment, *, soon: bool = False) -> list[int]:
    """The person's pools, most specific first, for which nobody with an earlier place waits.

    Who waits but sits elsewhere at the same time holds nobody up, nor (when it is `soon`) who
    wants no seat at short notice.
    """
    with connection.cursor() as cursor:
        cursor.execute(POOLS_AHEAD, [enrollment.pk, soon])
        return [row[0] for row in cursor.fetchall()]


POOLS_AHEAD = f"""
SELECT mine.pool
  FROM enrollment_enrollment me, unnest(me.pool_ids) WITH ORDINALITY AS mine (pool, place)
 WHERE me.id = %s AND NOT EXISTS (
        SELECT FROM enrollment_enrollment ahead
         WHERE ahead.run_id = me.run_id AND ahead.state = 'waitlisted'
           AND mine.pool = ANY(ahead.pool_ids)
           AND (ahead.priority_class, ahead.queue_number) < (me.priority_class, me.queue_number)
           AND (ahead.short_notice OR NOT %s)
           AND NOT EXISTS ({held_beside("ahead")}))
 ORDER BY mine.place
"""  # noqa: S608


def _says_nothing_new(looks: list[Look]) -> bool:
    """Whether everybody was passed over for the reason they know: the sweep comes each minute."""
    last = dict(
        PromotionLook.objects.filter(enrollment__in=[look.enrollment.pk for look in looks])
        .order_by("enrollment", "-pk")
        .distinct("enrollment")
        .values_list("enrollment", "reason")
    )
    return all(
        look.verdict == SKIPPED and last.get(look.enrollment.pk) == look.reason for look in looks
    )


def _write_pass(run: Run, looks: list[Look], *, cause: str, free: int, at: datetime) -> None:
    if not looks or (cause == SWEEP and _says_nothing_new(looks)):
        return
    promotion_pass = PromotionPass.objects.create(
        run=run,
        at=at,
        cause=cause,
        free_before=free,
        promoted=sum(look.verdict == PROMOTED for look in looks),
    )
    PromotionLook.objects.bulk_create(
        PromotionLook(
            promotion_pass=promotion_pass,
            enrollment=look.enrollment,
            position=position,
            verdict=look.verdict,
            reason=look.reason,
        )
        for position, look in enumerate(looks, start=1)
    )
