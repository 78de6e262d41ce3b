"""People who leave, move court or are promoted: their places in runs still ahead follow.

Decided under the run's lock from the facts of that moment, so looking twice changes nothing.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Missing
from academy.core.keyed import Keyed
from academy.core.revisions import check_revision
from academy.ledger.actions import Fact, record
from academy.people.models import Appointment
from courses.planning.enums import AHEAD
from enrollment.decisions import actions as decisions
from enrollment.decisions.enums import Decider, StepState
from enrollment.decisions.rules import court_that_decides
from enrollment.requests import queries, settling
from enrollment.requests.following_rules import Footing, Outlook, outlook
from enrollment.requests.models import LostPost, PostCheck
from enrollment.requests.rules import AskingFacts
from enrollment.seats import locks, queue
from enrollment.seats.enums import ACTIVE, HOLDING, LEFT_SERVICE
from enrollment.seats.models import Enrollment

LOST_POST = "lost_post"


def look_at(checks: Iterable[tuple[int, datetime]]) -> None:
    """Write down which people's places are to be looked at from when on; who has none now and is
    to be looked at at once is left out.
    """
    now, wanted = clock.now(), sorted(set(checks))
    people = [person for person, due_at in wanted if due_at <= now]
    placed = set(_places(people).values_list("person_id", flat=True)) if people else set()
    PostCheck.objects.bulk_create(
        [
            PostCheck(person_id=person, due_at=due_at)
            for person, due_at in wanted
            if due_at > now or person in placed
        ],
        ignore_conflicts=True,
    )


def due_places(now: datetime, *, limit: int = 500) -> dict[PostCheck, list[tuple[int, int]]]:
    """The looks that are due, the oldest first, each with the (enrolment, run) pairs to look at."""
    checks = list(PostCheck.objects.filter(due_at__lte=now).order_by("due_at", "person")[:limit])
    places: dict[int, list[tuple[int, int]]] = {}
    people = [check.person_id for check in checks]
    for person, enrollment, run in _places(people).values_list("person_id", "pk", "run_id"):
        places.setdefault(person, []).append((enrollment, run))
    return {check: places.get(check.person_id, []) for check in checks}


def _places(people: Collection[int]) -> QuerySet[Enrollment]:
    rows = Enrollment.objects.filter(person__in=people, state__in=ACTIVE, run__state__in=AHEAD)
    return rows.order_by("pk")


def follow(*, enrollment: int, run: int, actor: Actor, at: datetime) -> Outlook:
    """Bring one enrolment to what the posts of its holder say today."""
    with transaction.atomic(durable=not connection.in_atomic_block):
        locks.hold_run(run)
        row = _active(enrollment)
        if row is None:
            return Outlook.STAYS
        facts = _facts_today(row, at)
        found = outlook(_footing(row, facts, at))
        match found:
            case Outlook.ENDS:
                settling.call_off(row, reason=LEFT_SERVICE, actor=actor, at=at)
            case Outlook.FOLLOWS:
                _follow(row, facts, actor=actor, at=at)
            case Outlook.ASKS:
                _ask_registrar(row, actor=actor, at=at)
            case Outlook.STAYS:
                LostPost.objects.filter(enrollment=row, kept_at=None).delete()  # given back
    return found


def keep_place(
    *,
    enrollment: UUID,
    actor: Actor,
    revision: int | None = None,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Enrollment:
    """The registrar lets somebody keep the place although the post behind it has ended.

    Seat, pool and number stay; where there is another post, court and head are its own from now.
    """

    def keep(row: Enrollment, now: datetime) -> None:
        LostPost.objects.filter(enrollment=row).update(kept_at=now)
        facts = _facts_today(row, now)
        if facts and facts.appointment_id:
            _stand_on(row, facts, row.pool_ids)
            _ask_the_new_head(row, facts, actor=actor, at=now)
        record([_fact(row, "post.kept")], actor=actor, at=now)

    return _settle(enrollment, keep, revision=revision, keyed=keyed, at=at)


def cancel_place(
    *,
    enrollment: UUID,
    actor: Actor,
    revision: int | None = None,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Enrollment:
    """The registrar ends a place whose post has ended; the seat goes to the queue."""

    def cancel(row: Enrollment, now: datetime) -> None:
        settling.call_off(row, reason=LOST_POST, actor=actor, at=now)

    return _settle(enrollment, cancel, revision=revision, keyed=keyed, at=at)


def _settle(
    enrollment: UUID,
    change: Callable[[Enrollment, datetime], None],
    *,
    revision: int | None,
    keyed: Keyed | None,
    at: datetime | None,
) -> Enrollment:
    """Lock the run, read the place, change it, where it still waits for the registrar."""
    with locks.refusing_conflicts(), transaction.atomic(durable=True):
        lost = LostPost.objects.filter(enrollment__public_id=enrollment)
        for run in lost.values_list("enrollment__run_id", flat=True):
            locks.hold_run(run)
        waiting = lost.filter(kept_at=None).first()
        row = _active(waiting.enrollment_id) if waiting else None
        if row is None:
            raise Missing("unknown_enrollment", _("There is no such enrolment."))
        check_revision(row.revision, revision)
        change(row, at or clock.now())
        if keyed:
            keyed.keep(row)
    return row


def _active(enrollment: int) -> Enrollment | None:
    rows = Enrollment.objects.select_for_update(of=("self",)).filter(
        pk=enrollment, state__in=ACTIVE, run__state__in=AHEAD
    )
    return rows.select_related("run", "person", "court", "appointment", "seat").first()


def _today(at: datetime) -> date:
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def _facts_today(row: Enrollment, at: datetime) -> AskingFacts | None:
    """The run as the holder would ask for it today: under the same post if held, else another."""
    today, post = _today(at), row.appointment
    is_held = post is not None and _holds(post, today)
    return queries.asking_facts(
        run=row.run.public_id,
        person=row.person_id,
        today=today,
        appointment=post.public_id if post is not None and is_held else None,
    )


def _holds(post: Appointment, day: date) -> bool:
    first, after_last = post.period.lower, post.period.upper
    return first <= day and (after_last is None or day < after_last)


def _footing(row: Enrollment, facts: AskingFacts | None, at: datetime) -> Footing:
    starts_at, holds = row.run.starts_at, row.state in HOLDING
    return Footing(
        today=_today(at),
        left_on=row.person.left_on,
        starts_on=starts_at and starts_at.astimezone(ZoneInfo(row.run.time_zone)).date(),
        has_post=row.appointment_id is not None,
        is_unchanged=facts is not None
        and (facts.appointment_id, facts.court_id) == (row.appointment_id, row.court_id)
        and (holds or facts.pool_ids == row.pool_ids or _was_kept(row)),
        has_new_post=facts is not None and facts.appointment_id is not None,
        seat_pool=row.seat.pool_id if row.seat else None,
        needs_seat=row.needs_seat,
        pools=facts.pool_ids if facts else (),
        has_decider=facts is not None and (_head_court(facts) is not None or not _open_at(row)),
    )


def _was_kept(row: Enrollment) -> bool:
    """Whether the registrar let it stand, pools and all, when an earlier post was lost."""
    kept = LostPost.objects.filter(enrollment=row, kept_at__isnull=False)
    return kept.exclude(appointment=row.appointment_id).exists()


def _follow(row: Enrollment, facts: AskingFacts | None, *, actor: Actor, at: datetime) -> None:
    """Court, pools and open questions are the new post's; the queue number stays as drawn."""
    if facts is None:
        raise RuntimeError("Nobody follows to a post that is not there.")
    _stand_on(row, facts, facts.pool_ids)
    LostPost.objects.filter(enrollment=row).delete()
    record([_fact(row, "post.followed")], actor=actor, at=at)
    _ask_the_new_head(row, facts, actor=actor, at=at)
    queue.promote(row.run, cause="post", actor=actor, at=at)


