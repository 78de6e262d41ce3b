"""What the rules come to: which look is worth making, and what falls due."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.db import connection

from academy.core.working_days import WorkingCalendar
from academy.courts.queries import time_zones, working_calendars
from academy.people.models import Person
from enrollment.reminders import anchors, timing
from enrollment.reminders.anchors import IN_WINDOW, THESE_PEOPLE
from enrollment.reminders.enums import (
    MAY_BE_SWITCHED_OFF,
    URGENT_ANCHORS,
    Anchor,
    Recipient,
    Unit,
    kind_of,
)
from enrollment.reminders.models import ReminderRule
from enrollment.reminders.rules import LONGEST_USE
from enrollment.reminders.timing import DAY, DueDay, Place, Span

DIGEST_AT = time(8)
"""When a digest goes out, on the reader's own clock."""

AT_ONCE = 25_000
"""People per statement: what one of them can be told takes seconds, far from its time limit."""
NO_END = 2**63 - 1

Selected = tuple[str, dict[str, Any]]
Calendars = Mapping[Place, WorkingCalendar]
Reach = tuple[Span, list[DueDay]]


def due_rules(rules: Sequence[ReminderRule], now: datetime) -> list[ReminderRule]:
    """Those of the rules that a tick must look at.

    One that counts in days falls due at its hour only; before and after it there is nothing to do,
    and nothing is asked of the database.
    """
    by_days = any(rule.unit != Unit.HOURS for rule in rules)
    zones = time_zones() if by_days else set()
    return [rule for rule in rules if _may_be_due(rule, now, zones)]


def _may_be_due(rule: ReminderRule, now: datetime, zones: set[str]) -> bool:
    if rule.unit == Unit.HOURS or rule.at_time is None or rule.planned_until is None:
        return True
    return timing.strikes(rule.span(now), rule.at_time, zones)


def with_anchor_near(rules: Sequence[ReminderRule], now: datetime) -> set[int]:
    """Which of these rules have an anchor where they look: one statement for all of them.

    It looks at no person, so each rule costs a step down an index. Where it finds no anchor there
    is nobody to tell.
    """
    spans = [rule.span(now) for rule in rules]
    if not spans:
        return set()
    widest = Span(min(span.after for span in spans), max(span.until for span in spans))
    calendars = _calendars(rules, widest)
    asked, params = [], {"now": now}
    for rule, span in zip(rules, spans, strict=True):
        if reach := _reach(rule, span, calendars):
            asked.append(anchors.is_near(Anchor(rule.anchor), rule.pk))
            params[f"after_{rule.pk}"], params[f"until_{rule.pk}"] = reach[0].after, reach[0].until
    if not asked:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked), params)
        return {rule for (rule,) in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class People:
    """A slice of all people, by their inner keys: after the one, up to the other."""

    after: int
    until: int

    @property
    def is_last(self) -> bool:
        """Whether nobody comes after it, however many join in the meantime."""
        return self.until == NO_END


def slices_of_people() -> Iterator[People]:
    """Everybody, so many at a time."""
    after = 0
    while after < NO_END:
        keys = Person.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)
        until = next(iter(keys[AT_ONCE - 1 : AT_ONCE]), NO_END)
        yield People(after, until)
        after = until


def due_messages(
    rule: ReminderRule, span: Span, now: datetime, people: People | None = None
) -> Selected | None:
    """The SELECT of what this rule makes due in the span; none when nothing can be."""
    calendars = _calendars([rule], span)
    reach = _reach(rule, span, calendars)
    if reach is None:
        return None
    if people is None:
        return _selected(rule, span, reach, now)
    text, params = _selected(rule, span, reach, now, only=THESE_PEOPLE)
    return text, params | {"person_after": people.after, "person_until": people.until}


@dataclass(frozen=True, slots=True)
class Near:
    """What is asked once for all rules: those that follow what changed, and what they look at."""

    rules: Sequence[ReminderRule]
    moments: Mapping[str, list[datetime]]
    calendars: Calendars


def near(rules: Sequence[ReminderRule], now: datetime, *, only: str, ids: Sequence[UUID]) -> Near:
    """Which rules some `ids` may have made due; `only`: a condition of `anchors`.

    Asks for the bare moments of the anchors, in one statement: a run that was published a month
    ahead lies within the reach of hardly any rule, and the others cost nothing.
    """
    rules = [rule for rule in rules if _follows(rule, only)]
    if not rules or not ids:
        return Near([], {}, {})
    moments = _moments(rules, now, only=only, ids=ids)
    rules = [rule for rule in rules if rule.anchor in moments]
    calendars = _calendars(rules, Span(now - LONGEST_USE, now))
    return Near(rules, moments, calendars)


