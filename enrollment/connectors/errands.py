"""Errands on their way: written once, leased to one worker, tried again, settled."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from academy.core import clock
from enrollment.connectors import rules
from enrollment.connectors.enums import Connector, ErrandState
from enrollment.connectors.models import Errand

LEASE = timedelta(minutes=5)  # longer than a turn may take


def write(errands: Iterable[Errand]) -> None:
    """Write errands down; one that is there already stays as it is."""
    Errand.objects.bulk_create(errands, batch_size=1_000, ignore_conflicts=True)


def claim(connector: Connector, limit: int, *, in_order: bool) -> list[Errand]:
    """Lease what is due, the oldest first; `in_order`: of each subject only what comes next."""
    now = clock.now()
    is_free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
    due = Errand.objects.filter(
        is_free, connector=connector, state=ErrandState.WAITING, due_at__lte=now
    )
    if in_order:
        older = Errand.objects.filter(
            connector=connector,
            state=ErrandState.WAITING,
            subject_id=OuterRef("subject_id"),
            pk__lt=OuterRef("pk"),
        )
        due = due.filter(~Exists(older))
    with transaction.atomic():
        rows = list(due.select_for_update(skip_locked=True).order_by("pk")[:limit])
        Errand.objects.filter(pk__in=[row.pk for row in rows]).update(
            lease_until=now + LEASE, attempts=F("attempts") + 1
        )
    return rows


def settle(errands: Sequence[Errand], state: ErrandState, answer: str = "") -> None:
    """Close errands for good, with what was answered where it is worth keeping."""
    Errand.objects.filter(pk__in=[errand.pk for errand in errands]).update(
        state=state, answer=answer[:500], lease_until=None, settled_at=clock.now()
    )


def try_again(errands: Sequence[Errand], answer: str, *, patience: int | None = None) -> None:
    """Put errands off, ever longer; after `patience` tries, if that is given, give them up."""
    now: datetime = clock.now()
    for errand in errands:
        tries = errand.attempts + 1  # as the claim counted
        if patience is not None and tries >= patience:
            settle([errand], ErrandState.GIVEN_UP, answer)
            continue
        Errand.objects.filter(pk=errand.pk).update(
            answer=answer[:500], lease_until=None, due_at=now + rules.pause_after(tries)
        )