def _stand_on(row: Enrollment, facts: AskingFacts, pools: list[int]) -> None:
    row.appointment_id, row.court_id, row.pool_ids = facts.appointment_id, facts.court_id, pools
    row.revision += 1
    row.save(update_fields=["appointment_id", "court_id", "pool_ids", "revision"])


def _ask_the_new_head(row: Enrollment, facts: AskingFacts, *, actor: Actor, at: datetime) -> None:
    """What was answered stays; what a head has still to answer is asked at the new court."""
    court = _head_court(facts)
    if court is not None:
        decisions.ask_at_court(row, court_id=court, time_zone=facts.time_zone, actor=actor, at=at)


def _head_court(facts: AskingFacts) -> int | None:
    return court_that_decides(
        court_id=facts.court_id, parent_id=facts.court_parent_id, is_head=facts.is_head
    )


def _open_at(row: Enrollment) -> bool:
    return row.decisions.filter(state=StepState.OPEN, decider=Decider.HEAD).exists()


def _ask_registrar(row: Enrollment, *, actor: Actor, at: datetime) -> None:
    """Once for each lost post: what the registrar kept is not asked again."""
    if LostPost.objects.filter(enrollment=row, appointment=row.appointment_id).exists():
        return
    lost = {"appointment_id": row.appointment_id, "lost_at": at, "kept_at": None}
    LostPost.objects.update_or_create(enrollment=row, defaults=lost)
    record([_fact(row, "post.lost")], actor=actor, at=at)


def _fact(row: Enrollment, kind: str) -> Fact:
    """The subject is the enrolment; which state it is in is told by its own events alone."""
    court = row.court.code if row.court else ""
    data = {"state": row.state, "court": court, "revision": row.revision}
    return Fact(
        kind,
        "enrollment",
        row.public_id,
        context_id=row.run.public_id,
        person_id=row.person.public_id,
        data=data,
    )
