"""Obligations follow the facts: what the rules say is reckoned anew, compared, written.

Reckoning is idempotent. The ledger's events name the people whose facts changed; a requirement that
was edited, and every requirement once a night, is reckoned for everybody, in batches that remember
how far they came.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time as hour
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from django.conf import settings
from django.db import connection, transaction

from academy.core.actor import Actor
from academy.ledger.actions import Fact, record
from academy.people.models import Person
from enrollment.credits import locks, owing
from enrollment.credits.enums import Duty
from enrollment.credits.facts import Reader
from enrollment.credits.models import Obligation, Requirement
from enrollment.credits.terms import Standing

BATCH = 2_000
TURN = 5.0  # seconds of one turn of the worker, which has mails to send in between
ME = Actor.system("credits.reckon")
LAST_MINUTE = hour(23, 59)


@dataclass(frozen=True, slots=True)
class Line:
    """An obligation as it is to be."""

    person: int
    first_day: date
    last_day: date
    due_at: datetime
    needed: Decimal
    earned: Decimal
    state: str
    met_on: date | None

    @property
    def key(self) -> tuple[int, date]:
        """What stays the same when it is reckoned anew."""
        return (self.person, self.first_day)


COLUMNS = tuple(name for name in Line.__slots__ if name != "person")

WRITE = """
INSERT INTO enrollment_obligation (public_id, requirement_id, person_id, first_day, last_day,
       due_at, needed, earned, state, met_on)
SELECT gen_random_uuid(), %(requirement)s, person, first_day, last_day, due_at, needed, earned,
       state, met_on
  FROM jsonb_to_recordset(%(lines)s::jsonb) AS line (
       person bigint, first_day date, last_day date, due_at timestamptz, needed numeric,
       earned numeric, state text, met_on date)
    ON CONFLICT (requirement_id, person_id, first_day) DO UPDATE
   SET last_day = excluded.last_day, due_at = excluded.due_at, needed = excluded.needed,
       earned = excluded.earned, state = excluded.state, met_on = excluded.met_on
"""


def reckon(*, people: Iterable[int], now: datetime) -> int:
    """Bring the obligations of these people, by every requirement, to the facts; how many changed.

    Runs inside a transaction of the caller's: the handler's, with its cursor.
    """
    wanted = sorted(set(people))
    requirements = list(Requirement.objects.select_related("audience")) if wanted else []
    if not requirements:
        return 0
    locks.hold_reckoning()
    return sum(_reckon(Reader(each), wanted, now) for each in requirements)


def reckon_due(now: datetime, *, seconds: float = TURN) -> int:
    """Reckon for everybody what was asked for: edited requirements, and all of them at night.

    A turn of it; the next look goes on. Each batch commits with the place it came to, so that a
    worker that is killed loses one batch.
    """
    total, ends = 0, time.monotonic() + seconds
    while time.monotonic() < ends:
        changed = _next_batch(now)
        if changed is None:
            break
        total += changed
    return total


def ask_all() -> int:
    """Ask that every requirement be reckoned for everybody: days pass without an event."""
    return Requirement.objects.update(reckon_after=0)


def _next_batch(now: datetime) -> int | None:
    with transaction.atomic(durable=not connection.in_atomic_block):
        waiting = Requirement.objects.select_for_update(of=("self",), skip_locked=True)
        row = waiting.filter(reckon_after__isnull=False).select_related("audience").first()
        if row is None:
            return None
        after = Person.objects.filter(pk__gt=row.reckon_after or 0).order_by("pk")
        people = list(after.values_list("pk", flat=True)[:BATCH])
        locks.hold_reckoning()
        changed = _reckon(Reader(row), people, now)
        row.reckon_after = people[-1] if len(people) == BATCH else None
        row.save(update_fields=["reckon_after"])
        return changed


def _reckon(reader: Reader, people: Sequence[int], now: datetime) -> int:
    """Compare what is with what is to be, and write the difference with its events."""
    wanted = {line.key: line for line in lines_of(reader, people, now)}
    rows = Obligation.objects.filter(requirement=reader.requirement, person__in=people)
    present = {(row.person_id, row.first_day): row for row in rows}
    changed = [line for key, line in wanted.items() if _differs(present.get(key), line)]
    gone = [row for key, row in present.items() if key not in wanted]
    Obligation.objects.filter(pk__in=[row.pk for row in gone]).delete()
    _write(reader.requirement, changed)
    _tell(reader.requirement, _crossings(present, changed, gone), now)
    return len(changed) + len(gone)


def lines_of(reader: Reader, people: Sequence[int], now: datetime) -> list[Line]:
    """Every obligation of these people by one requirement, as the rules say today."""
    zone = ZoneInfo(settings.TIME_ZONE)
    today = now.astimezone(zone).date()
    return [
        _line(person, standing, zone)
        for person, facts in reader.facts(people).items()
        for standing in owing.standings(reader.terms, facts, today)
    ]


def _line(person: int, standing: Standing, zone: ZoneInfo) -> Line:
    return Line(
        person=person,
        first_day=standing.first_day,
        last_day=standing.last_day,
        due_at=datetime.combine(standing.due_on, LAST_MINUTE, zone),
        needed=standing.needed,
        earned=standing.earned,
        state=standing.state.value,
        met_on=standing.met_on,
    )


def _differs(row: Obligation | None, line: Line) -> bool:
    return row is None or any(getattr(row, name) != getattr(line, name) for name in COLUMNS)


def _write(requirement: Requirement, lines: Sequence[Line]) -> None:
    if not lines:
        return
    rows = [
        {"person": line.person} | {name: _json(getattr(line, name)) for name in COLUMNS}
        for line in lines
    ]
    values: dict[str, Any] = {"requirement": requirement.pk, "lines": orjson.dumps(rows).decode()}
    with connection.cursor() as cursor:
        cursor.execute(WRITE, values)


def _crossings(
    present: Mapping[tuple[int, date], Obligation],
    changed: Sequence[Line],
    gone: Sequence[Obligation],
) -> list[tuple[str, Line | Obligation]]:
    """What was met by this, and what is met no more: the two things that others are told."""
    told: list[tuple[str, Line | Obligation]] = []
    for line in changed:
        before = present.get(line.key)
        was_met = before is not None and before.state == Duty.MET
        if was_met != (line.state == Duty.MET):
            told.append(("obligation.reopened" if was_met else "obligation.met", line))
    told += [("obligation.reopened", row) for row in gone if row.state == Duty.MET]
    return told


def _tell(
    requirement: Requirement, crossings: Sequence[tuple[str, Line | Obligation]], now: datetime
) -> None:
    """The subject is the requirement: an obligation has no life of its own to be followed."""
    if not crossings:
        return
    wanted = {one.person if isinstance(one, Line) else one.person_id for _verb, one in crossings}
    people = dict(Person.objects.filter(pk__in=wanted).values_list("pk", "public_id"))
    facts = [
        Fact(
            verb,
            "requirement",
            requirement.public_id,
            context_id=requirement.public_id,
            person_id=people[one.person if isinstance(one, Line) else one.person_id],
            data={
                "requirement": requirement.code,
                "from": str(one.first_day),
                "to": str(one.last_day),
                "met_on": str(one.met_on or ""),
            },
        )
        for verb, one in crossings
    ]
    record(facts, actor=ME, at=now)


def _json(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value
