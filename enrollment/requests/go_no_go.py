"""Will a run have enough people? Asked by the clock around its go or no-go date.

And by the ledger afterwards: has a run that was to go ahead lost too many?
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Refused
from academy.ledger.actions import Fact, record
from academy.ledger.queries import history_of
from courses.planning import actions as planning
from courses.planning.enums import ASKING, RunState
from courses.planning.models import Run
from enrollment.requests.desk_queries import with_numbers
from enrollment.seats import locks
from enrollment.seats.enums import HOLDING
from enrollment.seats.models import Enrollment
from enrollment.seats.queries import last_fall

log = structlog.get_logger(__name__)

WARNED = "run.at_risk"
WARN_BEFORE = timedelta(days=3)
BATCH = 200


def judge_sizes(now: datetime | None = None) -> int:
    """On its date a run that has enough people is going ahead; how many were judged or warned of.

    One that has too few is never cancelled by the clock: three days before the date an event says
    so, once per date, and the desk lists the run until somebody decides.
    """
    now = now or clock.now()
    judged = 0
    for run_id in _due(now).values_list("pk", flat=True)[:BATCH]:
        try:
            with locks.refusing_conflicts():
                judged += _judge(run_id, now)
        except Refused as refusal:  # busy now: the next minute comes
            log.info("requests.put_off", code=refusal.code)
    return judged


def _due(now: datetime) -> QuerySet[Run]:
    rows = Run.objects.filter(
        Q(state=RunState.PUBLISHED) | Q(state=RunState.GOING_AHEAD, decide_by__gt=now),
        minimum_size__gt=0,
        decide_by__lte=now + WARN_BEFORE,
        starts_at__gt=now,
    )
    return rows.order_by("decide_by", "pk")


def _judge(run_id: int, now: datetime) -> int:
    with transaction.atomic():
        locks.hold_run(run_id)
        run = _due(now).select_for_update(of=("self",)).filter(pk=run_id).first()
        if run is None or run.decide_by is None:  # decided on since we looked
            return 0
        held = Enrollment.objects.filter(run=run, state__in=HOLDING).count()
        enough = held >= run.minimum_size
        if enough and run.decide_by <= now:
            planning.set_state(run=run, state=RunState.GOING_AHEAD, actor=_ACTOR, at=now)
            return 1
        return 0 if enough else _warn(run, held, now)


def _warn(run: Run, held: int, now: datetime) -> int:
    """Say once per date that people are missing."""
    date = run.decide_by.isoformat() if run.decide_by else ""
    if history_of(run.public_id).filter(type=WARNED, data__decide_by=date).exists():
        return 0
    fact = Fact(
        WARNED,
        "run",
        run.public_id,
        context_id=run.public_id,
        data={"held": held, "minimum_size": run.minimum_size, "decide_by": date},
    )
    record([fact], actor=_ACTOR, at=now)
    return 1


def fallen_short(runs: Iterable[UUID], now: datetime) -> dict[UUID, UUID]:
    """Which of these runs have too few people though their date is over, and by which event.

    Not those that never had enough: the registrar was told before the date and knows them from the
    desk, or let them go ahead as they are.
    """
    ahead = Run.objects.filter(public_id__in=set(runs), state__in=ASKING, starts_at__gt=now)
    decided = ahead.annotate(decides_at=Coalesce("decide_by", "enrollment_closes_at"))
    short = with_numbers(decided.filter(decides_at__lte=now)).filter(
        held__lt=F("minimum_size")  # type: ignore[misc]
    )
    falls = {
        run.public_id: last_fall(run.public_id, below=run.minimum_size)
        for run in short.order_by("pk")
    }
    return {run: event for run, event in falls.items() if event}


_ACTOR = Actor.system("requests.judge_sizes")
