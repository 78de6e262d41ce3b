"""The monitor: asks every invariant, keeps the last answer, and says when one breaks or mends.

The ledger hears of a change only, once: `invariant.broken` and `invariant.restored`. What is asked
each minute and holds leaves a row with its time, no event.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

import structlog
from django.db import DatabaseError, connection, transaction

from academy.core import clock
from academy.core.actor import Actor
from academy.ledger.actions import Fact, record
from enrollment.seats.invariants import INVARIANTS, Finding, Invariant, check
from enrollment.seats.models import InvariantResult

OVERDUE = timedelta(minutes=5)
ACTOR = Actor.system("seats.watch")
SUBJECTS = UUID("7d1f9d0a-5f0e-4b53-8a52-6a3f5c1f4e11")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Standing:
    """One invariant and what was found last; `result` is None as long as nobody asked."""

    invariant: Invariant
    result: InvariantResult | None
    is_overdue: bool

    @property
    def is_broken(self) -> bool:
        """Whether the last answer found rows that break it."""
        return self.result is not None and self.result.count > 0


def watch(now: datetime | None = None, *, actor: Actor = ACTOR, all_of_them: bool = False) -> int:
    """Ask every invariant that is due and write down the answers; how many are broken now.

    A question that fails keeps its last answer, which grows old on the page; the others are asked.
    """
    now = now or clock.now()
    due = INVARIANTS if all_of_them else _due(now)
    findings = [finding for one in due if (finding := _ask(one, now)) is not None]
    with transaction.atomic(durable=not connection.in_atomic_block):
        _write(findings, now, actor=actor)
    return sum(standing.is_broken for standing in standings(now))


def standings(now: datetime) -> list[Standing]:
    """Every invariant with its last answer, in the order of the list."""
    results = InvariantResult.objects.in_bulk()
    return [_standing(one, results.get(one.code), now) for one in INVARIANTS]


def broken_counts() -> dict[str, int]:
    """How many rows break each invariant, as far as it was asked: the metric."""
    return dict(InvariantResult.objects.values_list("code", "count"))


def subject_of(code: str) -> UUID:
    """Under which subject the ledger keeps the story of one invariant."""
    return uuid5(SUBJECTS, code)


def _standing(one: Invariant, result: InvariantResult | None, now: datetime) -> Standing:
    is_overdue = result is not None and now - result.checked_at > one.every + OVERDUE
    return Standing(one, result, is_overdue)


def _due(now: datetime) -> list[Invariant]:
    """Those whose last answer is as old as their interval; broken ones each time."""
    results = InvariantResult.objects.in_bulk()
    return [
        one
        for one in INVARIANTS
        if (last := results.get(one.code)) is None
        or last.count
        or now - last.checked_at >= one.every
    ]


def _ask(one: Invariant, now: datetime) -> Finding | None:
    try:
        with transaction.atomic():
            return check(one, now=now)
    except DatabaseError as error:
        log.exception("seats.invariant_not_asked", code=one.code, error=type(error).__name__)
        return None


def _write(findings: Sequence[Finding], now: datetime, *, actor: Actor) -> None:
    """The answers as rows and, where an answer changed sides, as events."""
    codes = [finding.invariant.code for finding in findings]
    new = [InvariantResult(code=code, checked_at=now) for code in codes]
    InvariantResult.objects.bulk_create(new, ignore_conflicts=True)
    locked = InvariantResult.objects.select_for_update().filter(pk__in=codes).order_by("pk")
    rows = {row.code: row for row in locked}
    facts = []
    for finding in findings:
        row = rows[finding.invariant.code]
        if row.checked_at > now:  # another monitor has looked since
            continue
        if finding.holds == (row.broken_since is not None):
            row.broken_since = None if finding.holds else now
            facts.append(_fact(finding))
        row.checked_at, row.count, row.sample = now, finding.count, list(finding.sample)
        row.save(update_fields=["checked_at", "broken_since", "count", "sample"])
    if facts:
        record(facts, actor=actor, at=now)


def _fact(finding: Finding) -> Fact:
    code = finding.invariant.code
    verb = "invariant.restored" if finding.holds else "invariant.broken"
    return Fact(verb, "invariant", subject_of(code), data={"code": code, "count": finding.count})