def due_again(
    rule: ReminderRule, near: Near, now: datetime, *, only: str, ids: Sequence[UUID]
) -> Selected | None:
    """The SELECT of what is due of these `ids` by this rule, and still of use."""
    span = timing.due_span(now, useful=rule.timing.useful)
    reach = _reach(rule, span, near.calendars)
    if reach is None or not any(moment in reach[0] for moment in near.moments[rule.anchor]):
        return None
    return _selected(rule, span, reach, now, only=only, ids=ids)


def _follows(rule: ReminderRule, only: str) -> bool:
    anchor = Anchor(rule.anchor)
    if only == anchors.THESE_RUNS:
        return anchors.follows_runs(anchor)
    if only == anchors.THESE_PROPOSALS:
        return anchors.follows_proposals(anchor)
    return anchors.follows_enrollments(anchor, Recipient(rule.recipient))


def _moments(
    rules: Iterable[ReminderRule], now: datetime, *, only: str, ids: Sequence[UUID]
) -> dict[str, list[datetime]]:
    pairs = {(Anchor(rule.anchor), Recipient(rule.recipient)) for rule in rules}
    found: dict[str, list[datetime]] = defaultdict(list)
    with connection.cursor() as cursor:
        params: dict[str, Any] = {"only": list(ids), "now": now, "today": now.date()}
        cursor.execute(anchors.moments(pairs, only), params)
        for anchor, moment in cursor.fetchall():
            if moment is not None:
                found[anchor].append(moment)
    return found


def _calendars(rules: Sequence[ReminderRule], span: Span) -> Calendars:
    """As far as these rules count days; none are needed where they count hours."""
    far = [timing.reach_of(rule.offset) for rule in rules if rule.unit != Unit.HOURS]
    if not far:
        return {}
    reach = max(far) + 2 * DAY
    return working_calendars((span.after - reach).date(), (span.until + reach).date())


def _selected(
    rule: ReminderRule,
    span: Span,
    reach: Reach,
    now: datetime,
    *,
    only: str = "",
    ids: Sequence[UUID] = (),
) -> Selected:
    anchored, days = reach
    parts = {"due": anchors.BY_HOURS, "days": ""}
    if rule.unit != Unit.HOURS:
        parts = {"due": anchors.BY_DAYS, "days": anchors.DAYS}
    text = anchors.due(
        Anchor(rule.anchor),
        Recipient(rule.recipient),
        [IN_WINDOW, only],
        waits=_waits(rule),
        in_digest=_in_digest(rule),
        **parts,
    )
    params = {
        "rule": rule.code,
        "kind": kind_of(rule.anchor),
        "urgent": rule.anchor in URGENT_ANCHORS,
        "offset": timedelta(hours=rule.offset),
        "useful": rule.timing.useful,
        "anchor_after": anchored.after,
        "anchor_until": anchored.until,
        "due_after": span.after,
        "due_until": span.until,
        "now": now,
        "today": now.date(),
        "zone": settings.TIME_ZONE,
        "days": orjson.dumps([_day(day) for day in days]).decode(),
        "quiet_from": rule.quiet_from,
        "quiet_until": rule.quiet_until,
        "digest_at": DIGEST_AT,
        "only": list(ids),
    }
    return text, params


def _in_digest(rule: ReminderRule) -> str:
    """The rule says it, or where it is no duty, the reader."""
    if rule.is_digest:
        return anchors.TOGETHER
    return anchors.AS_CHOSEN if rule.anchor in MAY_BE_SWITCHED_OFF else anchors.ALONE


def _waits(rule: ReminderRule) -> str:
    if rule.quiet_from is None or rule.quiet_until is None:
        return anchors.NO_WAIT
    return anchors.OVERNIGHT if rule.quiet_from > rule.quiet_until else anchors.IN_THE_DAY


def _reach(rule: ReminderRule, span: Span, calendars: Calendars) -> Reach | None:
    """The anchors that can fall due in the span, and by which day where days are counted."""
    if rule.unit == Unit.HOURS:
        return timing.by_hours(span, rule.offset), []
    days = timing.by_days(span, rule.timing, calendars)
    if not days:
        return None
    first, last = min(day.anchor for day in days), max(day.anchor for day in days)
    midnight = datetime.combine(first, time(), span.after.tzinfo)
    # A day begins up to 14 hours earlier than UTC's and ends up to 12 hours later.
    return Span(midnight - DAY, midnight + (last - first) + 2 * DAY), days


def _day(day: DueDay) -> dict[str, object]:
    zone, region = day.place
    return {"zone": zone, "region": region, "anchor": day.anchor, "due": day.due_at}
